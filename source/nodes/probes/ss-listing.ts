import { decimal, decimalIn, isBlank } from './decimal.ts'
import { canonicalEnd, roundTrip } from './ss.ts'

/** Where the numbers of a socket stand in its row. An end is where its canonical address begins and stops in the text, and its port. */
export const place = { local: 0, peer: 3, rtt: 6, minimum: 7, sent: 8, acknowledged: 9 } as const

/** Numbers of one row. */
export const rowLength = 10

/** What one run of the listing script said. Its sockets are good until another one is read: a thousand nodes list a hundred each. */
export interface Listing {
  readonly text: string
  /** The same with a line feed behind it. */
  readonly bytes: Uint8Array
  /**
   * A row of numbers for each socket, by {@link place}. Times in milliseconds: of the round trip, the least of them, and since
   * data was last sent and an acknowledgement last arrived; NaN: not told.
   */
  readonly rows: readonly number[]
  readonly sockets: number
  /** `address:port` of the SSH client in whose session it ran, in the form of {@link canonicalEnd}. */
  readonly client: string | undefined
  readonly filtered: boolean
  /** How ss ended; undefined if the end of the output is not there. */
  readonly status: number | undefined
}

/** The address of an end in a row, as {@link canonicalEnd} has it: ss writes small letters. `at`: where its three numbers stand. */
export const addressIn = ({ text, rows }: Listing, at: number): string => text.slice(rows[at], rows[at + 1])

/** The rows of the listing that is read now. */
const rows: number[] = []

/** The bytes of it: a byte of them is looked at in a third of the time that a letter of a text takes. */
const usualBytes = Buffer.allocUnsafeSlow(64 * 1024)

const bytesOf = (text: string): Uint8Array => {
  const bytes = text.length < usualBytes.length ? usualBytes : Buffer.allocUnsafeSlow(text.length + 1)
  bytes.write(text, 'latin1')
  bytes[text.length] = newline
  return bytes
}

const [newline, blank, slash, zero, nine, colon, dot, percent] = [10, 32, 47, 48, 57, 58, 46, 37]
const [opening, closing, letterA, letterZ] = [91, 93, 97, 122]
const isDigit = (code: number): boolean => code >= zero && code <= nine

/** Of the small ones that words of the script begin with. */
const isLetter = (code: number): boolean => code >= letterA && code <= letterZ

/** Whether a word stands there. */
const isAt = (bytes: Uint8Array, word: Uint8Array, at: number): boolean => {
  for (let index = 0; index < word.length; index += 1) if (bytes[at + index] !== word[index]) return false
  return true
}

const bytesOfWord = (word: string): Uint8Array => Uint8Array.from(Buffer.from(word, 'latin1'))

const behindBlanks = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (bytes[at] === blank) at += 1
  return at
}

/** Behind a number and the blanks after it; -1 where either is not there. */
const behindQueue = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (isDigit(bytes[at] ?? newline)) at += 1
  const to = behindBlanks(bytes, at)
  return at > from && to > at ? to : -1
}

/** A number ends at a blank, a slash or the end of the line. */
const endsNumber = (code: number | undefined): boolean => code === blank || code === slash || code === newline

const numberEnd = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (!endsNumber(bytes[at])) at += 1
  return at
}

/**
 * Takes the decimal number that begins there, as {@link decimalIn} reads it; how far it was looked at. If it were given back, each
 * would be an object.
 */
const takeNumber = (text: string, bytes: Uint8Array, from: number, at: number): number => {
  let digits = 0
  let scale = 0
  let to = from
  for (; ; to += 1) {
    const code = bytes[to] ?? newline
    if (isDigit(code)) {
      digits = digits * 10 + code - zero
      scale *= 10
    } else if (code === dot && scale === 0) scale = 1
    else break
  }
  // What is more than digits and a point, is not surely exact, or begins or ends with its point.
  if (!endsNumber(bytes[to]) || to - from > 15 || scale === 1 || bytes[from] === dot || to === from)
    rows[at] = decimalIn(text, from, numberEnd(bytes, to))
  else rows[at] = scale === 0 ? digits : digits / scale
  return to
}

/** As {@link takeNumber}, of a round-trip time. */
const takeTime = (text: string, bytes: Uint8Array, from: number, at: number): number => {
  const to = takeNumber(text, bytes, from, at)
  rows[at] = roundTrip(rows[at] ?? Number.NaN)
  return to
}

const mapped = bytesOfWord('::ffff:')

