import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accountName,
  type LoginEvent,
  type LoginHistory,
  mayLogin,
  noHistory,
  reduceLogins,
  restingKeys,
} from '../../../../../source/nodes/connections/ssh/auth/failures.ts'
import { historyText, parseHistory } from '../../../../../source/nodes/connections/ssh/auth/failures-file.ts'
import { afterLogin, loginsAtATime, noLogins } from '../../../../../source/nodes/connections/ssh/auth/first-contact.ts'
import { clean } from '../../../../../source/text/clean.ts'
import { after, karin, keyless, minute, only, refusal, start } from './support/login-events.ts'

describe('one host that refuses', () => {
  test('is left alone for 5, 15, 60 and again 60 minutes', () => {
    let history = noHistory
    let now = start
    for (const wait of [5, 15, 60, 60]) {
      history = reduceLogins(history, refusal('n1', ['a'], now))
      expect(mayLogin(history, karin('n1'), only('a'), now + wait * minute - 1)).toMatchObject({
        may: 'wait',
        until: now + wait * minute,
      })
      now += wait * minute
      expect(mayLogin(history, karin('n1'), only('a'), now)).toEqual({ may: 'login' })
    }
  })

  test('is tried at once with a key that was not there then, or after a key press', () => {
    const history = after(refusal('n1', ['a']))
    expect(mayLogin(history, karin('n1'), only('a', 'b'), start)).toEqual({ may: 'login' })
    const pressed = reduceLogins(history, { type: 'pressed', account: karin('n1') })
    expect(mayLogin(pressed, karin('n1'), only('a'), start)).toEqual({ may: 'login' })
  })

  test('because it takes no key is left alone with all of them, and says nothing of them to others', () => {
    const passed = (host: string): LoginEvent => ({ ...refusal(host, []), keys: ['a', 'b'], passedOver: ['a', 'b'] })
    const history = after(passed('n1'), passed('n2'), passed('n3'))
    expect(mayLogin(history, karin('n1'), only('a', 'b'), start)).toMatchObject({ may: 'wait' })
    expect(mayLogin(history, karin('n4'), only('a', 'b'), start)).toEqual({ may: 'login' })
  })

  test('is asked with keys that it has not refused, and with no others', () => {
    const history = after(refusal('n1', ['a', 'b'], start, ['a', 'b', 'c']))
    expect(mayLogin(history, karin('n1'), only('c'), start)).toEqual({ may: 'login' })
    expect(mayLogin(history, karin('n1'), only('b'), start).may).toBe('wait')
    expect(restingKeys(history, karin('n1'), ['c', 'a', 'b'], start)).toEqual(new Set(['a', 'b']))
    expect(restingKeys(history, karin('n1'), ['c', 'a', 'b'], start + 5 * minute)).toEqual(new Set())
    expect(restingKeys(history, karin('n2'), ['a'], start)).toEqual(new Set())
    const all = reduceLogins(history, refusal('n1', ['c'], start + minute))
    expect(mayLogin(all, karin('n1'), only('c', 'a', 'b'), start + minute)).toMatchObject({
      may: 'wait',
      until: start + 16 * minute,
    })
  })

  test('starts anew once it let us in', () => {
    const history = after(
      refusal('n1', ['a']),
      refusal('n1', ['a']),
      { type: 'accepted', account: karin('n1'), fingerprint: 'a' },
      refusal('n1', ['a']),
    )
    expect(mayLogin(history, karin('n1'), only('a'), start)).toMatchObject({ until: start + 5 * minute })
  })

  test('does not wait longer because the clock was set back', () => {
    const history = after(refusal('n1', ['a'], start + 1000 * minute))
    expect(mayLogin(history, karin('n1'), only('a'), start)).toMatchObject({ until: start + 5 * minute })
  })

  test('is remembered with all that it refused, the last refused last, after a key press as well', () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    const refusedBy = (history: LoginHistory) => history.hosts[accountName(karin('n1'))]?.refused
    const twice = after(refusal('n1', ['a', 'b'], start, keys), refusal('n1', ['c', 'd'], start, keys))
    expect(refusedBy(twice)).toEqual(['a', 'b', 'c', 'd'])
    const pressed = reduceLogins(twice, { type: 'pressed' })
    expect(refusedBy(pressed)).toEqual(['a', 'b', 'c', 'd'])
    expect(restingKeys(pressed, karin('n1'), keys, start)).toEqual(new Set())
    expect(refusedBy(reduceLogins(pressed, refusal('n1', ['e', 'a'], start, keys)))).toEqual(['b', 'c', 'd', 'e', 'a'])
  })

  test('that is asked with one key of many at each start is left alone once it has refused all, and no sooner offered one twice', () => {
    const keys = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 4 }), (all, most) => {
        let history = noHistory
        const offered: string[] = []
        for (let starts = 0; starts <= all.length; starts += 1) {
          const resting = restingKeys(history, karin('n1'), all, start)
          const now = all.filter((key) => !resting.has(key)).slice(0, most)
          if (mayLogin(history, karin('n1'), all, start).may !== 'login') break
          offered.push(...now)
          history = reduceLogins(history, refusal('n1', now, start, all))
        }
        expect(offered).toEqual(all)
      }),
    )
  })
})

