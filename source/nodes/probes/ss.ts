import { decimalIn, isBlank, wordEnd } from './decimal.ts'

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

/** A round-trip time in milliseconds, or NaN for what the kernel cannot say. */
export const roundTrip = (value: number): number => (value > 0 && value <= longest ? value : Number.NaN)

const [newline, blank, slash, zero, nine, colon, dot] = [10, 32, 47, 48, 57, 58, 46]
const isDigit = (code: number): boolean => code >= zero && code <= nine

const behindBlanks = (text: string, from: number): number => {
  let at = from
  while (text.charCodeAt(at) === blank) at += 1
  return at
}

/** Behind a number and the blanks after it; -1 where either is not there. */
const behindQueue = (text: string, from: number): number => {
  let at = from
  while (isDigit(text.charCodeAt(at))) at += 1
  const to = behindBlanks(text, at)
  return at > from && to > at ? to : -1
}

/** A socket while its lines are read. `at`: how far they have been read. */
interface Open {
  readonly socket: { -readonly [Key in keyof TcpSocket]: TcpSocket[Key] }
  readonly at: number
}

/** The canonical form of the end that stands there as a word; undefined where it is none. */
const endAt = (text: string, from: number, to: number, plain: boolean): string | undefined => {
  if (text.lastIndexOf(':', to - 2) <= from) return undefined
  const end = text.slice(from, to)
  return plain ? end : canonicalEnd(end)
}

/** Where a word ends, negative if it is more than digits, dots and a colon: most ends are IPv4, and canonical so. */
const plainEnd = (text: string, from: number): number => {
  let colons = 0
  let at = from
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === colon) colons += 1
    else if (!isDigit(code) && code !== dot) break
  }
  return colons === 1 && (at === text.length || isBlank(text.charCodeAt(at))) ? at : -wordEnd(text, at)
}

/** A socket from its first line: its queues, and its two ends; undefined where there are no two ends. */
const openSocket = (text: string, from: number): Open | undefined => {
  const queue = behindQueue(text, from)
  const first = queue < 0 ? -1 : behindQueue(text, queue)
  if (first < 0) return undefined
  const firstEnd = plainEnd(text, first)
  const second = behindBlanks(text, Math.abs(firstEnd))
  const secondEnd = plainEnd(text, second)
  const local = endAt(text, first, Math.abs(firstEnd), firstEnd > 0)
  const peer = second > Math.abs(firstEnd) ? endAt(text, second, Math.abs(secondEnd), secondEnd > 0) : undefined
  if (local === undefined || peer === undefined) return undefined
  // ss leaves sent and acknowledged out at 0: it happened within this millisecond (misc/ss.c).
  const socket = { local, peer, rtt: Number.NaN, minimum: Number.NaN, sent: 0, acknowledged: 0 }
  return { socket, at: Math.abs(secondEnd) }
}

/** Where the number behind a key ends: at a blank, a slash or the end of the line. */
const numberEnd = (text: string, from: number): number => {
  let to = from
  for (; to < text.length; to += 1) {
    const code = text.charCodeAt(to)
    if (code === blank || code === slash || code === newline) break
  }
  return to
}

const [letterL, letterM, letterR] = [108, 109, 114]

/** Takes what the word that begins at `at` says, if it is one of those asked for; how far it was read. */
const tell = (socket: Open['socket'], text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (code === letterL && text.startsWith('lastsnd:', at)) {
    const to = numberEnd(text, at + 8)
    socket.sent = decimalIn(text, at + 8, to)
    return to
  }
  if (code === letterL && text.startsWith('lastack:', at)) {
    const to = numberEnd(text, at + 8)
    socket.acknowledged = decimalIn(text, at + 8, to)
    return to
  }
  if (code === letterR && text.startsWith('rtt:', at)) {
    const to = numberEnd(text, at + 4)
    socket.rtt = roundTrip(decimalIn(text, at + 4, to))
    return to
  }
  if (code === letterM && text.startsWith('minrtt:', at)) {
    const to = numberEnd(text, at + 7)
    socket.minimum = roundTrip(decimalIn(text, at + 7, to))
    return to
  }
  return at
}

/** Takes what the words of a line say of the socket; where the line ends. */
const tellLine = (socket: Open['socket'], text: string, from: number): number => {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === newline) break
    at = code === blank ? tell(socket, text, at + 1) : at + 1
  }
  return at
}

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
  let open: Open | undefined
  const close = (): void => {
    if (open !== undefined) sockets.push(open.socket)
    open = undefined
  }
  for (let from = 0, to = 0; from < text.length; from = to + 1) {
    const first = text.charCodeAt(from)
    if (isDigit(first)) {
      close()
      open = openSocket(text, from)
    }
    if (open !== undefined && (first === blank || isDigit(first))) {
      to = tellLine(open.socket, text, first === blank ? from : open.at)
      continue
    }
    to = text.indexOf('\n', from)
    if (to < 0) to = text.length
    if (text.startsWith('end ', from)) {
      close()
      status = decimalIn(text, from + 4, to)
    } else if (text.startsWith('client ', from)) {
      const [, address, port] = text.slice(from, to).split(' ', 3)
      if (address !== undefined && port !== undefined) client = canonicalEnd(`${address}:${port}`)
    } else if (to - from === 8 && text.startsWith('filtered', from)) filtered = true
    else if (open !== undefined) tellLine(open.socket, text, from)
  }
  return { sockets, client, filtered, status }
}
