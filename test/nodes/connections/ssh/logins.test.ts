import { describe, expect, test } from 'vitest'
import { type Again, ConnectionError, type Occasion } from '../../../../source/nodes/connections/connection.ts'
import { type LoginHistory, noHistory } from '../../../../source/nodes/connections/ssh/auth/failures.ts'
import {
  explainLogin,
  type LoginFailure,
  type LoginReport,
  loginTimeout,
} from '../../../../source/nodes/connections/ssh/auth/login-report.ts'
import { type Plan, planOffers } from '../../../../source/nodes/connections/ssh/auth/offers.ts'
import type { PublicKey } from '../../../../source/nodes/connections/ssh/auth/public-key.ts'
import { createLogins } from '../../../../source/nodes/connections/ssh/logins.ts'
import { clean } from '../../../../source/text/clean.ts'
import { fakeAgent, fakeKey } from './auth/support/fake-keys.ts'

const key = fakeKey('k')

const planFor = (...keys: readonly PublicKey[]): Extract<Plan, { readonly kind: 'login' }> => {
  const plan = planOffers({ agent: fakeAgent(...keys), files: [], identitiesOnly: false, door: 'headless' })
  if (plan.kind !== 'login') throw new Error('nothing to offer')
  return plan
}
const plan = planFor(key)

const reportOf = (outcome: 'refused' | 'unsigned' = 'refused'): LoginReport => ({
  user: clean('karin'),
  tried: [{ method: 'publickey', name: clean('k'), fingerprint: key.fingerprint, outcome }],
  left: [],
  unusable: [],
  unwilling: new Map(outcome === 'unsigned' ? [[key.fingerprint, clean('confirmation declined')]] : []),
  byPerson: false,
  asking: false,
})

const refused: LoginFailure = {
  kind: 'refused',
  cause: { state: 'denied', cause: clean('denied: server refused 1 key') },
}

const silent: LoginFailure = {
  kind: 'agent-silent',
  cause: { state: 'backing-off', cause: clean('agent does not answer') },
}

/** The agent changes when something else says so. */
const change: Occasion = () => () => undefined

const minute = 60_000

/** Logins at the wall time of `wall`; our own clock started elsewhere. */
const loginsAt = (start: LoginHistory = noHistory, door: 'person' | 'headless' = 'person') => {
  let passed = 0
  const kept: LoginHistory[] = []
  const logins = createLogins({
    start,
    keeper: { keep: (history) => void kept.push(history), settled: () => Promise.resolve() },
    now: () => 5000 + passed,
    wall: () => 1_700_000_000_000 + passed,
    door,
  })
  return {
    logins,
    kept,
    pass: (milliseconds: number) => {
      passed += milliseconds
    },
    permit: (host: string) => logins.permit({ host, user: 'karin' }, plan, change),
    fail: (host: string, failure: LoginFailure = refused, report = reportOf()) =>
      logins.failed({ host, user: 'karin' }, plan, report, failure, change)?.reason,
  }
}

const thrownBy = (act: () => unknown): ConnectionError['reason'] => {
  try {
    act()
  } catch (error) {
    if (error instanceof ConnectionError) return error.reason
    throw error
  }
  throw new Error('it was permitted')
}

const atOf = (again: Again | undefined): number => (typeof again === 'object' && 'at' in again ? again.at : Number.NaN)

describe('a host that refused us', () => {
  test('is left alone for 5, 15 and 60 minutes, counted on our own clock', () => {
    const { fail, pass, permit } = loginsAt()
    for (const wait of [5, 15, 60, 60]) {
      const start = 5000
      const reason = fail('n1:22')
      expect(reason?.state).toBe('denied')
      expect(atOf(reason?.again)).toBeGreaterThanOrEqual(start + wait * minute)
      pass(wait * minute - 1)
      expect(thrownBy(() => permit('n1:22'))).toMatchObject({ state: 'denied', again: { at: expect.any(Number) } })
      pass(1)
    }
  })

  test('is told with its cause until then', () => {
    const { fail, permit } = loginsAt()
    fail('n1:22')
    expect(thrownBy(() => permit('n1:22'))).toMatchObject({
      state: 'denied',
      cause: 'not tried: refused at 22:13 (UTC), again in 5 min: denied: server refused 1 key',
      again: { at: 5000 + 5 * minute, sooner: change },
    })
    expect(permit('n2:22')).toBe(plan)
  })

  test('may be tried at once when a person wants it', () => {
    const { logins, fail, permit } = loginsAt()
    fail('n1:22')
    logins.pressed()
    expect(permit('n1:22')).toBe(plan)
  })

  test('is forgotten once it lets us in', () => {
    const { logins, fail, permit } = loginsAt()
    fail('n1:22')
    logins.pressed()
    logins.accepted({ host: 'n1:22', user: 'karin' }, { ...reportOf(), success: { fingerprint: key.fingerprint } })
    expect(permit('n1:22')).toBe(plan)
    expect(logins.history().hosts).toEqual({})
  })
})

