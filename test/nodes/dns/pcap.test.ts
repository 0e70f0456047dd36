import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPcapDecoder, type Packet } from '../../../source/nodes/dns/pcap.ts'
import { bytes, type PcapOptions, pcap, pcapHeader, pcapRecord, type Recorded } from './build.ts'

const format = fc.record({ little: fc.boolean(), nano: fc.boolean(), linkType: fc.constantFrom(1, 101, 113, 276) })
const records = fc.array(
  fc.record({
    seconds: fc.integer({ min: 0, max: 0xffffffff }),
    fraction: fc.integer({ min: 0, max: 999_999 }),
    data: fc.uint8Array({ maxLength: 80 }),
    originalLength: fc.integer({ min: 0, max: 70_000 }),
  }),
  { maxLength: 8 },
)

const plain = (packets: readonly Packet[]) => packets.map((packet) => ({ ...packet, data: [...packet.data] }))

const expected = (recorded: readonly Recorded[], { nano = false, linkType = 1 }: PcapOptions) =>
  recorded.map(({ seconds, fraction, data }) => ({
    at: seconds + fraction / (nano ? 1e9 : 1e6),
    linkType,
    data: [...data],
  }))

/** Cuts a stream at the given places. */
const cut = (stream: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const ends = [...places.map((place) => place % (stream.length + 1)), stream.length].sort((a, b) => a - b)
  return ends.map((end, index) => stream.slice(ends[index - 1] ?? 0, end))
}

const failure = (...chunks: readonly Uint8Array[]) => {
  const decoder = createPcapDecoder()
  const packets = chunks.flatMap((chunk) => decoder.push(chunk))
  return { packets: packets.length, state: decoder.state() }
}

describe('a pcap stream', () => {
  test('gives the same packets in every byte order and precision, wherever its chunks are cut', () => {
    fc.assert(
      fc.property(format, records, fc.array(fc.nat(), { maxLength: 12 }), (options, recorded, places) => {
        const decoder = createPcapDecoder()
        const packets = cut(pcap(recorded, options), places).flatMap((chunk) => decoder.push(chunk))
        expect(plain(packets)).toEqual(expected(recorded, options))
        expect(decoder.end()).toEqual({ waiting: 'records' })
      }),
    )
  })

  test('gives the same packets byte by byte', () => {
    const recorded = [
      { seconds: 9, fraction: 500_000, data: bytes(1, 2, 3), originalLength: 3 },
      { seconds: 10, fraction: 0, data: bytes(), originalLength: 90 },
    ]
    const decoder = createPcapDecoder()
    const packets = [...pcap(recorded)].flatMap((byte) => decoder.push(bytes(byte)))
    expect(plain(packets)).toEqual(expected(recorded, {}))
  })

  test('says by its header that the capture is open, before any packet', () => {
    const decoder = createPcapDecoder()
    expect(decoder.state()).toEqual({ waiting: 'header' })
    expect(decoder.push(pcapHeader())).toEqual([])
    expect(decoder.state()).toEqual({ waiting: 'records' })
  })

  test('fails for good on anything that is not pcap', () => {
    expect(failure(bytes(...Array.from({ length: 24 }, () => 7)))).toEqual({
      packets: 0,
      state: { failed: 'not a pcap stream' },
    })
    const nextGeneration = bytes(0x0a, 0x0d, 0x0d, 0x0a, new Uint8Array(40))
    expect(failure(nextGeneration, pcap([])).state).toEqual({ failed: 'not a pcap stream' })
    const later = pcapHeader()
    later[4] = 3
    expect(failure(later).state).toEqual({ failed: 'pcap version 3 is not known' })
  })

  test('fails when a record claims more than 64 KB, without waiting for the bytes', () => {
    const good = pcapRecord({ seconds: 1, fraction: 0, data: bytes(1) })
    const atLimit = pcapRecord({ seconds: 1, fraction: 0, data: new Uint8Array(65_536) })
    const liar = pcapRecord({ seconds: 1, fraction: 0, data: bytes(), captured: 65_537 })
    expect(failure(pcapHeader(), good, atLimit, liar, good)).toEqual({
      packets: 2,
      state: { failed: 'a packet of 65537 bytes, 65536 are the limit' },
    })
  })

  test('fails when a time is impossible, which is how a lost place in the stream shows', () => {
    const record = (fraction: number) => pcapRecord({ seconds: 1, fraction, data: bytes(1) })
    expect(failure(pcapHeader(), record(1_000_000)).state).toEqual({ failed: 'a packet with an impossible time' })
    expect(failure(pcapHeader({ nano: true }), record(999_999_999))).toEqual({
      packets: 1,
      state: { waiting: 'records' },
    })
    expect(failure(pcapHeader({ nano: true }), record(1_000_000_000)).state).toHaveProperty('failed')
  })

  test('says at its end when it was cut off, and where', () => {
    const stream = pcap([{ seconds: 1, fraction: 0, data: bytes(1, 2, 3) }])
    const ends = Array.from({ length: stream.length + 1 }, (_, length) => {
      const decoder = createPcapDecoder()
      decoder.push(stream.subarray(0, length))
      const state = decoder.end()
      return 'failed' in state ? state.failed : 'whole'
    })
    const count = (what: string) => ends.filter((end) => end === what).length
    expect(count('ended before the pcap header')).toBe(24)
    expect(ends[24]).toBe('whole')
    expect(count('ended in the middle of a packet')).toBe(18)
    expect(ends.at(-1)).toBe('whole')
  })

  test('survives any bytes, and never gives more than came in', () => {
    const damaged = fc.tuple(format, records, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }))
    const stream = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((rest) => bytes(pcapHeader(), rest)),
      damaged.map(([options, recorded, changes]) => {
        const whole = pcap(recorded, options)
        for (const [place, value] of changes) whole[place % whole.length] = value
        return whole
      }),
    )
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 6 }), (anything, places) => {
        const decoder = createPcapDecoder()
        const packets = cut(anything, places).flatMap((chunk) => decoder.push(chunk))
        expect(packets.reduce((sum, { data }) => sum + 16 + data.length, 0)).toBeLessThanOrEqual(anything.length)
        const whole = pcapRecord({ seconds: 1, fraction: 0, data: bytes(1) })
        const afterFailure = 'failed' in decoder.state() ? decoder.push(bytes(whole, whole)) : []
        expect(afterFailure).toEqual([])
      }),
    )
  })
})
