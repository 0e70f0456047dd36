import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { createUnlocker } from '../../../../../source/nodes/connections/ssh/auth/unlock.ts'
import { attemptLogin } from './support/attempt-login.ts'
import { makeKey, printedFingerprint } from './support/keys.ts'
import { person } from './support/person.ts'
import { planIn } from './support/plan-in.ts'
import { type RealSshd, startLimit, startSshd } from './support/sshd.ts'

// Key files that are encrypted, against a real sshd.

const passphrase = 'correct horse'

let folder: string
let sshd: RealSshd
const servers: RealSshd[] = []

const path = (name: string): string => join(folder, name)
const planWith = planIn(path)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-locked-'))
  for (const name of ['k0', 'k7']) makeKey(folder, name)
  makeKey(folder, 'locked', { passphrase })
  makeKey(folder, 'locked-pem', { type: 'rsa', bits: 2048, format: 'PEM', passphrase })
  // Without its public half it is not known before it is unlocked.
  makeKey(folder, 'unknown-pem', { type: 'rsa', bits: 2048, format: 'PEM', passphrase })
  rmSync(`${path('unknown-pem')}.pub`)
  sshd = await startSshd()
  servers.push(sshd)
}, startLimit)

afterAll(async () => {
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test.each(['locked', 'locked-pem'])('%s is asked for only once the server would take it', async (name) => {
  const keyFiles = openKeyFiles()
  const { ask, asked } = person([passphrase])
  sshd.authorize(path('k0'))
  const plan = await planWith(keyFiles, [name, 'k0'], { door: 'person' })
  expect((await attemptLogin({ ...sshd, keyFiles, ask, plan })).result).toBe('ready')
  expect(asked).toEqual([])
  sshd.authorize(path(name))
  expect((await attemptLogin({ ...sshd, keyFiles, ask, plan })).report.success).toEqual({
    fingerprint: printedFingerprint(path(name)),
  })
  expect(asked).toMatchObject([{ kind: 'passphrase', keyFile: path(name) }])
  // From now on it is a usable file like any other.
  const next = await planWith(keyFiles, [name])
  expect((await attemptLogin({ ...sshd, keyFiles, plan: next })).result).toBe('ready')
  expect(asked).toHaveLength(1)
})

test('one that is not known before it is unlocked is asked for when its turn comes', async () => {
  const keyFiles = openKeyFiles()
  const { ask, asked } = person(['wrong horse'], [passphrase])
  sshd.authorize(path('k0'))
  const plan = await planWith(keyFiles, ['unknown-pem', 'k0'], { door: 'person' })
  const { result, report } = await attemptLogin({ ...sshd, keyFiles, ask, plan })
  expect(result).toBe('ready')
  expect(report.tried.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['unknown-pem refused'])
  expect(asked).toMatchObject([{ again: 0 }, { again: 1 }])
})

test('one that is not known and that nobody unlocks is left out; that the others are refused counts', async () => {
  sshd.authorize(path('k7'))
  const keyFiles = openKeyFiles()
  const plan = await planWith(keyFiles, ['unknown-pem', 'k0'], { door: 'person' })
  // Only the passphrase is declined; the server asks nothing.
  const { failure } = await attemptLogin({ ...sshd, keyFiles, ask: person().ask, plan })
  expect(failure).toMatchObject({ kind: 'refused' })
  expect(failure.kind === 'refused' && failure.cause.cause).toBe(
    `server refused 1 key (k0) for ${sshd.user}; unknown-pem: ${path('unknown-pem')} stays locked: declined`,
  )
})

test('one whose passphrase nobody gives is left out, and the next key is tried', async () => {
  sshd.authorize(path('locked'), path('k0'))
  const keyFiles = openKeyFiles()
  const { ask } = person()
  const plan = await planWith(keyFiles, ['locked', 'k0'], { door: 'person' })
  const { failure, report } = await attemptLogin({ ...sshd, keyFiles, ask, plan })
  expect(failure).toMatchObject({
    kind: 'unwilling',
    cause: { cause: `${path('locked')} stays locked: declined` },
  })
  const next = await planWith(keyFiles, ['locked', 'k0'], { door: 'person', unwilling: report.unwilling })
  expect((await attemptLogin({ ...sshd, keyFiles, ask, plan: next })).result).toBe('ready')
})

test.each([
  { most: undefined, times: 3 },
  { most: 1, times: 1 },
])('one whose passphrase is mistyped is asked for as often as its host allows: $most', async ({ most, times }) => {
  const { ask, asked } = person(...Array.from({ length: 5 }, () => ['wrong horse']))
  const unlocker = createUnlocker(openKeyFiles(), ask, new AbortController().signal)
  expect(await unlocker.unlock(path('locked'), most)).toEqual({
    state: 'locked',
    cause: `${path('locked')} stays locked: wrong passphrase`,
  })
  expect(asked).toHaveLength(times)
})
