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
  let address = end.slice(0, colon).replace('[', '').replace(']', '').toLowerCase()
  const scope = address.indexOf('%')
  if (scope >= 0) address = address.slice(0, scope)
  if (address.startsWith('::ffff:') && address.includes('.')) address = address.slice(7)
  return `${address}${end.slice(colon)}`
}

/** The address of a canonical `address:port`. */
export const addressOf = (end: string): string => end.slice(0, end.lastIndexOf(':'))

/** The number behind ` key:` in a line, up to a blank or a slash; undefined if the key does not stand in it. */
const field = (line: string, key: string): number | undefined => {
  const at = line.indexOf(key)
  if (at < 0) return undefined
  const from = at + key.length
  let to = from
  while (to < line.length && line[to] !== ' ' && line[to] !== '/') to += 1
  return decimal(line.slice(from, to))
}

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9'

const positive = (value: number): number => (value > 0 && value <= longest ? value : Number.NaN)

/** One socket: its own line and those that follow it. Undefined where the line has no two ends. */
const parseSocket = (lines: readonly string[]): TcpSocket | undefined => {
  const [, , local, peer] = lines[0]?.split(/\s+/, 4) ?? []
  if (!local?.includes(':') || !peer?.includes(':')) return undefined
  const value = (key: string): number | undefined => {
    for (const line of lines) {
      const found = field(line, key)
      if (found !== undefined) return found
    }
    return undefined
  }
  return {
    local: canonicalEnd(local),
    peer: canonicalEnd(peer),
    rtt: positive(value(' rtt:') ?? Number.NaN),
    minimum: positive(value(' minrtt:') ?? Number.NaN),
    // ss leaves both out at 0: it happened within this millisecond (misc/ss.c).
    sent: value(' lastsnd:') ?? 0,
    acknowledged: value(' lastack:') ?? 0,
  }
}

function* linesOf(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    const to = text.indexOf('\n', from)
    yield text.slice(from, to < 0 ? text.length : to)
    from = to < 0 ? text.length : to + 1
  }
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
  let open: string[] = []
  const close = (): void => {
    const socket = open.length > 0 ? parseSocket(open) : undefined
    if (socket !== undefined) sockets.push(socket)
    open = []
  }
  for (const line of linesOf(text)) {
    if (isDigit(line[0])) {
      close()
      open = [line]
    } else if (line.startsWith('end ')) {
      close()
      status = decimal(line.slice(4))
    } else if (line.startsWith('client ')) {
      const [, address, port] = line.split(' ', 3)
      if (address !== undefined && port !== undefined) client = canonicalEnd(`${address}:${port}`)
    } else if (line === 'filtered') filtered = true
    else if (open.length > 0) open.push(line)
  }
  return { sockets, client, filtered, status }
}
