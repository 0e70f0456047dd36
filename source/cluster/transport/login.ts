import { readFile } from 'node:fs/promises'
import type { OutgoingHttpHeaders, RequestOptions } from 'node:http'
import type { SecureContextOptions } from 'node:tls'
import { clean } from '../../text/clean.ts'
import { ApiError } from '../api.ts'
import type { ExecCredential } from '../credentials/exec-answer.ts'
import type { Target } from '../kubeconfig/target.ts'
import { named } from '../kubeconfig/wrong-kubeconfig.ts'
import { impersonationHeaders } from './impersonation.ts'

/** With what a server is approached: its authority and our certificate, and the headers of every request. */
export interface Login {
  readonly tls: {
    readonly ca?: SecureContextOptions['ca']
    readonly cert?: SecureContextOptions['cert']
    readonly key?: SecureContextOptions['key']
    readonly servername?: string
    readonly rejectUnauthorized: boolean
  }
  readonly headers: OutgoingHttpHeaders
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Why reading what the kubeconfig names failed; never what was read. */
const failed = (target: Target, error: unknown): ApiError => {
  const { code, path } = error as NodeJS.ErrnoException
  const what = path === undefined ? 'its credentials cannot be used' : `${path} cannot be read`
  return new ApiError(
    'credentials',
    clean(`user ${named(target.userName)}: ${what} (${code ?? 'not understood'}): mend the kubeconfig`, 600),
  )
}

/** The token of a user entry; its file is read now, so that a new one takes effect. */
const tokenOf = async ({ user }: Target): Promise<string | undefined> => {
  if (!user.tokenFile) return user.token
  try {
    return (await readFile(user.tokenFile, 'utf8')).trim()
  } catch (error) {
    if (user.token) return user.token
    throw error
  }
}

/** A key that is there only where it has a value. */
const withValue = <Key extends string, Value>(
  key: Key,
  value: Value | undefined | null,
): { readonly [K in Key]?: Value } =>
  (value === undefined || value === null || value === '' ? {} : { [key]: value }) as { readonly [K in Key]?: Value }

/**
 * Makes ready to log in: reads the files that a target names. `given`: what its plugin gave. Rejects with {@link ApiError} of
 * reason `credentials`.
 */
export const prepareLogin = async (target: Target, given: ExecCredential | undefined): Promise<Login> => {
  // Dear to load, and not needed for the first picture.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js')
  const { cluster, user, server } = target
  const isPlain = server.protocol === 'http:'
  const skips = cluster['insecure-skip-tls-verify'] === true
  const config = new KubeConfig()
  const options: RequestOptions & Login['tls'] = { rejectUnauthorized: !skips }
  try {
    const token = given?.token ?? (await tokenOf(target))
    // It prefers files to data, and kubectl the other way round.
    const or = (data: string | undefined, file: string | undefined): string | undefined => (data ? undefined : file)
    const cert = given?.certificate === undefined ? user['client-certificate-data'] : base64(given.certificate)
    const key = given?.key === undefined ? user['client-key-data'] : base64(given.key)
    config.loadFromClusterAndUser(
      {
        name: 'cluster',
        server: server.href,
        // It refuses plain http unless nothing is verified.
        skipTLSVerify: skips || isPlain,
        ...withValue('caData', cluster['certificate-authority-data']),
        ...withValue('caFile', or(cluster['certificate-authority-data'], cluster['certificate-authority'])),
        ...withValue('tlsServerName', cluster['tls-server-name']),
      },
      {
        name: 'user',
        ...withValue('certData', cert),
        ...withValue('certFile', or(cert, user['client-certificate'])),
        ...withValue('keyData', key),
        ...withValue('keyFile', or(key, user['client-key'])),
        ...withValue('token', token),
        ...(user.username ? { username: user.username, password: user.password ?? '' } : {}),
      },
    )
    await config.applyToHTTPSOptions(options)
  } catch (error) {
    throw failed(target, error)
  }
  const { ca, cert, key, servername, auth, headers } = options
  return {
    tls: {
      ...withValue('ca', ca),
      ...withValue('cert', cert),
      ...withValue('key', key),
      ...withValue('servername', servername),
      // Said in any case, so that no variable of Node's can switch it off.
      rejectUnauthorized: !skips,
    },
    headers: {
      ...(headers as OutgoingHttpHeaders | undefined),
      ...(auth ? { Authorization: `Basic ${base64(auth)}` } : {}),
      ...(target.impersonation === undefined ? {} : impersonationHeaders(target.impersonation)),
    },
  }
}