/** Takes the end that stands there as a word, such as `[::ffff:10.0.0.1]%eth0:443`, into its three numbers; where it ends, -1 where it is none. */
const takeEnd = (bytes: Uint8Array, from: number, at: number): number => {
  let first = -1
  let last = -1
  let scope = -1
  let point = -1
  let port = 0
  let to = from
  for (; ; to += 1) {
    const code = bytes[to] ?? newline
    if (isDigit(code)) {
      port = port * 10 + code - zero
      continue
    }
    if (code === dot) point = point < 0 ? to : point
    else if (code === colon) {
      if (first < 0 && to > from) first = to
      last = to
      port = 0
    } else if (code === percent) scope = scope < 0 ? to : scope
    else if (isBlank(code)) break
  }
  if (first < 0 || first > to - 2) return -1
  let start = from
  let stop = scope >= 0 && scope < last ? scope : last
  if (bytes[start] === opening) {
    start += 1
    if (bytes[stop - 1] === closing) stop -= 1
  }
  if (point >= 0 && point < stop && isAt(bytes, mapped, start)) start += mapped.length
  rows[at] = start
  rows[at + 1] = stop
  rows[at + 2] = port
  return to
}

/** Takes a socket from its first line, its queues and its two ends, into a row; where they end, -1 where they are not there. */
const takeEnds = (bytes: Uint8Array, from: number, row: number): number => {
  const queue = behindQueue(bytes, from)
  const local = queue < 0 ? -1 : behindQueue(bytes, queue)
  const localEnd = local < 0 ? -1 : takeEnd(bytes, local, row + place.local)
  const peer = localEnd < 0 ? -1 : behindBlanks(bytes, localEnd)
  if (peer <= localEnd) return -1
  const end = takeEnd(bytes, peer, row + place.peer)
  rows[row + place.rtt] = Number.NaN
  rows[row + place.minimum] = Number.NaN
  // ss leaves these out at 0: it happened within this millisecond (misc/ss.c).
  rows[row + place.sent] = 0
  rows[row + place.acknowledged] = 0
  return end
}

const [letterL, letterM, letterR] = [108, 109, 114]
const lastsnd = bytesOfWord('lastsnd:')
const lastack = bytesOfWord('lastack:')
const rtt = bytesOfWord('rtt:')
const minrtt = bytesOfWord('minrtt:')

/** Takes what the word that begins at `at` says, if it is one of those asked for; how far it was looked at. */
const tell = (text: string, bytes: Uint8Array, at: number, row: number): number => {
  const code = bytes[at]
  if (code === letterR && isAt(bytes, rtt, at)) return takeTime(text, bytes, at + rtt.length, row + place.rtt)
  if (code === letterM && isAt(bytes, minrtt, at)) return takeTime(text, bytes, at + minrtt.length, row + place.minimum)
  if (code === letterL && isAt(bytes, lastsnd, at))
    return takeNumber(text, bytes, at + lastsnd.length, row + place.sent)
  if (code === letterL && isAt(bytes, lastack, at))
    return takeNumber(text, bytes, at + lastack.length, row + place.acknowledged)
  return at
}

/** Takes what the words of a line say of the socket; where the line ends. */
const tellLine = (text: string, bytes: Uint8Array, from: number, row: number): number => {
  let at = from
  while (bytes[at] !== newline) at = bytes[at] === blank ? tell(text, bytes, at + 1, row) : at + 1
  return at
}

/** `client ADDRESS PORT ...`, without more than its first word where no SSH client is there. */
const clientIn = (line: string): string | undefined => {
  const [, address, port] = line.split(' ', 3)
  return address !== undefined && port !== undefined ? canonicalEnd(`${address}:${port}`) : undefined
}

/**
 * Reads what the listing script of the RTT probe wrote. A socket is a line that begins with a digit (its queues), and the
 * lines up to the next one: ss writes what it knows of it behind it, or with -O on the same line. Where the end is missing, the
 * last socket is left out, because it may not be whole.
 */
export const readListing = (text: string): Listing => {
  const bytes = bytesOf(text)
  let client: string | undefined
  let filtered = false
  let status: number | undefined
  /** Those that are whole. */
  let sockets = 0
  let isOpen = false
  for (let from = 0, to = 0; from < text.length; from = to + 1) {
    const first = bytes[from] ?? newline
    let at = from
    if (isDigit(first)) {
      if (isOpen) sockets += 1
      at = takeEnds(bytes, from, sockets * rowLength)
      isOpen = at >= 0
    }
    if (isOpen && (first === blank || isDigit(first))) {
      to = tellLine(text, bytes, at, sockets * rowLength)
      continue
    }
    to = bytes.indexOf(newline, from)
    // Others begin with what is no letter, and may be long.
    const line = isLetter(first) ? text.slice(from, to) : ''
    if (line.startsWith('end ')) {
      if (isOpen) sockets += 1
      isOpen = false
      status = decimal(line.slice(4))
    } else if (line.startsWith('client ')) client = clientIn(line) ?? client
    else if (line === 'filtered') filtered = true
    else if (isOpen) tellLine(text, bytes, from, sockets * rowLength)
  }
  return { text, bytes, rows, sockets, client, filtered, status }
}