describe('three that refuse the same key', () => {
  test('stop the rest until a person wants it, or the agent holds other keys', () => {
    const { logins, fail, permit } = loginsAt()
    expect(fail('n1:22')?.again).toMatchObject({ at: expect.any(Number) })
    expect(fail('n2:22')?.again).toMatchObject({ at: expect.any(Number) })
    const stopped = { at: 5000 + 60 * minute, sooner: change }
    expect(fail('n3:22')).toMatchObject({ state: 'denied', again: stopped, cause: expect.stringMatching(/press r/) })
    expect(thrownBy(() => permit('n4:22'))).toMatchObject({
      state: 'backing-off',
      again: stopped,
      cause: expect.stringMatching(/n1:22, n2:22, n3:22 refused this key for karin/),
    })
    logins.pressed()
    expect(permit('n4:22')).toBe(plan)
  })

  test('do so after a restart as well', () => {
    const first = loginsAt()
    for (const host of ['n1:22', 'n2:22', 'n3:22']) first.fail(host)
    const second = loginsAt(first.kept.at(-1))
    expect(thrownBy(() => second.permit('n4:22')).again).toEqual({ at: 5000 + 60 * minute, sooner: change })
  })
})

describe('where nobody can press a key', () => {
  test('it is said when it is tried again, and where that is kept', () => {
    const { fail, permit, pass } = loginsAt(noHistory, 'headless')
    const kept = 'kept in login-failures.json of the state folder'
    fail('n1:22')
    fail('n2:22')
    pass(minute)
    expect(thrownBy(() => permit('n1:22')).cause).toBe(
      `not tried: refused at 22:13 (UTC), again in 4 min, ${kept}: denied: server refused 1 key`,
    )
    expect(fail('n3:22')?.cause).toBe(`denied: server refused 1 key; tried again at 23:14 (UTC), ${kept}`)
    expect(thrownBy(() => permit('n4:22')).cause).toBe(
      `not tried: n1:22, n2:22, n3:22 refused this key for karin; tried again at 23:14 (UTC), ${kept}`,
    )
  })
})

test('what one configuration lacks is not said of another for the same account', () => {
  const { logins } = loginsAt()
  const account = { host: 'n1:22', user: 'karin' }
  const lacking = (name: string) => ({
    ...planFor(),
    unusable: [{ name: clean(name), why: clean('it needs a passphrase: add it with ssh-add') }],
  })
  const report = { ...reportOf(), tried: [], unusable: lacking('one').unusable, methods: ['publickey'] }
  const failure = explainLogin(report, { message: 'all failed', level: 'client-authentication' })
  expect(logins.failed(account, lacking('one'), report, failure, change)?.reason.cause).toMatch(/; one: it needs/)
  expect(thrownBy(() => logins.permit(account, lacking('two'), change)).cause).toBe(
    'not tried: asked without a key at 22:13 (UTC), again in 5 min: no key to offer for karin, and the server takes only' +
      ' publickey; two: it needs a passphrase: add it with ssh-add',
  )
})

test('a server that takes no key is remembered with what helps there, and no key', () => {
  const { logins } = loginsAt()
  const account = { host: 'n1:22', user: 'karin' }
  const [said, advice] = [
    'no key to offer for karin, and the server takes only password',
    "answer it on kntop's screen",
  ]
  const report = { ...reportOf(), tried: [], methods: ['password'] }
  const failure = explainLogin(report, { message: 'all failed', level: 'client-authentication' })
  const told = `${said}: allow publickey in its sshd, or ${advice}, where your configuration allows that`
  expect(logins.failed(account, planFor(), report, failure, change)?.reason.cause).toBe(told)
  expect(thrownBy(() => logins.permit(account, planFor(), change)).cause).toBe(
    `not tried: asked without a key at 22:13 (UTC), again in 5 min: ${told}`,
  )
})

