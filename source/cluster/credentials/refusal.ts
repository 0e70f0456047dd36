import { X509Certificate } from 'node:crypto'
import { type Clean, clean } from '../../text/clean.ts'
import type { Target } from '../kubeconfig/target.ts'
import { named } from '../kubeconfig/wrong-kubeconfig.ts'
import type { Login } from '../transport/login.ts'

const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

const certificateEnd = ({ cert }: Login['tls']): number | undefined => {
  if (typeof cert !== 'string' && !Buffer.isBuffer(cert)) return undefined
  try {
    return Date.parse(new X509Certificate(cert).validTo)
  } catch {
    return undefined
  }
}

/** When a token says that it ends (RFC 7519, 4.1.4); nothing else of it is read. */
const tokenEnd = ({ Authorization: header }: Login['headers']): number | undefined => {
  const [, payload] = /^Bearer [^.]+\.([^.]+)\./.exec(String(header ?? '')) ?? []
  try {
    const { exp } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8')) as { readonly exp?: unknown }
    return typeof exp === 'number' && Math.abs(exp) < 8.64e12 ? exp * 1000 : undefined
  } catch {
    return undefined
  }
}

/** Why a server may have refused us (401), with an advice. `wall`: the wall clock, milliseconds. */
export const refusalOf = (target: Target, login: Login, wall: number): Clean => {
  const { user, userName } = target
  const who = `user ${named(userName || 'nobody')}`
  const say = (text: string): Clean => clean(`${who}: ${text}`, 500)
  const [certificate, token] = [certificateEnd(login.tls), tokenEnd(login.headers)]
  if (certificate !== undefined && certificate < wall)
    return say(`the client certificate ended ${day(certificate)} UTC: renew it, or get a new kubeconfig`)
  if (token !== undefined && token < wall) return say(`the token ended ${day(token)} UTC: get a new one`)
  if (user.exec !== undefined)
    return say('the server refuses what its plugin gives: log in again where the plugin logs in')
  if (login.headers['Authorization'] !== undefined)
    return say('the server refuses its token or password: get a new one')
  if (login.tls.cert !== undefined) return say('the server refuses its client certificate: is it for another cluster?')
  return say('the server wants to know who asks: the kubeconfig holds no credentials for it')
}
