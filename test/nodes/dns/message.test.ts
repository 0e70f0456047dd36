import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMessage } from '../../../source/nodes/dns/message.ts'
import { clean } from '../../../source/text/clean.ts'
import { bytes, dnsMessage, short, wireName } from './build.ts'

const nameOf = (...labels: readonly (string | Uint8Array)[]) => readMessage(dnsMessage(wireName(labels)))?.name
const label = (length: number) => 'x'.repeat(length)

describe('a DNS message', () => {
  test('gives its header and first question', () => {
    const name = wireName(['api', 'example', 'com'])
    expect(readMessage(dnsMessage(name, { id: 0xbeef, flags: 0x8183, type: 28 }))).toEqual({
      id: 0xbeef,
      response: true,
      rcode: 3,
      name: 'api.example.com',
      type: 28,
    })
    expect(readMessage(dnsMessage(name, { flags: 0x0100 }))).toMatchObject({ response: false, rcode: 0 })
    expect(readMessage(dnsMessage(name, { flags: 0x8182 }))).toMatchObject({ response: true, rcode: 2 })
  })

  test('is read from its question alone: the records behind it may be cut anywhere, missing or garbage', () => {
    const question = dnsMessage(wireName(['api', 'example', 'com']), { answers: 65_535 })
    const whole = bytes(question, 0xc0, 12, short(1), short(1), new Uint8Array(40).fill(0xff))
    for (let length = 0; length <= whole.length; length += 1) {
      const name = readMessage(whole.subarray(0, length))?.name
      expect(name).toBe(length < question.length ? undefined : 'api.example.com')
    }
  })

  test('has lower-case names, because DNS compares without case', () => {
    expect(nameOf('API', 'Example', 'COM')).toBe('api.example.com')
  })

  test('has dots, backslashes and bytes that cannot be seen escaped inside a label', () => {
    expect(nameOf('a.b', 'c')).toBe('a\\046b.c')
    expect(nameOf('a\\b')).toBe('a\\092b')
    expect(nameOf(bytes(0x1b, 0x5b, 0x41, 0, 0x7f, 0xff), 'x y')).toBe('\\027[a\\000\\127\\255.x\\032y')
    expect(nameOf('_dns', '*', 'xn--bcher-kva')).toBe('_dns.*.xn--bcher-kva')
  })

  test('may ask for the root', () => {
    expect(nameOf()).toBe('.')
  })

  test('keeps different names different', () => {
    const labels = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 4 })
    const folded = (name: readonly Uint8Array[]) =>
      name.map((part) => [...part].map((byte) => (byte > 64 && byte < 91 ? byte + 32 : byte)).join()).join('|')
    fc.assert(
      fc.property(labels, labels, (one, other) => {
        expect(nameOf(...one) === nameOf(...other)).toBe(folded(one) === folded(other))
      }),
    )
  })

  test('has names of at most 255 bytes and labels of at most 63', () => {
    const longest = [label(63), label(63), label(63), label(61)]
    expect(nameOf(...longest)).toHaveLength(253)
    expect(nameOf(label(63), label(63), label(63), label(62))).toBeUndefined()
    expect(nameOf(...longest.map((part) => new Uint8Array(part.length).fill(7)))).toHaveLength(4 * 250 + 3)
    expect(nameOf(label(64))).toBeUndefined()
  })

  test.each([
    ['a pointer to itself', bytes(0xc0, 12)],
    ['a pointer into the header', bytes(0xc0, 0)],
    ['a label and then a pointer back to it', bytes(1, 0x61, 0xc0, 12)],
    ['a pointer forwards', bytes(0xc0, 40)],
    ['a reserved label type', bytes(0x41, 0x61, 0)],
    ['a label longer than the message', bytes(60, 0x61)],
  ])('is left out when its question has %s', (_, name) => {
    expect(readMessage(dnsMessage(name).subarray(0, 12 + name.length))).toBeUndefined()
    expect(readMessage(bytes(dnsMessage(name), new Uint8Array(80).fill(0xc0)))).toBeUndefined()
  })

  test('is left out without a question, and when it is no query: notify, update', () => {
    const name = wireName(['a'])
    expect(readMessage(dnsMessage(name, { questions: 0 }))).toBeUndefined()
    expect(readMessage(dnsMessage(name, { flags: 0xa000 }))).toBeUndefined()
    expect(readMessage(dnsMessage(name, { questions: 65_535 }))?.name).toBe('a')
  })

  test('never throws, and every name it gives is clean and short', () => {
    const start = dnsMessage(wireName(['api', 'example', 'com']), {}, bytes(0xc0, 12))
    const damaged = fc
      .tuple(fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 5 }), fc.nat())
      .map(([changes, end]) => {
        const copy = start.slice()
        for (const [place, value] of changes) copy[place % copy.length] = value
        return copy.subarray(0, end % (copy.length + 1))
      })
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 600 })), (anything) => {
        const name = readMessage(anything)?.name ?? clean('')
        expect(name).toMatch(/^[!-@[-~]*$/)
        expect(name.length).toBeLessThanOrEqual(4 * 255)
      }),
      { numRuns: 2000 },
    )
  })
})
