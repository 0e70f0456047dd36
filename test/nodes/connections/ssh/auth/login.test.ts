import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Agent, openAgent, usualPatience } from '../../../../../source/nodes/connections/ssh/auth/agent.ts'
import { openKeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { refusedKeys } from '../../../../../source/nodes/connections/ssh/auth/login-report.ts'
import { type RealAgent, startAgent } from './support/agent.ts'
import { anyMethod, attemptLogin } from './support/attempt-login.ts'
import { type KeyOptions, makeKey, printedFingerprint } from './support/keys.ts'
import { person } from './support/person.ts'
import { planIn } from './support/plan-in.ts'
import { type RealSshd, startLimit, startSshd } from './support/sshd.ts'

const passphrase = 'correct horse'
const names = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'] as const

let folder: string
let sshd: RealSshd
let strict: RealSshd
const servers: RealSshd[] = []
const ends: (() => unknown)[] = []

const path = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-login-'))
  for (const name of names) makeKey(folder, name)
  const others: readonly (readonly [string, KeyOptions])[] = [
    ['rsa', { type: 'rsa', bits: 2048 }],
    ['ecdsa', { type: 'ecdsa' }],
    ['locked', { passphrase }],
  ]
  for (const [name, options] of others) makeKey(folder, name, options)
  sshd = await startSshd()
  servers.push(sshd)
  strict = await startSshd(['MaxAuthTries 3', 'AuthenticationMethods publickey,publickey'])
  servers.push(strict)
}, startLimit)

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

