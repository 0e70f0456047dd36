import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { openAgents } from '../../../../../source/nodes/connections/ssh/auth/agent.ts'
import {
  type AuthenticationSettings,
  agentSocket,
  allows,
} from '../../../../../source/nodes/connections/ssh/auth/authentication-settings.ts'
import { noHistory, reduceLogins } from '../../../../../source/nodes/connections/ssh/auth/failures.ts'
import { openKeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import {
  type Keyring,
  keysOfPlan,
  planLogin,
  withKeysLast,
} from '../../../../../source/nodes/connections/ssh/auth/login-plan.ts'
import { planOffers } from '../../../../../source/nodes/connections/ssh/auth/offers.ts'
import type { SshSettings } from '../../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { clean } from '../../../../../source/text/clean.ts'
import { type RealAgent, startAgent } from './support/agent.ts'
import { anyMethod } from './support/attempt-login.ts'
import { fakeAgent, fakeKey } from './support/fake-keys.ts'
import { makeKey, printedFingerprint } from './support/keys.ts'
import { demand } from './support/processes.ts'

const account = { host: 'n1', user: 'karin' }

let folder: string
let agent: RealAgent
const rings: Keyring[] = []

const path = (name: string): string => join(folder, name)

beforeAll(async () => {
  demand('ssh-agent', 'ssh-add', 'ssh-keygen')
  folder = mkdtempSync(join(tmpdir(), 'kntop-plan-'))
  for (const name of ['a', 'b', 'c']) makeKey(folder, name)
  agent = await startAgent(path('agent'))
  agent.add(path('a'), path('b'))
})

afterEach(() => {
  for (const ring of rings.splice(0)) ring.agents.close()
})

afterAll(async () => {
  await agent.kill()
  rmSync(folder, { recursive: true, force: true })
})

const keyring = (environment: Keyring['environment']): Keyring => {
  const ring: Keyring = { agents: openAgents(), keyFiles: openKeyFiles(), environment }
  rings.push(ring)
  return ring
}

const settings: AuthenticationSettings = {
  user: 'karin',
  identityFiles: [],
  identitiesOnly: false,
  identityAgent: undefined,
  methods: anyMethod,
  algorithms: { publicKeys: [] },
  requiredRsaSize: 1024,
}

const offered = async (
  changes: Partial<AuthenticationSettings>,
  more: Partial<Parameters<typeof planLogin>[0]> = {},
): Promise<readonly string[]> => {
  const plan = await planLogin({
    settings: { ...settings, ...changes },
    account,
    keyring: keyring({ SSH_AUTH_SOCK: agent.socket }),
    history: noHistory,
    door: 'headless',
    ...more,
  })
  if (plan.kind === 'hold') return [`held: ${plan.cause}`]
  return plan.offers.map(({ from, name }) => `${from} ${name}`)
}

test('the settings of ssh are settings for logging in', () => {
  expectTypeOf<SshSettings>().toExtend<AuthenticationSettings>()
})

describe('what is offered to a host', () => {
  test('the agent of the environment and the files of the configuration', async () => {
    expect(await offered({ identityFiles: [path('c'), path('b')] })).toEqual(['agent b', 'agent a', 'file c'])
    expect(await offered({ identityFiles: [path('c'), path('b')], identitiesOnly: true })).toEqual([
      'agent b',
      'file c',
    ])
  })

  test('IdentityAgent goes before the environment, and none is none', async () => {
    expect(await offered({ identityAgent: agent.socket }, { keyring: keyring({}) })).toEqual(['agent a', 'agent b'])
    expect(await offered({ identityAgent: 'none', identityFiles: [path('a')] })).toEqual(['file a'])
  })

  test('no agent at all where one is named is a state of its own', async () => {
    expect(await offered({ identityAgent: path('nowhere') })).toEqual([
      `held: agent does not answer: there is no socket ${path('nowhere')}`,
    ])
    expect(await offered({ identityAgent: path('nowhere'), identityFiles: [path('c')] })).toEqual(['file c'])
  })

  test('the key that worked last time, on this host for this user', async () => {
    const fingerprint = printedFingerprint(path('b'))
    const history = reduceLogins(noHistory, { type: 'accepted', account, fingerprint })
    expect(await offered({}, { history })).toEqual(['agent b', 'agent a'])
    expect(await offered({}, { history, account: { host: 'n2', user: 'karin' } })).toEqual(['agent a', 'agent b'])
  })

  test('those that this host refused come last', async () => {
    const refused = [printedFingerprint(path('a'))]
    const keys = [...refused, printedFingerprint(path('b'))]
    const cause = clean('refused')
    const history = reduceLogins(noHistory, { type: 'refused', account, refused, keys, cause, at: 0 })
    expect(await offered({}, { history })).toEqual(['agent b', 'agent a'])
  })

  test('no key where the configuration closes that way', async () => {
    expect(await offered({ methods: { ...anyMethod, publicKey: false } })).toEqual([])
    expect(await offered({ methods: { ...anyMethod, preferred: ['password'] } })).toEqual([])
  })
})

test('the keys of a plan are those offered and those beyond', async () => {
  const plan = await planLogin({
    settings,
    account,
    keyring: keyring({ SSH_AUTH_SOCK: agent.socket }),
    history: noHistory,
    door: 'headless',
  })
  if (plan.kind !== 'login') throw new Error('held')
  const [first, ...rest] = plan.offers
  const narrower = { ...plan, offers: first === undefined ? [] : [first], left: rest }
  expect(keysOfPlan(narrower)).toEqual({
    offered: [printedFingerprint(path('a'))],
    all: [printedFingerprint(path('a')), printedFingerprint(path('b'))],
  })
  expect(keysOfPlan({ ...plan, offers: [], left: [], otherWay: 'otherwise' }).offered).toEqual(['otherwise'])
})

test('keys that are to come last make room for those beyond; as many are offered, and none is lost', () => {
  const named = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 12 })
  fc.assert(
    fc.property(named, fc.array(fc.integer({ min: 0, max: 30 })), (numbers, late) => {
      const keys = numbers.map((number) => fakeKey(`k${number}`))
      const plan = planOffers({ agent: fakeAgent(...keys), files: [], identitiesOnly: false, door: 'headless' })
      if (plan.kind !== 'login') throw new Error('held')
      const last = new Set(late.map((number) => fakeKey(`k${number}`).fingerprint))
      const found = withKeysLast(plan, last)
      const { all, offered } = keysOfPlan(found)
      const before = keysOfPlan(plan)
      expect(offered).toHaveLength(before.offered.length)
      expect(all).toEqual([...before.all.filter((key) => !last.has(key)), ...before.all.filter((key) => last.has(key))])
    }),
  )
})

test.each([
  [undefined, '/environment', '/environment'],
  ['/named', '/environment', '/named'],
  ['none', '/environment', undefined],
  [undefined, '', undefined],
  [undefined, undefined, undefined],
])('IdentityAgent %s and SSH_AUTH_SOCK %s: %s', (identityAgent, SSH_AUTH_SOCK, socket) => {
  expect(agentSocket({ identityAgent }, { SSH_AUTH_SOCK })).toBe(socket)
})

test('what the configuration closes is closed, and only that', () => {
  const closed = { ...anyMethod, password: false, keyboardInteractive: false }
  expect(['none', 'publickey', 'password', 'keyboard-interactive'].filter((method) => allows(closed, method))).toEqual([
    'none',
    'publickey',
  ])
  const preferred = { ...anyMethod, preferred: ['keyboard-interactive'] }
  expect(allows(preferred, 'keyboard-interactive')).toBe(true)
  expect(allows(preferred, 'publickey')).toBe(false)
})
