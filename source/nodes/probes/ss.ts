import { decimal } from './decimal.ts'

/** A TCP socket as `ss -ti` shows it. Times in milliseconds; NaN: not told. */
export interface TcpSocket {
  /** `address:port`, in the form of {@link canonicalEnd}. */
  readonly local: string
  readonly peer: string
  readonly rtt: number
  readonly minimum: number
  /** Since data was last sent. */
  readonly sent: number
  /** Since an acknowledgement last arrived. */
  readonly acknowledged: number
}

/** What one run of the listing script said. */
export interface Listing {
  readonly sockets: readonly TcpSocket[]
  /** `address:port` of the SSH client in whose session it ran. */
  readonly client: string | undefined
  readonly filtered: boolean
  /** How ss ended; undefined if the end of the output is not there. */
  readonly status: number | undefined
}

/** The most that the kernel can say: 32 bits of microseconds. */
const longest = 2 ** 32 / 1000

/**
 * An `address:port` such that equal ends are equal texts: without brackets and scope, and an IPv4 address as such also where
 * an IPv6 socket holds it. ss names the scope of the local end only.
 */
export const canonicalEnd = (end: string): string => {
  const colon = end.lastIndexOf(':')
  let address = end.slice(0, colon)
  if (address.startsWith('[')) address = address.replace('[', '').replace(']', '').toLowerCase()
  const scope = address.indexOf('%')
  if (scope >= 0) address = address.slice(0, scope)
  if (address.startsWith('::ffff:') && address.includes('.')) address = address.slice(7)
  return address.length === colon ? end : `${address}${end.slice(colon)}`
}

/** The address of a canonical `address:port`. */
export const addressOf = (end: string): string => end.slice(0, end.lastIndexOf(':'))

/** The number behind a key in the text of a socket: up to a blank, a slash or the end of the line; undefined without the key. */
const field = (text: string, key: string): number | undefined => {
  const at = text.indexOf(key)
  if (at < 0) return undefined
  const from = at + key.length
  let to = from
  while (to < text.length && !endsNumber(text.charCodeAt(to))) to += 1
  return decimal(text.slice(from, to))
}

const [blank, slash, newline] = [32, 47, 10]
const endsNumber = (code: number): boolean => code === blank || code === slash || code === newline

const positive = (value = Number.NaN): number => (value > 0 && value <= longest ? value : Number.NaN)

/** The first four words of a socket's text: its queues, and its two ends. */
const head = /^\d+ +\d+ +(\S+:\S+) +(\S+:\S+)/

/** One socket from its line and those that follow it; undefined where they name no two ends. */
const parseSocket = (text: string): TcpSocket | undefined => {
  const [, local, peer] = head.exec(text) ?? []
  if (local === undefined || peer === undefined) return undefined
  return {
    local: canonicalEnd(local),
    peer: canonicalEnd(peer),
    rtt: positive(field(text, ' rtt:')),
    minimum: positive(field(text, ' minrtt:')),
    // ss leaves both out at 0: it happened within this millisecond (misc/ss.c).
    sent: field(text, ' lastsnd:') ?? 0,
    acknowledged: field(text, ' lastack:') ?? 0,
  }
}

const zero = '0'.charCodeAt(0)
const nine = '9'.charCodeAt(0)

/**
 * Reads what the listing script of the RTT probe wrote. A socket is a line that begins with a digit (its queues), and the
 * lines up to the next one: ss writes what it knows of it behind it, or with -O on the same line. Where the end is missing, the
 * last socket is left out, because it may not be whole.
 */
export const parseListing = (text: string): Listing => {
  const sockets: TcpSocket[] = []
  let client: string | undefined
  let filtered = false
  let status: number | undefined
  let open = -1
  const close = (at: number): void => {
    const socket = open < 0 ? undefined : parseSocket(text.slice(open, at))
    if (socket !== undefined) sockets.push(socket)
    open = -1
  }
  for (let from = 0, to = 0; from < text.length; from = to + 1) {
    to = text.indexOf('\n', from)
    if (to < 0) to = text.length
    const first = text.charCodeAt(from)
    if (first >= zero && first <= nine) {
      close(from)
      open = from
    } else if (text.startsWith('end ', from)) {
      close(from)
      status = decimal(text.slice(from + 4, to))
    } else if (text.startsWith('client ', from)) {
      const [, address, port] = text.slice(from, to).split(' ', 3)
      if (address !== undefined && port !== undefined) client = canonicalEnd(`${address}:${port}`)
    } else if (text.slice(from, to) === 'filtered') filtered = true
  }
  return { sockets, client, filtered, status }
}
