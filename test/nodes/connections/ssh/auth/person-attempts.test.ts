import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthContext } from 'ssh2'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openKeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { type Plan, planOffers } from '../../../../../source/nodes/connections/ssh/auth/offers.ts'
import { type AskingServer, startAsking } from './support/asking-server.ts'
import { anyMethod, attemptLogin } from './support/attempt-login.ts'
import { makeKey } from './support/keys.ts'
import { person } from './support/person.ts'

let folder: string
const servers: AskingServer[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-person-'))
  for (const name of ['host', 'k0']) makeKey(folder, name)
})

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const started = async (judge: (context: AuthContext) => void): Promise<AskingServer> => {
  const server = await startAsking(join(folder, 'host'), judge)
  servers.push(server)
  return server
}

const noKeys: Plan = { kind: 'login', offers: [], left: [], unusable: [] }

describe('a server that asks', () => {
  test('without a question got no answer: that is not said', async () => {
    const server = await started((context) => context.reject(['publickey', 'keyboard-interactive']))
    const keyFiles = openKeyFiles()
    const files = [await keyFiles.read(join(folder, 'k0'))]
    const plan = planOffers({ agent: { state: 'none' }, files, identitiesOnly: false, door: 'person' })
    const { asked, ask } = person(['a'])
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan, keyFiles, ask })
    expect(asked).toEqual([])
    expect(failure).toMatchObject({
      kind: 'refused',
      cause: { cause: expect.stringMatching(/^server refused 1 key \(k0\) for karin; /) },
    })
  })

  test('in several rounds was answered rightly as far as it goes on, and wrongly when it begins anew', async () => {
    const server = await started((context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      context.prompt([{ prompt: 'Password: ', echo: false }], () =>
        context.prompt([{ prompt: 'OTP: ', echo: true }], () => context.reject(['keyboard-interactive'])),
      )
    })
    const { asked, ask } = person(['a'], ['1'], ['b'], ['2'])
    await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(asked.slice(0, 4).map(({ again }) => again)).toEqual([0, 0, 1, 0])
  })

  test('for something else after an answer that it took does not call that wrong', async () => {
    const server = await started((context) => {
      if (context.method === 'password') return context.reject(['keyboard-interactive'], true)
      if (context.method !== 'keyboard-interactive') return context.reject(['password'])
      context.prompt([{ prompt: 'OTP: ', echo: true }], () => context.accept())
    })
    const { asked, ask } = person(['a'], ['1'])
    const { result } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(result).toBe('ready')
    expect(asked.map(({ kind, again }) => [kind, again])).toEqual([
      ['password', 0],
      ['keyboard-interactive', 0],
    ])
  })
})

describe('a person who mistypes', () => {
  test.each([
    { prompts: undefined, times: 3 },
    { prompts: 1, times: 1 },
    { prompts: 2, times: 2 },
  ])('is asked as often by each method as NumberOfPasswordPrompts says: $prompts', async ({ prompts, times }) => {
    const left: ['keyboard-interactive', 'password'] = ['keyboard-interactive', 'password']
    const server = await started((context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(left)
      context.prompt([{ prompt: 'Password: ', echo: false }], () => context.reject(left))
    })
    const { asked, ask } = person(...Array.from({ length: 10 }, () => ['wrong']))
    const allowed = { ...anyMethod, ...(prompts === undefined ? {} : { prompts }) }
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask, allowed })
    expect(failure).toMatchObject({ kind: 'refused' })
    expect(asked.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: times }, () => 'keyboard-interactive'),
      ...Array.from({ length: times }, () => 'password'),
    ])
  })
})
