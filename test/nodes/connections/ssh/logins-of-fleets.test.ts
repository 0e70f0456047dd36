import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConnectionError, type Occasion } from '../../../../source/nodes/connections/connection.ts'
import { accountName, type LoginHistory, noHistory } from '../../../../source/nodes/connections/ssh/auth/failures.ts'
import { historyText, parseHistory } from '../../../../source/nodes/connections/ssh/auth/failures-file.ts'
import { afterLogin, loginsAtATime, noLogins } from '../../../../source/nodes/connections/ssh/auth/first-contact.ts'
import type { LoginReport } from '../../../../source/nodes/connections/ssh/auth/login-report.ts'
import { mostOffers, planOffers } from '../../../../source/nodes/connections/ssh/auth/offers.ts'
import type { PublicKey } from '../../../../source/nodes/connections/ssh/auth/public-key.ts'
import { createLogins } from '../../../../source/nodes/connections/ssh/logins.ts'
import { clean } from '../../../../source/text/clean.ts'
import { fakeAgent, fakeKey } from './auth/support/fake-keys.ts'

const minute = 60_000
const change: Occasion = () => () => undefined
const karin = (host: string) => ({ host, user: 'karin' })

interface Login {
  readonly host: string
  /** Names of the keys that the host refused. */
  readonly refused: readonly string[]
  readonly isIn: boolean
}

interface RunOptions {
  readonly start: LoginHistory
  /** Milliseconds. */
  readonly begin: number
  readonly lasts: number
  /** Keys after which the servers hang up. */
  readonly looksAt?: number
}

/**
 * One run of a program that logs in to all of `hosts` with an agent of these keys; each takes one of `taken`. It begins with
 * what was remembered and lasts for `lasts` ms from `begin` on; once a second those that may be tried are, as few at a time as
 * a new fleet is met with.
 */
const run = (
  hosts: readonly string[],
  keys: readonly PublicKey[],
  taken: readonly PublicKey[],
  { start, begin, lasts, looksAt = mostOffers }: RunOptions,
) => {
  let time = begin
  const logins = createLogins({ start, keeper: undefined, now: () => time, wall: () => time, door: 'headless' })
  const again = new Map(hosts.map((host) => [host, begin]))
  const done: Login[] = []
  let so = noLogins

  /** Undefined: the host is not to be tried now. */
  const login = (host: string): Login | undefined => {
    const history = logins.history()
    const name = accountName(karin(host))
    const refused = new Set(history.hosts[name]?.refused)
    const [agent, worked] = [fakeAgent(...keys), history.worked[name]]
    const planned = planOffers({ agent, files: [], identitiesOnly: false, door: 'headless', refused, worked })
    const later = (error: unknown): void => {
      if (!(error instanceof ConnectionError)) throw error
      const due = error.reason.again
      again.set(host, typeof due === 'object' && 'at' in due ? due.at : Number.POSITIVE_INFINITY)
    }
    try {
      const plan = logins.permit(karin(host), planned, change)
      const publicKeys = plan.offers.flatMap(({ publicKey }) => publicKey ?? []).slice(0, looksAt)
      const key = publicKeys.find((each) => taken.includes(each))
      const vain = key === undefined ? publicKeys : publicKeys.slice(0, publicKeys.indexOf(key))
      const report: LoginReport = {
        user: clean('karin'),
        tried: vain.map(({ comment, fingerprint }) => ({
          ...{ method: 'publickey', name: comment, fingerprint, outcome: 'refused' },
        })),
        ...{ left: [], unusable: [], unwilling: new Map(), byPerson: false, asking: false },
      }
      const found = { host, refused: vain.map(({ comment }) => comment), isIn: key !== undefined }
      again.set(host, Number.POSITIVE_INFINITY)
      if (key !== undefined) logins.accepted(karin(host), { ...report, success: { fingerprint: key.fingerprint } })
      else
        later(
          logins.failed(
            karin(host),
            plan,
            report,
            { kind: 'refused', cause: { state: 'denied', cause: clean('server refused the keys') } },
            change,
          ),
        )
      return found
    } catch (error) {
      later(error)
      return undefined
    }
  }

  for (; time < begin + lasts; time += 1000) {
    let free = loginsAtATime(so)
    for (const host of hosts.filter((each) => (again.get(each) ?? 0) <= time)) {
      if (free === 0) break
      const found = login(host)
      if (found === undefined) continue
      free -= 1
      done.push(found)
      so = afterLogin(so, found.isIn ? 'accepted' : 'refused')
    }
  }
  return { done, history: logins.history() }
}

