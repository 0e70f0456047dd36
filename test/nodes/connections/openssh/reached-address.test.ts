import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isChatter, reachedAddress } from '../../../../source/nodes/connections/openssh/reached-address.ts'

/** As OpenSSH 9.2 writes them; before 8.8 a login ended with a point instead of the method. */
const login = 'Authenticated to node.lab ([10.88.1.2]:22) using "publickey".\r\n'
const old = 'Authenticated to node.lab ([10.88.1.2]:22).\r\n'
const proxied = 'Authenticated to node.lab (via proxy) using "publickey".\r\n'
const ends = ['Transferred: sent 2696, received 2524 bytes, in 0.1 seconds', 'Bytes per second: sent 1.0, received 2.0']

describe('the address that an ssh reached', () => {
  test.each([
    [login, '10.88.1.2'],
    [old, '10.88.1.2'],
    [`Warning: something\r\n${login}`, '10.88.1.2'],
    ['Authenticated to ::1 ([::1]:2222) using "none".\r\n', '::1'],
    ['Authenticated to n ([fe80::1%eth0]:22) using "none".\r\n', 'fe80::1%eth0'],
    [`Authenticated to node.lab ([192.0.2.9]:22).\r\n${login}`, '10.88.1.2'],
    [proxied, undefined],
    ['Authenticated to node.lab ([evil.example]:22).\r\n', undefined],
    ['banner: Authenticated to node.lab ([10.88.1.2]:22).\r\n', undefined],
    ['', undefined],
  ])('%j: %s', (said, address) => {
    expect(reachedAddress(said)).toBe(address)
  })

  test('is read whatever else is said before and after', () => {
    const other = fc.stringMatching(/^[^\n]*$/).filter((text) => !text.startsWith('Authenticated to '))
    fc.assert(
      fc.property(fc.ipV4(), other, other, (address, before, after) => {
        const said = `${before}\n${login.replace('10.88.1.2', address)}${after}`
        expect(reachedAddress(said)).toBe(address)
      }),
    )
  })
})

test('what ssh says of a login and an end that went well gives no reason', () => {
  for (const line of [login, old, proxied, ...ends]) expect(isChatter(line), line).toBe(true)
  for (const line of ['Connection closed by 10.0.0.7 port 22', 'Authentication failed.', ''])
    expect(isChatter(line), line).toBe(false)
})
