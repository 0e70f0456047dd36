import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashMatcher, hashName, readHashedName } from '../../../../source/nodes/connections/ssh/hashed-name.ts'

const hashed = (salt: Uint8Array, name: string): string =>
  `|1|${Buffer.from(salt).toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`

const salts = fc.uint8Array({ minLength: 20, maxLength: 20 })
const names = fc.string({ unit: 'grapheme', maxLength: 150 })

describe('a hashed name', () => {
  test('is the HMAC-SHA1 that the system computes, for any salt and a name of any length', () => {
    fc.assert(
      fc.property(salts, names, (salt, name) => {
        const read = readHashedName(hashed(salt, name))
        expect(read && hashMatcher(name)(read)).toBe(true)
      }),
    )
  })

  test('matches no other name, and the matcher can be put to many', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(salts, names), { minLength: 1, maxLength: 5 }), names, (others, name) => {
        const matches = hashMatcher(name)
        for (const [salt, other] of others) {
          const read = readHashedName(hashed(salt, other))
          expect(read && matches(read)).toBe(other === name)
        }
      }),
    )
  })

  test('is made with a salt of its own', () => {
    const [one, two] = [hashName('web'), hashName('web')]
    expect(one).not.toBe(two)
    for (const made of [one, two]) {
      const read = readHashedName(made)
      expect(read && hashMatcher('web')(read)).toBe(true)
    }
  })

  const good = hashed(new Uint8Array(20), 'web')
  test.each([
    ['another method', good.replace('|1|', '|2|')],
    ['a short salt', `|1|AAAA|${good.split('|')[3]}`],
    ['a short hash', `|1|${good.split('|')[2]}|AAAA`],
    ['no hash', `|1|${good.split('|')[2]}`],
    ['something after it', `${good},web`],
    ['no padding', good.replaceAll('=', '')],
  ])('with %s is none', (_, text) => {
    expect(readHashedName(text)).toBeUndefined()
  })
})
