import type { JumpSpec } from './ssh-settings.ts'

const port = (text: string | undefined): { readonly port?: number } =>
  text === undefined ? {} : { port: Number(text) }

/** One hop: `[user@]host[:port]`, `[user@][address]:port` or `ssh://...`. The last `@` parts the user off. */
const readHop = (text: string): JumpSpec => {
  const bare = text.replace(/^ssh:\/\//, '').replace(/\/$/, '')
  const at = bare.lastIndexOf('@')
  const user = at < 0 ? {} : { user: bare.slice(0, at) }
  const place = bare.slice(at + 1)
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(place)
  if (bracketed !== null) return { host: bracketed[1] ?? '', ...user, ...port(bracketed[2]) }
  // An address of IPv6 without brackets has more than one colon, and no port.
  const [, host = place, digits] = /^([^:]*):(\d+)$/.exec(place) ?? []
  return { host, ...user, ...port(digits) }
}

/** The hops of a ProxyJump, in the order in which they are passed; none for `none`. */
export const readJumps = (text: string | undefined): readonly JumpSpec[] =>
  text === undefined || text.toLowerCase() === 'none' || text === '' ? [] : text.split(',').map(readHop)

/** A hop as `ssh -J` takes it. */
export const writeJump = ({ host, user, port: number }: JumpSpec): string =>
  `${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${number === undefined ? '' : `:${number}`}`
