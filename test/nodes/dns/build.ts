/** Makers of packets for the tests of the DNS capture: each writes one layer, and only what it is told to. */

export const bytes = (...parts: readonly (number | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])))

export const short = (value: number): Uint8Array => bytes((value >> 8) & 0xff, value & 0xff)

export const text = (value: string): Uint8Array => Uint8Array.from(value, (character) => character.charCodeAt(0))

const long = (value: number, little: boolean): Uint8Array => {
  const whole = new Uint8Array(4)
  new DataView(whole.buffer).setUint32(0, value, little)
  return whole
}

export interface PcapOptions {
  readonly little?: boolean
  readonly nano?: boolean
  readonly linkType?: number
}

export interface Recorded {
  readonly seconds: number
  /** Micro- or nanoseconds, as the file says. */
  readonly fraction: number
  readonly data: Uint8Array
  readonly captured?: number
  readonly originalLength?: number
}

export const pcapHeader = ({ little = true, nano = false, linkType = 1 }: PcapOptions = {}): Uint8Array => {
  const version = little ? bytes(2, 0, 4, 0) : bytes(0, 2, 0, 4)
  const magic = long(nano ? 0xa1b23c4d : 0xa1b2c3d4, little)
  return bytes(magic, version, long(0, little), long(0, little), long(512, little), long(linkType, little))
}

export const pcapRecord = (record: Recorded, little = true): Uint8Array =>
  bytes(
    long(record.seconds, little),
    long(record.fraction, little),
    long(record.captured ?? record.data.length, little),
    long(record.originalLength ?? record.data.length, little),
    record.data,
  )

export const pcap = (records: readonly Recorded[], options: PcapOptions = {}): Uint8Array =>
  bytes(pcapHeader(options), ...records.map((record) => pcapRecord(record, options.little ?? true)))

export interface Ends {
  readonly source: Uint8Array
  readonly destination: Uint8Array
}

export const udp = (payload: Uint8Array, from = 53, to = 40_000, length = payload.length + 8): Uint8Array =>
  bytes(short(from), short(to), short(length), short(0), payload)

export interface Ipv4Options {
  readonly options?: Uint8Array
  readonly fragment?: number
  readonly protocol?: number
  readonly total?: number
}

export const ipv4 = (inner: Uint8Array, { source, destination }: Ends, more: Ipv4Options = {}): Uint8Array => {
  const options = more.options ?? new Uint8Array(0)
  const words = 5 + options.length / 4
  const total = more.total ?? words * 4 + inner.length
  const head = bytes(
    0x40 | words,
    0,
    short(total),
    short(7),
    short(more.fragment ?? 0),
    64,
    more.protocol ?? 17,
    short(0),
  )
  return bytes(head, source, destination, options, inner)
}

/** `extensions`: header number and body without its first two bytes (next header and length). */
export type Extension = readonly [header: number, body: Uint8Array, units?: number]

export const ipv6 = (
  inner: Uint8Array,
  { source, destination }: Ends,
  extensions: readonly Extension[] = [],
): Uint8Array => {
  const next = (index: number): number => extensions[index]?.[0] ?? 17
  const headers = extensions.map(([, body, units], index) =>
    bytes(next(index + 1), units ?? (body.length - 6) / 8, body),
  )
  const payload = bytes(...headers, inner)
  return bytes(0x60, 0, 0, 0, short(payload.length), next(0), 64, source, destination, payload)
}

export const v4 = (address: string): Uint8Array => Uint8Array.from(address.split('.'), Number)

const macs = new Uint8Array(12).fill(2)
export const ethernet = (type: number, inner: Uint8Array, vlans: readonly number[] = []): Uint8Array =>
  bytes(macs, ...vlans.map((tag) => bytes(short(tag), short(5))), short(type), inner)
export const cooked = (type: number, inner: Uint8Array): Uint8Array => bytes(new Uint8Array(14), short(type), inner)
export const cooked2 = (type: number, inner: Uint8Array): Uint8Array => bytes(short(type), new Uint8Array(18), inner)

/** A name on the wire: each label with its length, and the root. */
export const wireName = (labels: readonly (string | Uint8Array)[]): Uint8Array =>
  bytes(...labels.map((label) => bytes(label.length, typeof label === 'string' ? text(label) : label)), 0)

export interface MessageOptions {
  readonly id?: number
  readonly flags?: number
  readonly questions?: number
  readonly answers?: number
  readonly type?: number
}

export const dnsMessage = (
  name: Uint8Array,
  options: MessageOptions = {},
  rest: Uint8Array = new Uint8Array(0),
): Uint8Array => {
  const { id = 1, flags = 0x8180, questions = 1, answers = 0, type = 1 } = options
  const header = bytes(short(id), short(flags), short(questions), short(answers), short(0), short(0))
  return bytes(header, name, short(type), short(1), rest)
}
