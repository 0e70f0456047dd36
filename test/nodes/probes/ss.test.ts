import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, canonicalEnd } from '../../../source/nodes/probes/ss.ts'
import { parseListing } from './listed-sockets.ts'

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../../fixtures/ss', name), 'utf8')

const socket = (more = ''): string => `0 0 10.0.0.1:5000 10.0.0.2:443\n\t cubic rtt:1.5/0.2 minrtt:0.9${more}\n`

describe('an end of a socket', () => {
  test.each([
    ['10.0.0.1:22', '10.0.0.1:22'],
    ['10.0.0.1%eth0:22', '10.0.0.1:22'],
    ['[2001:db8::1]:443', '2001:db8::1:443'],
    ['[fe80::1]%eth0:22', 'fe80::1:22'],
    ['[fe80::1%eth0]:22', 'fe80::1:22'],
    ['fe80::1%eth0:22', 'fe80::1:22'],
    ['[::ffff:10.0.0.1]:22', '10.0.0.1:22'],
    ['[2001:DB8::A]:1', '2001:db8::a:1'],
    ['[::1]:80', '::1:80'],
  ])('%s is %s', (written, canonical) => {
    expect(canonicalEnd(written)).toBe(canonical)
  })

  test('an IPv6 address keeps its colons when the port is taken off', () => {
    expect(addressOf(canonicalEnd('[2001:db8::1]:443'))).toBe('2001:db8::1')
  })
})

describe('a listing', () => {
  test.each(['two-line.txt', 'one-line.txt'])('every socket of a real one is read: %s', (name) => {
    const { sockets, status } = parseListing(`${fixture(name)}end 0\n`)
    expect(status).toBe(0)
    expect(sockets).toHaveLength(16)
    expect(sockets[0]).toMatchObject({ local: '10.77.0.1:56192', peer: '10.77.0.2:7001', rtt: 0.042, minimum: 0.042 })
    expect(sockets.find(({ peer }) => peer.startsWith('fe80'))).toMatchObject({
      local: 'fe80::44e5:cbff:fec0:da7a:50682',
      peer: 'fe80::34ef:8aff:fe3c:cf82:7000',
      rtt: 0.166,
      minimum: 0.012,
    })
  })

  test('both forms say the same', () => {
    const ends = (name: string) =>
      parseListing(`${fixture(name)}end 0\n`).sockets.map(({ local, peer, rtt, minimum }) => ({
        local,
        peer,
        rtt,
        minimum,
      }))
    expect(ends('one-line.txt')).toEqual(ends('two-line.txt'))
  })

  test('what a socket does not tell is not taken from the next one', () => {
    const [first, second] = parseListing(
      `0 0 10.0.0.1:1 10.0.0.2:2\n\t cubic rtt:2\n${socket(' lastsnd:12')}end 0\n`,
    ).sockets
    expect(first).toMatchObject({ rtt: 2, minimum: Number.NaN, sent: 0 })
    expect(second).toMatchObject({ rtt: 1.5, minimum: 0.9, sent: 12 })
  })

  test('minrtt and rcv_rtt are not taken for rtt', () => {
    const [one] = parseListing('0 0 10.0.0.1:1 10.0.0.2:2\n\t rcv_rtt:7 minrtt:3\nend 0\n').sockets
    expect(one).toMatchObject({ rtt: Number.NaN, minimum: 3 })
  })

  test('lastsnd and lastack are left out by ss at 0 ms: the socket sent and was answered just now', () => {
    expect(parseListing(`${socket()}end 0\n`).sockets[0]).toMatchObject({ sent: 0, acknowledged: 0 })
    expect(parseListing(`${socket(' lastsnd:12 lastack:8')}end 0\n`).sockets[0]).toMatchObject({
      sent: 12,
      acknowledged: 8,
    })
  })

  test.each(['0', '-1', '1e+06', '99999999999', '9'.repeat(400), 'x', ''])(
    'a round-trip time of "%s" is none',
    (written) => {
      const [one] = parseListing(`0 0 10.0.0.1:1 10.0.0.2:2\n\t cubic rtt:${written}/1\nend 0\n`).sockets
      expect(one?.rtt).toBeNaN()
    },
  )

  test('without its end the last socket is left out, for it may have been cut', () => {
    const { sockets, status } = parseListing(`${socket()}${socket()}`)
    expect(sockets).toHaveLength(1)
    expect(status).toBeUndefined()
  })

  test('cut anywhere, it gives sockets of the whole one and no others', () => {
    const text = fixture('two-line.txt')
    const whole = new Set(parseListing(`${text}end 0\n`).sockets.map((one) => JSON.stringify(one)))
    fc.assert(
      fc.property(fc.nat(text.length), (length) => {
        const { sockets } = parseListing(text.slice(0, length))
        expect(sockets.every((one) => whole.has(JSON.stringify(one)))).toBe(true)
      }),
    )
  })

  test('the SSH client in whose session it ran is named, if there is one', () => {
    expect(parseListing('client 10.0.0.9 50000 10.0.0.1 22\nend 0\n').client).toBe('10.0.0.9:50000')
    expect(parseListing('client fe80::1%eth0 50000 fe80::2%eth0 22\nend 0\n').client).toBe('fe80::1:50000')
    expect(parseListing('client \nend 0\n').client).toBeUndefined()
  })
})

describe('hostile output', () => {
  const figures = (text: string): readonly number[] =>
    parseListing(text)
      .sockets.flatMap(({ rtt, minimum }) => [rtt, minimum])
      .filter((value) => !Number.isNaN(value))

  test('any text is read without an error, and round-trip times stay within what the kernel can say', () => {
    const line = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '0 0 a:1 b:2',
        '0 0 10.0.0.1:1 10.0.0.2:2 rtt:1',
        '\t rtt:',
        ' rtt:1e9 minrtt:-3',
        'end',
        'end x',
        'client',
        '0',
      ),
      fc
        .tuple(fc.constantFrom(' rtt:', ' minrtt:', ' lastsnd:', ' lastack:'), fc.string())
        .map(([key, value]) => key + value),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(figures(lines.join('\n')).every((value) => value > 0 && value <= 2 ** 32 / 1000)).toBe(true)
      }),
    )
  })

  test('so is a real listing with bytes changed', () => {
    const text = fixture('two-line.txt').slice(0, 4000)
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 30 }), fc.nat(30), (at, inserted, removed) => {
        const mutated = text.slice(0, at) + inserted + text.slice(at + removed)
        expect(figures(mutated).every((value) => value > 0 && value <= 2 ** 32 / 1000)).toBe(true)
      }),
    )
  })
})
