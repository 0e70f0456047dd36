import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, familyOf, isReachable, parseAddress } from '../../source/events/address.ts'

describe('an address', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['FD00:0:0::1', 'fd00::1'],
    ['fd00:0000:0000:0000:0000:0000:0000:0001', 'fd00::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['::FFFF:a00:7', '10.0.0.7'],
    ['::', '::'],
  ])('%s is %s', (text, canonical) => expect(parseAddress(text)).toBe(canonical))

  it.each([
    '',
    '-oProxyCommand=x',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.1/24',
    'fe80::1%eth0',
    '[::1]',
    ' 10.0.0.1',
    'localhost',
    '1',
    '0x7f.1',
  ])('%j is none', (text) => expect(parseAddress(text)).toBeUndefined())

  it('has one spelling, which stays', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text)
        if (address === undefined) throw new Error(`${text} is an address`)
        expect(parseAddress(address)).toBe(address)
        expect(parseAddress(text.toUpperCase())).toBe(address)
        expect(familyOf(address)).toBe(address.includes(':') ? 6 : 4)
      }),
    )
  })

  it.each(['127.0.0.1', '0.0.0.0', '169.254.1.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'ff02::1'])(
    '%s is no other machine',
    (text) => expect(isReachable(text as Address)).toBe(false),
  )

  it.each(['10.0.0.7', '192.168.1.1', '100.64.0.1', '8.8.8.8', 'fd00::1', '2001:db8::1'])('%s may be one', (text) =>
    expect(isReachable(text as Address)).toBe(true),
  )
})
