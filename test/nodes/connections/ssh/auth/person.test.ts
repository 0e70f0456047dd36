import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthContext } from 'ssh2'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openAgent } from '../../../../../source/nodes/connections/ssh/auth/agent.ts'
import { openKeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { refusedKeys } from '../../../../../source/nodes/connections/ssh/auth/login-report.ts'
import { type Plan, planOffers } from '../../../../../source/nodes/connections/ssh/auth/offers.ts'
import { clean } from '../../../../../source/text/clean.ts'
import { startAgent } from './support/agent.ts'
import { type AskingServer, startAsking } from './support/asking-server.ts'
import { anyMethod, attemptLogin } from './support/attempt-login.ts'
import { makeKey } from './support/keys.ts'
import { person } from './support/person.ts'

const passphrase = 'correct horse'

let folder: string
const servers: AskingServer[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-person-'))
  for (const name of ['host', 'k0']) makeKey(folder, name)
  makeKey(folder, 'locked', { passphrase })
})

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const started = async (judge: (context: AuthContext, received: string[]) => void): Promise<AskingServer> => {
  const server = await startAsking(join(folder, 'host'), judge)
  servers.push(server)
  return server
}

const noKeys: Plan = { kind: 'login', offers: [], left: [], unusable: [] }

/** Asks once per attempt, and accepts these answers. */
const asking =
  (
    prompts: Parameters<Extract<AuthContext, { method: 'keyboard-interactive' }>['prompt']>[0],
    right: readonly string[],
  ) =>
  (context: AuthContext, received: string[]): void => {
    if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
    context.prompt(prompts, 'Title', 'Instructions', (answers) => {
      received.push(...answers)
      if (answers.join() === right.join()) context.accept()
      else context.reject(['keyboard-interactive'])
    })
  }

describe('a server that asks', () => {
  test('is answered by the person under our own heading, and the answers are dropped', async () => {
    const server = await started(
      asking(
        [
          { prompt: 'OTP: ', echo: true },
          { prompt: 'PIN: ', echo: false },
        ],
        ['1', '2'],
      ),
    )
    const { asked, given, ask } = person(['1', '2'])
    const { result, report } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(result).toBe('ready')
    expect(report.byPerson).toBe(true)
    expect(asked).toEqual([
      {
        kind: 'keyboard-interactive',
        host: 'n1',
        user: 'karin',
        heading: 'karin@n1 asks:',
        instructions: 'Title Instructions',
        prompts: [
          { text: 'OTP:', echo: true },
          { text: 'PIN:', echo: false },
        ],
        again: 0,
      },
    ])
    expect(given).toHaveLength(2)
    for (const secret of given) expect(() => secret.reveal()).toThrow('dropped')
  })

  test('cannot draw on the screen', async () => {
    const server = await started(asking([{ prompt: '\u001b[2J\u202ePassword\r\n: ', echo: false }], ['x']))
    const { asked, ask } = person(['x'])
    await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(JSON.stringify(asked)).not.toMatch(/\\u001b|\u202e|\\r/)
  })

  test('is asked of anew in the next login: answers are never reused', async () => {
    const server = await started(asking([{ prompt: 'OTP: ', echo: false }], ['123456']))
    const first = person(['123456'])
    await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask: first.ask })
    const second = person()
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask: second.ask })
    expect(second.asked).toHaveLength(1)
    expect(failure).toEqual({ kind: 'person', cause: { state: 'denied', cause: 'declined' } })
    expect(server.received).toEqual(['123456'])
  })

  test('gets three answers, and no more', async () => {
    const server = await started(asking([{ prompt: 'OTP: ', echo: false }], ['right']))
    const { asked, ask } = person(['a'], ['b'], ['c'], ['d'])
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(asked.map(({ again }) => again)).toEqual([0, 1, 2])
    expect(failure).toMatchObject({
      kind: 'refused',
      cause: { cause: 'server refused the answers for karin (keyboard-interactive)' },
    })
  })

  test('for ever is left', async () => {
    const server = await started((context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      const again = (): void => context.prompt([{ prompt: 'more: ', echo: true }], again)
      again()
    })
    const { asked, ask } = person(...Array.from({ length: 50 }, () => ['x']))
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(asked).toHaveLength(8)
    expect(failure).toMatchObject({ kind: 'person', cause: { cause: 'n1 asks more than it should' } })
  })

  test('more at once than a person can be shown is left', async () => {
    const server = await started(
      asking(
        Array.from({ length: 9 }, () => ({ prompt: 'x', echo: true })),
        [],
      ),
    )
    const { asked, ask } = person(['x'])
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(asked).toEqual([])
    expect(failure).toMatchObject({ kind: 'person' })
    expect(server.received).toEqual([])
  })

  test('is told nothing where nobody is there', async () => {
    const server = await started(asking([{ prompt: 'Password: ', echo: false }], ['x']))
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys })
    expect(failure).toMatchObject({
      kind: 'keyless',
      cause: {
        cause:
          "no key to offer for karin, and the server takes only keyboard-interactive: allow publickey in its sshd, or answer it on kntop's screen, where your configuration allows that",
      },
    })
    expect(server.received).toEqual([])
  })

  test('for a passphrase after one was answered receives nothing that the person did not give it', async () => {
    const prompt = `Enter passphrase for key '${join(folder, 'locked')}': `
    const server = await started((context, received) => {
      // Takes the key, so that its passphrase is asked for, and then asks for it itself.
      if (context.method === 'publickey') {
        if (context.signature === undefined) return context.accept()
        return context.reject(['keyboard-interactive'], true)
      }
      return asking([{ prompt, echo: false }], ['never'])(context, received)
    })
    const { asked, ask } = person([passphrase])
    const keyFiles = openKeyFiles()
    const files = [await keyFiles.read(join(folder, 'locked'))]
    const plan = planOffers({ agent: { state: 'none' }, files, identitiesOnly: false, door: 'person' })
    const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan, keyFiles, ask })
    expect(asked).toMatchObject([
      { kind: 'passphrase', heading: `Passphrase of the key ${join(folder, 'locked')}` },
      { kind: 'keyboard-interactive', heading: 'karin@n1 asks:' },
    ])
    expect(server.received).toEqual([])
    expect(JSON.stringify({ asked, failure })).not.toContain(passphrase)
  })
})