describe('one host that was asked without a key', () => {
  test('is not asked so again for five minutes, however often, and at once when there is one', () => {
    const history = after(keyless('n1', start - 10 * minute), keyless('n1'))
    expect(mayLogin(history, karin('n1'), only(), start + 5 * minute - 1)).toMatchObject({ may: 'wait' })
    expect(mayLogin(history, karin('n1'), only(), start + 5 * minute)).toEqual({ may: 'login' })
    expect(mayLogin(history, karin('n1'), only('a'), start)).toEqual({ may: 'login' })
  })

  test('has refused nothing by that: the first refusal counts as the first, and an earlier one stays', () => {
    const first = after(keyless('n1'), refusal('n1', ['a']))
    expect(mayLogin(first, karin('n1'), only('a'), start)).toMatchObject({ until: start + 5 * minute })
    const later = after(refusal('n1', ['a']), keyless('n1', start + minute))
    expect(later.hosts[accountName(karin('n1'))]).toMatchObject({ count: 1, keys: ['a'], refused: ['a'] })
    expect(mayLogin(later, karin('n1'), only('a'), start + minute)).toMatchObject({ may: 'wait' })
  })
})

test('a login like the one before changes nothing that would have to be written', () => {
  const accepted: LoginEvent = { type: 'accepted', account: karin('n1'), fingerprint: 'a' }
  const history = after(accepted)
  expect(reduceLogins(history, accepted)).toBe(history)
  expect(reduceLogins(history, { ...accepted, fingerprint: 'b' })).not.toBe(history)
})

test('the history outlives a restart', () => {
  const host = fc.constantFrom('n1', 'n2', '__proto__', 'constructor', 'n 3')
  const key = fc.constantFrom('a', 'b', 'c', 'otherwise')
  const account = fc.record({ host, user: fc.constantFrom('karin', '__proto__') })
  const event: fc.Arbitrary<LoginEvent> = fc.oneof(
    fc.record({
      type: fc.constant('refused' as const),
      account,
      refused: fc.array(key),
      keys: fc.array(key),
      cause: fc.string().map((text) => clean(text)),
      at: fc.integer({ min: 0, max: 2 * start }),
    }),
    fc.record({
      type: fc.constant('keyless' as const),
      account,
      cause: fc.string().map((text) => clean(text)),
      takesNoKey: fc.boolean(),
      at: fc.integer({ min: 0, max: 2 * start }),
    }),
    fc.record({ type: fc.constant('accepted' as const), account, fingerprint: fc.option(key, { nil: undefined }) }),
    fc.record({ type: fc.constant('pressed' as const), account }, { requiredKeys: ['type'] }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      const history = after(...events)
      expect(parseHistory(historyText(history))).toEqual(history)
    }),
  )
})

test('200 hosts, a wrong key, five restarts: three failures within ten minutes', () => {
  const hosts = Array.from({ length: 200 }, (_, index) => `n${index}`)
  let stored = historyText(noHistory)
  let failures = 0
  for (let run = 0; run < 6; run += 1) {
    let history = parseHistory(stored)
    let so = noLogins
    for (let now = start + run * 100_000; now < start + (run + 1) * 100_000; now += 1000) {
      const due = hosts.filter((host) => mayLogin(history, karin(host), only('a'), now).may === 'login')
      for (const host of due.slice(0, loginsAtATime(so))) {
        failures += 1
        so = afterLogin(so, 'refused')
        history = reduceLogins(history, refusal(host, ['a'], now))
      }
    }
    stored = historyText(history)
  }
  expect(failures).toBe(3)
})