test('a question that nobody answers in time is asked again only when a person wants it', () => {
  const { fail } = loginsAt()
  const report = { ...reportOf(), tried: [], asking: true }
  const failure = explainLogin(report, { message: loginTimeout })
  expect(fail('n1:22', failure, report)).toEqual({
    state: 'denied',
    cause: 'nobody answered within 2 minutes; r asks again',
    again: 'asked',
  })
})

describe('what is no answer of the server', () => {
  test('counts for nothing', () => {
    const { fail, kept } = loginsAt()
    expect(fail('n1:22', { kind: 'not-authentication' })).toBeUndefined()
    fail('n1:22', silent, reportOf('unsigned'))
    fail('n1:22', { kind: 'person', cause: { state: 'denied', cause: clean('denied: not answered') } })
    fail('n1:22', { kind: 'unwilling', cause: { state: 'denied', cause: clean('denied') } }, reportOf('unsigned'))
    expect(kept).toEqual([])
  })

  test('but the keys of files that it refused before the agent fell silent do', () => {
    const { fail, kept } = loginsAt()
    expect(fail('n1:22', silent)).toMatchObject({ state: 'backing-off', again: { on: change } })
    expect(kept).toHaveLength(1)
  })

  test('of a person is waited for', () => {
    const { fail } = loginsAt()
    const cause = { state: 'denied', cause: clean('denied: not answered') } as const
    expect(fail('n1:22', { kind: 'person', cause })).toEqual({ ...cause, again: 'asked' })
  })

  test('of an agent that will not sign is tried soon without that key, which is remembered for this host', () => {
    const { logins, fail } = loginsAt()
    fail('n1:22', { kind: 'unwilling', cause: { state: 'denied', cause: clean('denied') } }, reportOf('unsigned'))
    expect([...logins.unwilling({ host: 'n1:22', user: 'karin' }).keys()]).toEqual([key.fingerprint])
    expect(logins.unwilling({ host: 'n2:22', user: 'karin' }).size).toBe(0)
    logins.pressed()
    expect(logins.unwilling({ host: 'n1:22', user: 'karin' }).size).toBe(0)
  })
})

test('while the agent is silent a node waits for a change of it, and for nothing else', () => {
  const { logins } = loginsAt()
  const hold: Plan = { kind: 'hold', cause: clean('agent does not answer') }
  const reason = thrownBy(() => logins.permit({ host: 'n1:22', user: 'karin' }, hold, change))
  expect(reason).toEqual({ state: 'backing-off', cause: 'agent does not answer', again: { on: change } })
})

describe('without any key', () => {
  const empty = planFor()
  const keyless: LoginFailure = { kind: 'keyless', cause: { state: 'denied', cause: clean('no key to offer') } }
  const askedWithout = (hosts: readonly string[]) => {
    const { logins, kept } = loginsAt()
    const report: LoginReport = { ...reportOf(), tried: [] }
    const reasons = hosts.map(
      (host) => logins.failed({ host, user: 'karin' }, empty, report, keyless, change)?.reason.again,
    )
    return { logins, kept, reasons }
  }

  test('a host is asked again in five minutes, or as soon as the agent holds other keys: no failed login', () => {
    const { logins, reasons } = askedWithout(['n1:22'])
    expect(reasons).toEqual([{ at: 5000 + 5 * minute, sooner: change }])
    expect(logins.history().hosts['karin n1:22']).toMatchObject({ count: 0, refused: [] })
    expect(thrownBy(() => logins.permit({ host: 'n1:22', user: 'karin' }, empty, change)).again).toMatchObject({
      at: 5000 + 5 * minute,
    })
    expect(logins.permit({ host: 'n1:22', user: 'karin' }, plan, change)).toBe(plan)
  })

  test('three hosts are enough; all of them are asked as soon as there is one', () => {
    const { logins, reasons } = askedWithout(['n1:22', 'n2:22', 'n3:22'])
    expect(reasons.at(-1)).toEqual({ at: 5000 + 60 * minute, sooner: change })
    expect(thrownBy(() => logins.permit({ host: 'n4:22', user: 'karin' }, empty, change))).toMatchObject({
      state: 'backing-off',
      cause: expect.stringMatching(/refused karin without a key: add one with ssh-add; press r/),
      again: { at: 5000 + 60 * minute, sooner: change },
    })
    for (const host of ['n1:22', 'n3:22', 'n4:22'])
      expect(logins.permit({ host, user: 'karin' }, plan, change)).toBe(plan)
  })
})
