import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  afterLogin,
  type LoginResult,
  type LoginsSoFar,
  loginsAtATime,
  noLogins,
} from '../../../../../source/nodes/connections/ssh/auth/first-contact.ts'

const after = (...results: readonly LoginResult[]): LoginsSoFar => results.reduce(afterLogin, noLogins)
const times = (count: number, result: LoginResult): readonly LoginResult[] =>
  Array.from({ length: count }, () => result)

test('one, then four, then thirty-two', () => {
  expect(loginsAtATime(noLogins)).toBe(1)
  for (const count of [1, 2, 3, 4]) expect(loginsAtATime(after(...times(count, 'accepted')))).toBe(4)
  expect(loginsAtATime(after(...times(5, 'accepted')))).toBe(32)
})

test('after a refusal one again, until somebody lets us in', () => {
  expect(loginsAtATime(after('refused'))).toBe(1)
  expect(loginsAtATime(after(...times(50, 'accepted'), 'refused'))).toBe(1)
  expect(loginsAtATime(after(...times(50, 'accepted'), 'refused', 'accepted'))).toBe(32)
})

test('nodes that cannot be reached hold nobody up for long', () => {
  expect([0, 1, 2, 3, 9].map((count) => loginsAtATime(after(...times(count, 'unreached'))))).toEqual([1, 2, 3, 4, 4])
})

test('it is never more than four before five were let in, and never less than one', () => {
  const result = fc.constantFrom<LoginResult>('accepted', 'refused', 'unreached')
  fc.assert(
    fc.property(fc.array(result), (results) => {
      const allowed = loginsAtATime(after(...results))
      const accepted = results.filter((each) => each === 'accepted').length
      expect(allowed).toBeGreaterThanOrEqual(1)
      expect(allowed).toBeLessThanOrEqual(accepted < 5 ? 4 : 32)
    }),
  )
})
