import { execFile } from 'node:child_process'
import { open, stat } from 'node:fs/promises'
import { readKeyText } from './auth/key-format.ts'
import type { Client } from './client.ts'
import type { ClientFacts } from './needs-openssh.ts'

const headLength = 16 * 1024

/** The start of a regular file; undefined if there is none to read. */
const headOf = async (path: string): Promise<string | undefined> => {
  try {
    // Opening a pipe would wait for a writer.
    if (!(await stat(path)).isFile()) return undefined
    const handle = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headLength), 0, headLength, 0)
      return buffer.toString('latin1', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch {
    return undefined
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The type of a key by its public file, else by itself; empty if there is none. */
const typeOfIdentity = async (path: string): Promise<string> => {
  const text = (await headOf(`${path}.pub`)) ?? (await headOf(path))
  return text === undefined ? '' : (readKeyText(text, undefined).publicKey?.type ?? 'unknown')
}

/** Milliseconds that klist has to answer: a daemon that keeps tickets may hang. */
const klistLimit = 2000

/** Whether Kerberos' own program finds a ticket that has not expired, wherever its configuration keeps them. */
const klistFinds = ({ environment }: Client, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const how = { env: environment, timeout: klistLimit, killSignal: 'SIGKILL', signal } as const
    // Without an answer there is none: keys are tried as ever.
    execFile('klist', ['-s'], how, (error) => resolve(error === null))
  })

/**
 * Whether there is a Kerberos ticket: by the environment, in the usual file, else where krb5.conf says (KCM, the kernel's
 * keyring, another file), which klist knows.
 */
export const hasTicket = async (client: Client, signal: AbortSignal): Promise<boolean> => {
  const { environment, uid } = client
  const [, kind = 'FILE', path = ''] = /^(?:([A-Z]+):)?(.*)$/.exec(environment.KRB5CCNAME ?? '') ?? []
  if (kind !== 'FILE' && kind !== 'DIR') return true
  if (path !== '') return exists(path)
  return (await exists(`/tmp/krb5cc_${uid}`)) || klistFinds(client, signal)
}

/** Looks at the user's identity files. Keeps no secret; a file that cannot be read says nothing. */
export const clientFacts = async (identityFiles: readonly string[]): Promise<Omit<ClientFacts, 'hasTicket'>> => {
  const identities = await Promise.all(
    identityFiles.map(async (path) => {
      const type = await typeOfIdentity(path)
      const certificate = await exists(`${path}-cert.pub`)
      return { path, isSecurityKey: type.startsWith('sk-'), isCertified: type !== '' && certificate }
    }),
  )
  return {
    certified: identities.filter(({ isCertified }) => isCertified).map(({ path }) => path),
    securityKeys: identities.filter(({ isSecurityKey }) => isSecurityKey).map(({ path }) => path),
  }
}
