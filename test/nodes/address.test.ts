import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ipv6OfHex, ipv6Text, isLoopback } from '../../source/nodes/address.ts'

describe('an address', () => {
  test('is written in the one form of RFC 5952', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const raw = Uint8Array.from(groups.flatMap((value) => [value >> 8, value & 0xff]))
        const canonical = new URL(`http://[${groups.map((value) => value.toString(16)).join(':')}]`).hostname.slice(
          1,
          -1,
        )
        expect(ipv6Text(raw, 0)).toBe(canonical)
      }),
    )
  })

  test('is loopback in 127.0.0.0/8 and as ::1', () => {
    expect(['127.0.0.1', '127.0.0.53', '::1'].map(isLoopback)).toEqual([true, true, true])
    expect(['10.0.0.127', '12.7.0.0', '::', '::11'].map(isLoopback)).toEqual([false, false, false, false])
  })

  test('of IPv6 is read as the kernel writes it into files, and nothing else', () => {
    expect(ipv6OfHex('fd0000000000000000000000000000ff')).toBe('fd00::ff')
    for (const text of ['', 'fd00', 'FD0000000000000000000000000000FF', `${'0'.repeat(32)} 01`])
      expect(ipv6OfHex(text)).toBeUndefined()
  })
})