test('a key and then an answer: both are needed, and without a person it says so', async () => {
  const judge = (context: AuthContext, received: string[]): void => {
    if (context.method === 'publickey')
      return context.signature === undefined ? context.accept() : context.reject(['keyboard-interactive'], true)
    return asking([{ prompt: 'OTP: ', echo: false }], ['123456'])(context, received)
  }
  const server = await started(judge)
  const keyFiles = openKeyFiles()
  const files = [await keyFiles.read(join(folder, 'k0'))]
  const plan = planOffers({ agent: { state: 'none' }, files, identitiesOnly: false, door: 'person' })
  const { ask } = person(['123456'])
  const withPerson = await attemptLogin({ port: server.port, user: 'karin', plan, keyFiles, ask })
  expect(withPerson.result).toBe('ready')
  expect(withPerson.report.success?.fingerprint).toBe(
    files[0] && 'publicKey' in files[0] && files[0].publicKey?.fingerprint,
  )
  const alone = await attemptLogin({ port: server.port, user: 'karin', plan, keyFiles })
  expect(alone.failure).toMatchObject({
    kind: 'person',
    cause: {
      cause: 'server took k0 for karin and asks for keyboard-interactive besides, which needs a person',
    },
  })
})

test.each(['file', 'agent'] as const)('a key of %s that signs in vain is not called unknown', async (from) => {
  // As sshd does with PermitRootLogin no: it looks at the account only after the signature.
  const server = await started((context) => {
    if (context.method === 'publickey' && context.signature === undefined) return context.accept()
    return context.reject(['publickey', 'keyboard-interactive'])
  })
  const keyFiles = openKeyFiles()
  const real = await startAgent(join(folder, 'agent'))
  const agent = openAgent(real.socket)
  try {
    real.add(join(folder, 'k0'))
    const files = from === 'file' ? [await keyFiles.read(join(folder, 'k0'))] : []
    const state = from === 'agent' ? await agent.ask() : ({ state: 'none' } as const)
    const plan = planOffers({ agent: state, files, identitiesOnly: false, door: 'headless' })
    const { failure, report } = await attemptLogin({ port: server.port, user: 'root', plan, keyFiles, agent })
    expect(failure).toMatchObject({
      kind: 'refused',
      cause: {
        state: 'denied',
        cause:
          'server knows k0 for root and refuses nevertheless: look at its PermitRootLogin and AuthenticationMethods, and whether the account has expired',
      },
    })
    expect(refusedKeys(report)).toHaveLength(1)
  } finally {
    agent.close()
    await real.kill()
  }
})

