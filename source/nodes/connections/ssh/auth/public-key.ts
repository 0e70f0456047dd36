import { createHash } from 'node:crypto'
import { type Clean, clean } from '../../../../text/clean.ts'
import { readField } from './wire.ts'

/** A public key as it stands in a file, in an agent or on the wire. */
export interface PublicKey {
  /** The key as SSH sends it (RFC 4253, section 6.6). */
  readonly blob: Buffer
  /** Its algorithm, such as `ssh-ed25519`. */
  readonly type: string
  /** As `ssh-keygen -l` prints it: `SHA256:` and 43 letters. */
  readonly fingerprint: string
  readonly comment: Clean
}

// What ssh2 1.17 can sign with. DSA it could, and no server of the last ten years takes it.
const supported: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
])

/** As `ssh-keygen -l` prints it. */
export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

/** Undefined for what does not even name an algorithm. */
export const publicKeyOf = (blob: Buffer, comment = ''): PublicKey | undefined => {
  const type = readField(blob)?.field.toString('latin1')
  if (type === undefined || !/^[a-z0-9@.-]{1,64}$/i.test(type)) return undefined
  return { blob, type, fingerprint: fingerprintOf(blob), comment: clean(comment, 128) }
}

/** Reads a line as `ssh-keygen` writes it to a `.pub` file: algorithm, base64, comment. */
export const parsePublicLine = (line: string): PublicKey | undefined => {
  const [, type = '', encoded = '', comment] = /^\s*([\w@.-]+) +([A-Za-z0-9+/]+={0,2})(?: +(.*))?\s*$/.exec(line) ?? []
  const key = publicKeyOf(Buffer.from(encoded, 'base64'), comment)
  return key?.type === type ? key : undefined
}

/** Why our own SSH cannot use a key of this type, and what can; undefined for one that it can use. */
export const whyUnsupported = (type: string): Clean | undefined => {
  if (supported.has(type)) return undefined
  if (type.includes('-cert-v0')) return clean('certificates need the system ssh: --transport openssh')
  if (type.startsWith('sk-')) return clean('FIDO keys need the system ssh: --transport openssh')
  if (type === 'ssh-dss') return clean('DSA keys are refused by servers: make another with ssh-keygen')
  return clean(`keys of type ${type} need the system ssh: --transport openssh`)
}
