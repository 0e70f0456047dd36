import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesHostList, matchesPattern } from '../../../../source/nodes/connections/ssh/patterns.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '[', ']', '\\', '+'), maxLength: 12 })
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?', '[', ']', '\\', '+'), maxLength: 12 })

/** The same meaning, by a regular expression. */
const model = (subject: string, wanted: string): boolean =>
  new RegExp(
    `^${wanted
      .replace(/[.[\]\\+]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(subject)

describe('a pattern of OpenSSH', () => {
  test('has only * and ?, and nothing escapes them', () => {
    fc.assert(
      fc.property(text, pattern, (subject, wanted) => matchesPattern(subject, wanted) === model(subject, wanted)),
    )
  })

  test('of many stars ends soon', () => {
    expect(matchesPattern('a'.repeat(5000), `${'*a'.repeat(50)}*b`)).toBe(false)
  })
})

describe('a list of patterns', () => {
  test.each([
    ['web', 'web', true],
    ['WEB', 'web', true],
    ['web', 'WEB', true],
    ['web', 'db,web', true],
    ['web', '*,!web', false],
    ['web', '!db', false],
    ['web', '!db,w*', true],
    ['[web]:22', '[web]:*', true],
    ['web', '', false],
    ['web', `web,${'x'.repeat(1023)}`, false],
    ['web', `web,${'x'.repeat(1022)}`, true],
  ])('%s in %s', (name, list, matches) => {
    expect(matchesHostList(name, list)).toBe(matches)
  })
})
