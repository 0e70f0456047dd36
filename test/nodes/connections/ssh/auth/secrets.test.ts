import { inspect } from 'node:util'
import { expect, test, vi } from 'vitest'
import type { KeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { type AskPerson, passphraseQuestion, spend } from '../../../../../source/nodes/connections/ssh/auth/prompts.ts'
import { type Secret, secretOf } from '../../../../../source/nodes/connections/ssh/auth/secret.ts'
import { createUnlocker } from '../../../../../source/nodes/connections/ssh/auth/unlock.ts'
import { clean } from '../../../../../source/text/clean.ts'
import { fakeKey, usable } from './support/fake-keys.ts'

const canary = 'c4n4ry-pässword'
const forever = new AbortController().signal

test('a secret shows nowhere, however it is printed', () => {
  const secret = secretOf(canary)
  const shown = [
    secret.toString(),
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: 10 }),
    inspect({ secret: [secret] }),
    new Error('x', { cause: secret }).cause,
    Object.entries(secret).join(),
  ].map(String)
  for (const text of shown) expect(text).not.toContain(canary)
  expect(secret.reveal()).toBe(canary)
})

test('a dropped one is gone', () => {
  const secret = secretOf(canary)
  secret.drop()
  expect(() => secret.reveal()).toThrow('dropped')
})

test('secrets are dropped after use, also when their use fails', () => {
  const secrets = [secretOf('a'), secretOf('b')]
  expect(spend(secrets, (texts) => texts.join())).toBe('a,b')
  const more = [secretOf('c')]
  expect(() =>
    spend(more, () => {
      throw new Error('failed')
    }),
  ).toThrow('failed')
  for (const secret of [...secrets, ...more]) expect(() => secret.reveal()).toThrow('dropped')
})

const filesThat = (unlock: KeyFiles['unlock']): KeyFiles => ({
  read: () => Promise.reject(new Error('not read here')),
  unlock,
  forget: () => Promise.resolve(),
})

const unlocked = usable(fakeKey('id'))
const opening = filesThat((_, passphrase) => {
  if (unlocked.state !== 'usable') throw new Error('not usable')
  return Promise.resolve(passphrase.reveal() === 'right' ? unlocked : { state: 'wrong' })
})

const answering = (...texts: readonly string[]) => {
  const secrets: Secret[] = []
  const ask = vi.fn<AskPerson>(() => {
    const text = texts[secrets.length]
    if (text === undefined) return Promise.resolve({ kind: 'declined', cause: clean('declined') })
    const secret = secretOf(text)
    secrets.push(secret)
    return Promise.resolve({ kind: 'answered', secrets: [secret] })
  })
  return { ask, secrets }
}

test('a passphrase is asked once for all hosts, and dropped', async () => {
  const { ask, secrets } = answering('wrong', 'right')
  const unlocker = createUnlocker(opening, ask, forever)
  const results = await Promise.all(Array.from({ length: 200 }, () => unlocker.unlock('/id')))
  expect(new Set(results)).toEqual(new Set([unlocked]))
  expect(ask.mock.calls.map(([question]) => question)).toEqual([
    passphraseQuestion('/id', 0),
    passphraseQuestion('/id', 1),
  ])
  for (const secret of secrets) expect(() => secret.reveal()).toThrow('dropped')
})

test('a no is a no for all hosts, until a person wants to be asked again', async () => {
  const { ask } = answering()
  const unlocker = createUnlocker(opening, ask, forever)
  expect(await unlocker.unlock('/id')).toEqual({ state: 'locked', cause: '/id stays locked: declined' })
  await unlocker.unlock('/id')
  expect(ask).toHaveBeenCalledTimes(1)
  await unlocker.forget()
  await unlocker.unlock('/id')
  expect(ask).toHaveBeenCalledTimes(2)
})

test('three wrong ones are enough', async () => {
  const { ask } = answering('a', 'b', 'c', 'right')
  expect(await createUnlocker(opening, ask, forever).unlock('/id')).toEqual({
    state: 'locked',
    cause: '/id stays locked: wrong passphrase',
  })
  expect(ask).toHaveBeenCalledTimes(3)
})

test('without a person nobody is asked', async () => {
  expect(await createUnlocker(opening, undefined, forever).unlock('/id')).toEqual({
    state: 'locked',
    cause: '/id needs a passphrase: add it with ssh-add',
  })
})

test('a thread that cannot decrypt is a cause, and the passphrase is dropped', async () => {
  const { ask, secrets } = answering('right')
  const broken = filesThat(() => Promise.reject(new Error('no memory')))
  expect(await createUnlocker(broken, ask, forever).unlock('/id')).toEqual({
    state: 'locked',
    cause: '/id cannot be decrypted: no memory',
  })
  for (const secret of secrets) expect(() => secret.reveal()).toThrow('dropped')
})