test('an agent’s key and then an answer: what ssh2 hides is found out', async () => {
  const server = await started((context, received) => {
    if (context.method === 'publickey')
      return context.signature === undefined ? context.accept() : context.reject(['keyboard-interactive'], true)
    if (context.method === 'none') return context.reject(['keyboard-interactive'])
    return asking([{ prompt: 'OTP: ', echo: false }], ['123456'])(context, received)
  })
  const real = await startAgent(join(folder, 'agent'))
  const agent = openAgent(real.socket)
  try {
    real.add(join(folder, 'k0'))
    const plan = planOffers({ agent: await agent.ask(), files: [], identitiesOnly: false, door: 'person' })
    const { ask } = person(['123456'])
    const { result, report } = await attemptLogin({ port: server.port, user: 'karin', plan, agent, ask })
    expect(result).toBe('ready')
    expect(report.tried[0]).toMatchObject({ name: 'k0', outcome: 'more' })
    expect(report.success?.fingerprint).toBe(report.tried[0]?.fingerprint)
    const alone = await attemptLogin({ port: server.port, user: 'karin', plan, agent })
    expect(alone.failure).toMatchObject({
      kind: 'person',
      cause: {
        cause: 'server took k0 for karin and asks for keyboard-interactive besides, which needs a person',
      },
    })
  } finally {
    agent.close()
    await real.kill()
  }
})

test('nobody is asked in the stead of an agent that does not answer', async () => {
  const server = await started(asking([{ prompt: 'OTP: ', echo: false }], ['123456']))
  const keyFiles = openKeyFiles()
  const files = [await keyFiles.read(join(folder, 'k0'))]
  const cause = clean('agent does not answer: nobody listens')
  const plan = planOffers({ agent: { state: 'silent', cause }, files, identitiesOnly: false, door: 'person' })
  const { asked, ask } = person(['123456'])
  const { failure } = await attemptLogin({ port: server.port, user: 'karin', plan, keyFiles, ask })
  expect(asked).toEqual([])
  expect(failure).toMatchObject({ kind: 'agent-silent' })
})

describe('a password', () => {
  const judge = (context: AuthContext, received: string[]): void => {
    if (context.method !== 'password') return context.reject(['password'])
    received.push(context.password)
    return context.password === 'right' ? context.accept() : context.reject(['password'])
  }

  test('is asked for where the server takes nothing else, and again when it was wrong', async () => {
    const server = await started(judge)
    const { asked, given, ask } = person(['wrong'], ['right'])
    const { result } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask })
    expect(result).toBe('ready')
    expect(asked).toMatchObject([0, 1].map((again) => ({ kind: 'password', heading: 'karin@n1 asks:', again })))
    for (const secret of given) expect(() => secret.reveal()).toThrow('dropped')
  })

  test('is not asked for where the configuration closes that way', async () => {
    const server = await started(judge)
    const { asked, ask } = person(['right'])
    const allowed = { ...anyMethod, password: false }
    const { result } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys, ask, allowed })
    expect(result).toBe('failed')
    expect(asked).toEqual([])
    expect(server.received).toEqual([])
  })
})

test('a server that lets everybody in is not asked a second time', async () => {
  const server = await started((context) => (context.method === 'none' ? context.accept() : context.reject()))
  const { result, report } = await attemptLogin({ port: server.port, user: 'karin', plan: noKeys })
  expect(result).toBe('ready')
  expect(report.success).toEqual({ fingerprint: undefined })
})
