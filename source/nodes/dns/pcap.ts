import { type Clean, clean } from '../../text/clean.ts'

/** One captured packet: `at` in seconds of the capturing machine's wall clock, `data` as much of it as was captured. */
export type Packet = {
  readonly at: number
  readonly linkType: number
  /** May be a view into the chunk it came in: copy what must outlive it. */
  readonly data: Uint8Array
}

/** What the decoder waits for (`records`: the file header came, so the capture is open), or why it gave up for good. */
export type PcapState = { readonly waiting: 'header' | 'records' } | { readonly failed: Clean }

export type PcapDecoder = {
  /** Takes the next bytes, cut anywhere; returns the packets they complete. After a failure it returns none. */
  push(chunk: Uint8Array): readonly Packet[]
  /** Says that no more bytes will come: a header or record cut off in the middle becomes a failure. */
  end(): PcapState
  state(): PcapState
}

export type PcapLimits = {
  /** Longest captured length believed, bytes (default 65,536). Also the most the decoder ever holds back. */
  readonly recordBytes?: number
}

type Format = { readonly little: boolean; readonly ticks: number }

const fileHeaderBytes = 24
const recordHeaderBytes = 16
// First four bytes read as big-endian, by draft-ietf-opsawg-pcap: byte order, and ticks of the fraction per second.
const formats: ReadonlyMap<number, Format> = new Map([
  [0xa1b2c3d4, { little: false, ticks: 1e6 }],
  [0xd4c3b2a1, { little: true, ticks: 1e6 }],
  [0xa1b23c4d, { little: false, ticks: 1e9 }],
  [0x4d3cb2a1, { little: true, ticks: 1e9 }],
])

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/**
 * Decodes a classic pcap stream as `tcpdump -w - -U` writes it, piece by piece. It never throws: a stream that is not
 * pcap, or that lost its place (an impossible length or time), ends in `{ failed }` and stays there.
 */
export const createPcapDecoder = (limits: PcapLimits = {}): PcapDecoder => {
  const longest = limits.recordBytes ?? 65_536
  let failed: Clean | undefined
  let format: Format | undefined
  let linkType = 0
  let recordAt: number | undefined
  let need = fileHeaderBytes
  // The start of a piece whose rest has not arrived; `filled` of `need` bytes are there.
  let held = new Uint8Array(0)
  let filled = 0

  const fail = (why: string): void => {
    failed = clean(why)
    held = new Uint8Array(0)
    filled = 0
  }

  const readFileHeader = (bytes: Uint8Array): void => {
    const view = viewOf(bytes)
    const found = formats.get(view.getUint32(0))
    if (found === undefined) return fail('not a pcap stream')
    const version = view.getUint16(4, found.little)
    if (version !== 2) return fail(`pcap version ${version} is not known`)
    format = found
    // The upper half of the field carries frame check sequence flags.
    linkType = view.getUint32(20, found.little) & 0xffff
    need = recordHeaderBytes
  }

  const readRecordHeader = (bytes: Uint8Array, { little, ticks }: Format): void => {
    const view = viewOf(bytes)
    const fraction = view.getUint32(4, little)
    const captured = view.getUint32(8, little)
    if (captured > longest) return fail(`a packet of ${captured} bytes, ${longest} are the limit`)
    if (fraction >= ticks) return fail('a packet with an impossible time')
    recordAt = view.getUint32(0, little) + fraction / ticks
    need = captured
  }

  const accept = (bytes: Uint8Array, packets: Packet[]): void => {
    if (format === undefined) return readFileHeader(bytes)
    if (recordAt === undefined) return readRecordHeader(bytes, format)
    packets.push({ at: recordAt, linkType, data: bytes })
    recordAt = undefined
    need = recordHeaderBytes
  }

  /**
   * The next piece in whole, straight from the chunk at `from` or put together from several chunks; undefined while some of
   * it is missing.
   */
  const nextPiece = (chunk: Uint8Array, from: number): { piece: Uint8Array; end: number } | undefined => {
    const rest = chunk.subarray(from, from + need - filled)
    const end = from + rest.length
    if (failed !== undefined || (rest.length === 0 && need > 0)) return undefined
    if (rest.length === need) return { piece: rest, end }
    if (filled === 0) held = new Uint8Array(need)
    held.set(rest, filled)
    filled += rest.length
    if (filled < need) return undefined
    filled = 0
    return { piece: held, end }
  }

  const push = (chunk: Uint8Array): readonly Packet[] => {
    const packets: Packet[] = []
    for (let next = nextPiece(chunk, 0); next !== undefined; next = nextPiece(chunk, next.end))
      accept(next.piece, packets)
    return packets
  }

  const state = (): PcapState =>
    failed !== undefined ? { failed } : { waiting: format === undefined ? 'header' : 'records' }

  const end = (): PcapState => {
    if (failed === undefined && format === undefined) fail('ended before the pcap header')
    if (failed === undefined && (filled > 0 || recordAt !== undefined)) fail('ended in the middle of a packet')
    return state()
  }

  return { push, end, state }
}
