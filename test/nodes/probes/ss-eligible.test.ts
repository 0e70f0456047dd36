import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLoopback } from '../../../source/nodes/address.ts'
import { addressOf, canonicalEnd, roundTrip } from '../../../source/nodes/probes/ss.ts'
import { eligibleIn, parseListing, type TcpSocket } from './listed-sockets.ts'

/** The value of a word such as `rtt:1.5/0.2`. */
const figure = (words: readonly string[], key: string, none: number): number => {
  const word = words.findLast((one) => one.startsWith(key))
  const value = word?.slice(key.length).split('/')[0] ?? ''
  return word === undefined ? none : /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
}

/** Reads a listing as one would without care for what it costs. */
const plainly = (text: string): readonly TcpSocket[] => {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => line.startsWith('end '))
  const starts = lines.flatMap((line, index) => (/^\d/.test(line) ? [index] : []))
  const whole = end < 0 ? starts.slice(0, -1) : starts
  return whole.map((start, index) => {
    const stop = whole[index + 1] ?? starts[index + 1] ?? (end < 0 ? lines.length : end)
    const [, , local = '', peer = ''] = (lines[start] ?? '').split(/ +/)
    const words = lines.slice(start, stop).join(' ').split(' ').slice(4)
    const time = (key: string): number => roundTrip(figure(words, key, Number.NaN))
    return {
      ...{ local: canonicalEnd(local), peer: canonicalEnd(peer), rtt: time('rtt:'), minimum: time('minrtt:') },
      ...{ sent: figure(words, 'lastsnd:', 0), acknowledged: figure(words, 'lastack:', 0) },
    }
  })
}

const plainlyEligible = (sockets: readonly TcpSocket[], own: readonly string[]): readonly TcpSocket[] => {
  const here = new Set(sockets.map(({ local }) => addressOf(local)))
  const ours = new Set(own.map(canonicalEnd))
  return sockets.filter(
    ({ local, peer, rtt, sent, acknowledged }) =>
      rtt > 0 &&
      [sent < 5000, acknowledged < 5000, !ours.has(local), !ours.has(peer)].every(Boolean) &&
      !here.has(addressOf(peer)) &&
      !isLoopback(addressOf(peer)),
  )
}

/** Few, so that addresses of one's own, of kntop and of peers are often the same. */
const address = fc.constantFrom(
  ...['10.0.0.1', '10.0.0.2', '10.0.0.11', '127.0.0.1', '127.8.8.8', '12.7.0.0', '[::1]', '[::ffff:10.0.0.1]'],
  ...['[::ffff:127.0.0.1]', '[2001:db8::1]', '[2001:db8::2]', '[fe80::1]%eth0', '[fe80::1%eth0]', '[fe80::1]'],
  ...['10.0.0.2%eth0.5', '::ffff:10.0.0.2', 'fe80::2%eth0', '[::ffff:a00:1]'],
)
const end = fc.tuple(address, fc.constantFrom(1, 22, 443, 50_000)).map(([one, port]) => `${one}:${port}`)
const time = fc.oneof(
  fc.double({ min: 0, max: 5000, noNaN: true }).map((value) => value.toFixed(3)),
  fc.constantFrom('0', '-1', '1e+06', 'x', '', '1.', '.5', '99999999999', '1.234567890123456789'),
)
const since = fc.oneof(fc.constantFrom('0', '4999', '5000', 'x'), fc.nat(9000).map(String))
const word = fc.oneof(
  fc.tuple(fc.constantFrom('rtt:', 'minrtt:', 'rcv_rtt:'), time).map(([key, value]) => `${key}${value}/0.5`),
  fc.tuple(fc.constantFrom('lastsnd:', 'lastack:', 'lastrcv:'), since).map(([key, value]) => key + value),
  fc.constantFrom('cubic', 'wscale:7,7', 'send 1.2Mbps'),
)
const gap = fc.constantFrom(' ', '      ')
/** A socket as the script prints it, as ss does by itself, or as it does with -O. */
const socket = fc
  .tuple(end, end, gap, fc.array(word, { maxLength: 6 }), fc.constantFrom('\n ', '\n\t ', ' '))
  .map(([local, peer, blanks, words, between]) =>
    between === '\n '
      ? [`0${blanks}0${blanks}${local}${blanks}${peer}`, ...words].join(between)
      : `0${blanks}0${blanks}${local}${blanks}${peer}${between}${words.join(' ')}`,
  )
const listing = fc
  .tuple(fc.array(socket, { maxLength: 12 }), fc.boolean())
  .map(
    ([sockets, isWhole]) =>
      `client 10.9.9.9 5 10.0.0.1 22\n${sockets.map((one) => `${one}\n`).join('')}${isWhole ? 'end 0\n' : ''}`,
  )

test('a listing of any addresses, cut anywhere, is read as it is written, and its sockets count as by the rule', () => {
  fc.assert(
    fc.property(listing, fc.array(end, { maxLength: 2 }), fc.nat(), fc.boolean(), (whole, own, at, isCut) => {
      const text = isCut ? whole.slice(0, at % (whole.length + 1)) : whole
      const sockets = plainly(text)
      expect(parseListing(text).sockets).toEqual(sockets)
      expect(eligibleIn(text, own)).toEqual(plainlyEligible(sockets, own))
    }),
    { numRuns: 500 },
  )
})

test('a listing longer than most is read as well', () => {
  const line = (index: number): string =>
    `0 0 10.0.0.1:${index} 10.1.${index >> 8}.${index & 255}:443 rtt:${index + 1}\n`
  const text = `${Array.from({ length: 5000 }, (_, index) => line(index)).join('')}end 0\n`
  expect(eligibleIn(text).map(({ rtt }) => rtt)).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1))
})
