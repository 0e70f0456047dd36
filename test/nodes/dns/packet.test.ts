import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Datagram, readDatagram } from '../../../source/nodes/dns/packet.ts'
import { bytes, cooked, cooked2, type Extension, ethernet, ipv4, ipv6, text, udp, v4 } from './build.ts'

const link = { ethernet: 1, raw: 101, cooked: 113, cooked2: 276 }
const ends = { source: v4('10.96.0.10'), destination: v4('10.244.1.2') }
const address6 = (last: number) => bytes(0x20, 0x01, 0x0d, 0xb8, new Uint8Array(11), last)
const ends6 = { source: address6(0x53), destination: address6(2) }

const payload = text('hello')
const packet4 = ipv4(udp(payload), ends)
const packet6 = ipv6(udp(payload), ends6)

const shown = (datagram: Datagram | undefined) =>
  datagram && { ...datagram, payload: String.fromCharCode(...datagram.payload) }
const read = (linkType: number, data: Uint8Array) => shown(readDatagram(linkType, data))

const seen4 = {
  source: '10.96.0.10',
  sourcePort: 53,
  destination: '10.244.1.2',
  destinationPort: 40_000,
  payload: 'hello',
}
const seen6 = { ...seen4, source: '2001:db8::53', destination: '2001:db8::2' }

const extension = (header: number, units: number): Extension => [header, new Uint8Array(6 + units * 8)]
const laterFragment: Extension = [44, bytes(0, 8, 0, 0, 0, 1), 0]
const firstFragment: Extension = [44, bytes(0, 1, 0, 0, 0, 1), 0]
const authentication: Extension = [51, new Uint8Array(22), 4]

describe('a captured packet', () => {
  test.each([
    ['Ethernet', link.ethernet, ethernet(0x0800, packet4), seen4],
    ['Ethernet with IPv6', link.ethernet, ethernet(0x86dd, packet6), seen6],
    ['one VLAN', link.ethernet, ethernet(0x0800, packet4, [0x8100]), seen4],
    ['a VLAN in a VLAN', link.ethernet, ethernet(0x86dd, packet6, [0x88a8, 0x8100]), seen6],
    ['Linux cooked', link.cooked, cooked(0x0800, packet4), seen4],
    ['Linux cooked 2', link.cooked2, cooked2(0x86dd, packet6), seen6],
    ['raw IPv4', link.raw, packet4, seen4],
    ['raw IPv6', link.raw, packet6, seen6],
    ['IPv4 with options', link.raw, ipv4(udp(payload), ends, { options: new Uint8Array(8).fill(1) }), seen4],
    ['a first fragment', link.raw, ipv4(udp(payload, 53, 40_000, 4000), ends, { fragment: 0x2000 }), seen4],
    ['no total length, as offload leaves it', link.raw, ipv4(udp(payload), ends, { total: 0 }), seen4],
    ['Ethernet padding', link.ethernet, bytes(ethernet(0x0800, packet4), new Uint8Array(9)), seen4],
    [
      'extension headers',
      link.raw,
      ipv6(udp(payload), ends6, [extension(0, 0), extension(43, 2), extension(60, 1)]),
      seen6,
    ],
    ['an authentication header', link.raw, ipv6(udp(payload), ends6, [authentication]), seen6],
    ['a first IPv6 fragment', link.raw, ipv6(udp(payload), ends6, [firstFragment]), seen6],
  ])('is read through %s', (_, linkType, data, expected) => {
    expect(read(linkType, data)).toEqual(expected)
  })

  test.each([
    ['an unknown link type', 105, packet4],
    ['ARP', link.ethernet, ethernet(0x0806, packet4)],
    ['three VLAN tags', link.ethernet, ethernet(0x0800, packet4, [0x8100, 0x8100, 0x8100])],
    ['TCP', link.raw, ipv4(udp(payload), ends, { protocol: 6 })],
    ['a later fragment', link.raw, ipv4(udp(payload), ends, { fragment: 185 })],
    ['a later IPv6 fragment', link.raw, ipv6(udp(payload), ends6, [laterFragment])],
    [
      'more extension headers than anybody sends',
      link.raw,
      ipv6(
        udp(payload),
        ends6,
        Array.from({ length: 9 }, () => extension(60, 0)),
      ),
    ],
    ['an IPv4 header that says it is shorter than one', link.raw, bytes(0x44, packet4.subarray(1))],
    ['IPv4 where IPv6 was announced', link.ethernet, ethernet(0x86dd, packet4)],
    ['a total length below its headers', link.raw, ipv4(udp(payload), ends, { total: 24 })],
    ['a UDP length below its header', link.raw, ipv4(udp(payload, 53, 40_000, 7), ends)],
    ['nothing at all', link.ethernet, bytes()],
  ])('is left out: %s', (_, linkType, data) => {
    expect(read(linkType, data)).toBeUndefined()
  })

  test('is believed only in what was captured, wherever the capture cut it', () => {
    const whole = [
      {
        linkType: link.ethernet,
        data: ethernet(0x0800, ipv4(udp(payload), ends, { options: new Uint8Array(4) }), [0x8100]),
      },
      { linkType: link.cooked2, data: cooked2(0x86dd, ipv6(udp(payload), ends6, [extension(0, 1), firstFragment])) },
    ]
    for (const { linkType, data } of whole) {
      for (let length = 0; length < data.length; length += 1) {
        const left = 5 - (data.length - length)
        const expected = left < 0 ? undefined : 'hello'.slice(0, left)
        expect(read(linkType, data.subarray(0, length))?.payload).toBe(expected)
      }
    }
  })

  test('never throws, whatever its bytes say, and takes no byte from outside', () => {
    const start = fc.constantFrom(
      ethernet(0x0800, packet4),
      ethernet(0x86dd, packet6, [0x8100]),
      cooked(0x0800, packet4),
      packet6,
    )
    const damaged = fc
      .tuple(start, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 5 }), fc.nat())
      .map(([data, changes, end]) => {
        const copy = data.slice()
        for (const [place, value] of changes) copy[place % copy.length] = value
        return copy.subarray(0, end % (copy.length + 1))
      })
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(link)),
        fc.oneof(damaged, fc.uint8Array({ maxLength: 120 })),
        (linkType, data) => {
          const datagram = readDatagram(linkType, data)
          if (datagram === undefined) return
          expect(isIP(datagram.source) * isIP(datagram.destination)).toBeGreaterThan(0)
          expect(datagram.payload.length).toBeLessThanOrEqual(data.length - 28)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
