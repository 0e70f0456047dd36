import { clean } from '../../text/clean.ts'
import { ApiError } from '../api.ts'
import type { Environment } from '../kubeconfig/read.ts'
import type { Target } from '../kubeconfig/target.ts'
import { isExempt } from './no-proxy.ts'

/** The host of a URL as sockets want it: IPv6 without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

export const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80')

const known = /^(?:https?|socks5h?):$/

/** As Go reads it: what is no URL may be one without its scheme. A password may stand in it, so it is not repeated. */
const proxyUrl = (written: string, variable: string): URL => {
  const full = written.includes('://') ? written : `http://${written}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url !== undefined && known.test(url.protocol)) return url
  throw new ApiError('proxy', clean(`${variable} is no address of a proxy (http, https, socks5): mend it or unset it`))
}

const firstOf = (environment: Environment, ...names: readonly string[]): readonly [string, string] | undefined => {
  const name = names.find((one) => environment[one])
  const value = name === undefined ? undefined : environment[name]
  return name === undefined || value === undefined ? undefined : [name, value]
}

/**
 * The proxy on the way to a server, if there is one: the cluster's own, which knows no exemption, else that of the
 * environment, as Go reads it. Throws {@link ApiError} where a variable is wrong.
 */
export const proxyFor = ({ server, cluster }: Target, environment: Environment): URL | undefined => {
  const own = cluster['proxy-url']
  if (own) return new URL(own)
  const scheme = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const [variable, written] = firstOf(environment, scheme, scheme.toLowerCase()) ?? []
  if (variable === undefined || written === undefined) return undefined
  const [, noProxy = ''] = firstOf(environment, 'NO_PROXY', 'no_proxy') ?? []
  return isExempt(noProxy, { host: hostOf(server), port: portOf(server) }) ? undefined : proxyUrl(written, variable)
}