const begin = 1_700_000_000_000
const named = (count: number) => Array.from({ length: count }, (_, index) => fakeKey(`k${index + 1}`))
const fleet = (count: number) => Array.from({ length: count }, (_, index) => `n${index + 1}`)
const whole = { start: noHistory, begin, lasts: 10 * minute }

describe('an agent whose fifth key is the right one', () => {
  const keys = named(5)

  test('gets into all hosts within ten minutes: the first three refused four keys, and have not judged the fifth', () => {
    const { done } = run(fleet(20), keys, keys.slice(4), whole)
    expect(done.filter(({ isIn }) => isIn).map(({ host }) => host)).toEqual(expect.arrayContaining(fleet(20)))
    expect(done.filter(({ isIn }) => !isIn)).toEqual(
      ['n1', 'n2', 'n3'].map((host) => ({ host, refused: ['k1', 'k2', 'k3', 'k4'], isIn: false })),
    )
  })

  test('does not show the others of these hosts what three refused', () => {
    const { done } = run(fleet(20), keys, keys.slice(4), whole)
    expect(done.filter(({ isIn }) => isIn).flatMap(({ refused }) => refused)).toEqual([])
  })
})

test('hosts that take a key which three others refused are shown it nevertheless, behind one that is not judged', () => {
  const [first, second, third] = [fakeKey('k1'), fakeKey('k2'), fakeKey('k3')]
  const broken = run(['x1', 'x2', 'x3'], [first, second], [], whole)
  const { done } = run(['n1'], [first, second, third], [second], { ...whole, start: broken.history })
  expect(done).toEqual([{ host: 'n1', refused: ['k3', 'k1'], isIn: true }])
})

describe('200 hosts that take no key of an agent, ten minutes, five restarts', () => {
  /** Each run forgets when it wanted to try whom again, and knows only what is in the file. */
  const restarted = (keys: readonly PublicKey[], restarts: number, looksAt?: number): readonly Login[] => {
    let stored = historyText(noHistory)
    const done: Login[] = []
    const lasts = Math.floor((10 * minute) / (restarts + 1))
    for (let each = 0; each <= restarts; each += 1) {
      const start = parseHistory(stored)
      const ended = run(fleet(200), keys, [], {
        start,
        begin: begin + each * lasts,
        lasts,
        ...(looksAt !== undefined && { looksAt }),
      })
      done.push(...ended.done)
      stored = historyText(ended.history)
    }
    return done
  }

  test.each([
    [1, 3],
    [4, 3],
    [5, 6],
    [12, 9],
  ])('%i keys: %i failed logins', (count, failed) => {
    expect(restarted(named(count), 5)).toHaveLength(failed)
  })

  test('three failed logins for each four keys, and no more than six hosts, however many keys', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 0, max: 5 }), (count, restarts) => {
        const done = restarted(named(count), restarts)
        expect(done.length).toBeLessThanOrEqual(3 * Math.ceil(count / mostOffers))
        expect(new Set(done.map(({ host }) => host)).size).toBeLessThanOrEqual(6)
        expect(done.every(({ refused }) => refused.length <= mostOffers)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  test('where servers hang up sooner, three for each key, at no more than 18 hosts', () => {
    const numbers = [
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
    ] as const
    fc.assert(
      fc.property(...numbers, (count, restarts, looksAt) => {
        const done = restarted(named(count), restarts, looksAt)
        expect(done.length).toBeLessThanOrEqual(3 * count)
        expect(new Set(done.map(({ host }) => host)).size).toBeLessThanOrEqual(18)
      }),
      { numRuns: 20 },
    )
  })
})