afterAll(async () => {
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const started = async (...held: readonly string[]): Promise<{ readonly real: RealAgent; readonly agent: Agent }> => {
  const real = await startAgent(path('agent'))
  real.add(...held.map(path))
  const agent = openAgent(real.socket, { ...usualPatience, identities: 2000, sign: 2000, fresh: 60_000, again: 20 })
  ends.push(agent.close, real.kill)
  return { real, agent }
}

const planWith = planIn(path)

/** Refusals and logins that the server has noted since `mark`. */
const noted = (log: string): { readonly failed: number; readonly accepted: readonly string[] } => ({
  failed: (log.match(/Failed \w+ for/g) ?? []).length,
  accepted: Array.from(log.matchAll(/Accepted publickey for .*?(SHA256:\S+)/g), ([, name = '']) => name),
})

describe('a key file', () => {
  test.each(['k0', 'rsa', 'ecdsa'])('%s logs in, and the server notes that key and no failure', async (name) => {
    sshd.authorize(path(name))
    const keyFiles = openKeyFiles()
    const mark = sshd.log().length
    const { result, report } = await attemptLogin({ ...sshd, keyFiles, plan: await planWith(keyFiles, [name]) })
    expect(result).toBe('ready')
    expect(report.success).toEqual({ fingerprint: printedFingerprint(path(name)) })
    expect(noted(sshd.log().slice(mark))).toEqual({ failed: 0, accepted: [printedFingerprint(path(name))] })
  })

  test('that is refused is named, with what to do', async () => {
    sshd.authorize(path('k7'))
    const keyFiles = openKeyFiles()
    const plan = await planWith(keyFiles, ['k0', 'k1', 'rsa'])
    const { result, report, failure } = await attemptLogin({ ...sshd, keyFiles, plan })
    expect(result).toBe('failed')
    expect(failure).toMatchObject({
      kind: 'refused',
      cause: {
        state: 'denied',
        cause: `server refused 3 keys (k0, k1, rsa) for ${sshd.user}; have one added to its authorized_keys, or signed, or name another with IdentityFile`,
      },
    })
    expect(refusedKeys(report)).toEqual(['k0', 'k1', 'rsa'].map((name) => printedFingerprint(path(name))))
  })

  test('a refused RSA key costs one attempt', async () => {
    sshd.authorize(path('k0'))
    const keyFiles = openKeyFiles()
    const mark = sshd.log().length
    const { result } = await attemptLogin({ ...sshd, keyFiles, plan: await planWith(keyFiles, ['rsa', 'k0']) })
    expect(result).toBe('ready')
    expect(noted(sshd.log().slice(mark)).failed).toBe(1)
  })
})

describe('an agent', () => {
  test.each(['k1', 'rsa', 'ecdsa'])('signs for %s', async (name) => {
    sshd.authorize(path(name))
    const { agent } = await started('k0', 'k1', 'rsa', 'ecdsa')
    const plan = await planWith(openKeyFiles(), [], { from: agent })
    const { result, report } = await attemptLogin({ ...sshd, agent, plan })
    expect(result).toBe('ready')
    expect(report.success).toEqual({ fingerprint: printedFingerprint(path(name)) })
    expect(report.tried.every(({ outcome }) => outcome === 'refused')).toBe(true)
  })

  test('with the right key last of eight: four are offered, the rest is named; IdentityFile makes it the first', async () => {
    sshd.authorize(path('k7'))
    const { agent } = await started(...names)
    const keyFiles = openKeyFiles()
    const mark = sshd.log().length
    const { failure, report } = await attemptLogin({
      ...sshd,
      agent,
      plan: await planWith(keyFiles, [], { from: agent }),
    })
    expect(failure).toMatchObject({
      kind: 'refused',
      cause: {
        state: 'denied',
        cause: `server refused 4 keys (k0, k1, k2, k3) for ${sshd.user}; 4 more not tried (k4, k5, k6, k7): name the right one with IdentityFile`,
      },
    })
    expect(noted(sshd.log().slice(mark)).failed).toBe(4)
    // The next login offers those that this one had no room for.
    const refused = new Set(refusedKeys(report))
    const again = await attemptLogin({ ...sshd, agent, plan: await planWith(keyFiles, [], { from: agent, refused }) })
    expect(again.report.success).toEqual({ fingerprint: printedFingerprint(path('k7')) })
    const named = await attemptLogin({ ...sshd, agent, plan: await planWith(keyFiles, ['k7'], { from: agent }) })
    expect(named.result).toBe('ready')
    expect(named.report.tried).toEqual([])
    // The key that worked comes first without any IdentityFile.
    const worked = again.report.success?.fingerprint
    const next = await attemptLogin({ ...sshd, agent, plan: await planWith(keyFiles, [], { from: agent, worked }) })
    expect(next.report.tried).toEqual([])
    expect(next.result).toBe('ready')
  })

  test.each([
    [1, true],
    [1, false],
    [6, true],
    [6, false],
  ])('of %i refused keys: a person is asked for nothing that the server does not take', async (count, interactive) => {
    sshd.authorize(path('k7'))
    const { agent } = await started(...names.slice(0, count))
    const { asked, ask } = person(['secret'], ['secret'], ['secret'])
    const mark = sshd.log().length
    const { failure, report } = await attemptLogin({
      ...sshd,
      agent,
      plan: await planWith(openKeyFiles(), [], { from: agent, door: 'person' }),
      allowed: { ...anyMethod, keyboardInteractive: interactive },
      ask,
    })
    expect(asked).toEqual([])
    expect(report.methods).toEqual(['publickey'])
    expect(report.tried.map(({ method }) => method)).toEqual(names.slice(0, Math.min(count, 4)).map(() => 'publickey'))
    expect(failure.kind === 'refused' && failure.cause.cause).toMatch(/^server refused [14] keys? \(k0/)
    expect(sshd.log().slice(mark)).not.toMatch(/Failed (?!publickey)/)
  })

  test('a server that hangs up before is too many authentication failures', async () => {
    strict.authorize(path('k7'))
    const { agent } = await started('k0', 'k1', 'k2', 'k3', 'k4')
    const { failure } = await attemptLogin({
      ...strict,
      agent,
      plan: await planWith(openKeyFiles(), [], { from: agent }),
    })
    expect(failure).toMatchObject({ kind: 'refused' })
    expect(failure.kind === 'refused' && failure.cause.cause).toBe(
      `too many authentication failures for ${strict.user}: the server hung up after 3 attempts (k0, k1, k2, 2 not tried): name the right key with IdentityFile and IdentitiesOnly yes`,
    )
  })

  test('that freezes between its answer and the signature does not answer, and nothing has failed', async () => {
    sshd.authorize(path('k0'))
    const { agent, real } = await started('k0', 'k1')
    const plan = await planWith(openKeyFiles(), [], { from: agent })
    real.freeze()
    const mark = sshd.log().length
    const { failure, report } = await attemptLogin({ ...sshd, agent, plan })
    expect(failure).toMatchObject({ kind: 'agent-silent', cause: { state: 'backing-off' } })
    expect(failure.kind === 'agent-silent' && failure.cause.cause).toMatch(/^agent does not answer: nothing within/)
    expect(report.tried).toMatchObject([{ name: 'k0', outcome: 'unsigned' }])
    expect(refusedKeys(report)).toEqual([])
    expect(noted(sshd.log().slice(mark)).failed).toBe(0)
    expect((await planWith(openKeyFiles(), [], { from: agent })).kind).toBe('hold')
    real.thaw()
    await expect.poll(async () => (await agent.ask()).state).toBe('answers')
    expect((await attemptLogin({ ...sshd, agent, plan })).result).toBe('ready')
  })

  test('that is killed meanwhile does not answer either', async () => {
    sshd.authorize(path('k0'))
    const { agent, real } = await started('k0')
    const plan = await planWith(openKeyFiles(), [], { from: agent })
    await real.kill()
    expect((await attemptLogin({ ...sshd, agent, plan })).failure).toMatchObject({ kind: 'agent-silent' })
  })

  test('that is silent leaves key files; that one is refused then is no failure of the user’s', async () => {
    sshd.authorize(path('k0'))
    const { agent, real } = await started('k0')
    real.freeze()
    const keyFiles = openKeyFiles()
    const refused = await attemptLogin({ ...sshd, agent, plan: await planWith(keyFiles, ['k1'], { from: agent }) })
    expect(refused.failure).toMatchObject({ kind: 'agent-silent' })
    expect(refused.failure.kind === 'agent-silent' && refused.failure.cause.cause).toMatch(/\(meanwhile refused: k1\)$/)
    const accepted = await attemptLogin({ ...sshd, agent, plan: await planWith(keyFiles, ['k0'], { from: agent }) })
    expect(accepted.result).toBe('ready')
  })

  test('that no longer holds the key is unwilling, and the next plan leaves that key out', async () => {
    sshd.authorize(path('k0'), path('k1'))
    const { agent } = await started('k0', 'k1')
    const plan = await planWith(openKeyFiles(), [], { from: agent })
    const emptied = await startAgent(path('other'))
    const other = openAgent(emptied.socket)
    ends.push(other.close, emptied.kill)
    const { failure, report } = await attemptLogin({ ...sshd, agent: other, plan })
    expect(failure).toMatchObject({ kind: 'unwilling' })
    expect([...report.unwilling.keys()]).toEqual([printedFingerprint(path('k0'))])
    const next = await planWith(openKeyFiles(), [], { from: agent, unwilling: report.unwilling })
    expect((await attemptLogin({ ...sshd, agent, plan: next })).report.success).toEqual({
      fingerprint: printedFingerprint(path('k1')),
    })
  })
})

describe('a server that wants two keys', () => {
  test.each(['files', 'agent'] as const)('takes both from %s', async (from) => {
    strict.authorize(path('k0'), path('k1'))
    const { agent } = await started('k0', 'k1')
    const keyFiles = openKeyFiles()
    const plan = await (from === 'files' ? planWith(keyFiles, ['k0', 'k1']) : planWith(keyFiles, [], { from: agent }))
    const { result, report } = await attemptLogin({ ...strict, agent, keyFiles, plan })
    expect(result).toBe('ready')
    expect(report.tried).toContainEqual(expect.objectContaining({ name: 'k0', outcome: 'more' }))
  })

  test('and gets one says so', async () => {
    strict.authorize(path('k0'))
    const keyFiles = openKeyFiles()
    const { failure } = await attemptLogin({ ...strict, keyFiles, plan: await planWith(keyFiles, ['k0']) })
    expect(failure).toMatchObject({
      kind: 'person',
      cause: {
        cause: `server took k0 for ${strict.user} and asks for publickey besides, which needs a person`,
      },
    })
  })
})

test('with no key at all it says what the server takes, and why no file serves', async () => {
  const plan = await planWith(openKeyFiles(), ['locked', 'missing'])
  expect((await attemptLogin({ ...sshd, plan })).failure).toMatchObject({
    kind: 'keyless',
    cause: {
      cause: `no key to offer for ${sshd.user}, and the server takes only publickey; locked: it needs a passphrase: add it with ssh-add`,
    },
  })
})
