import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Event } from '../../../../source/events/event.ts'
import type { Request } from '../../../../source/events/request.ts'
import { createRequests } from '../../../../source/feeds/requests.ts'
import type { Again } from '../../../../source/nodes/connections/connection.ts'
import { NeedsOpenSsh } from '../../../../source/nodes/connections/ssh/host-login.ts'
import type { PresentedKey } from '../../../../source/nodes/connections/ssh/presented-key.ts'
import { startAgent } from './auth/support/agent.ts'
import { startAsking } from './auth/support/asking-server.ts'
import { makeKey, printedFingerprint } from './auth/support/keys.ts'
import { startSshd } from './auth/support/sshd.ts'
import { knownLine, loggable, sshdOfFile, testFolder } from './logging-in.ts'

const { path, sshd } = sshdOfFile(['wrong', 'other'])

const known = (): string => knownLine(sshd().port, path('host'))

const to = (more: Partial<Parameters<typeof loggable>[0]> = {}) =>
  loggable({ port: sshd().port, user: sshd().user, identityFiles: [path('right')], knownHosts: known(), ...more })

describe('a host that is known and takes our key', () => {
  test('is logged in to, and the key is remembered as the one that worked', async () => {
    const it = to()
    const connection = await it.login()
    expect(connection.transport).toBe('ssh')
    expect(Object.values(it.shared.logins.history().worked)).toEqual([printedFingerprint(path('right'))])
  })
})

describe('a host that refuses our key', () => {
  test('says so with a wait, and is not contacted again until it is over', async () => {
    const it = to({ identityFiles: [path('wrong')] })
    const { reason } = await it.refusal()
    expect(reason).toMatchObject({ state: 'denied', again: { at: expect.any(Number) } })
    expect(reason.cause).toMatch(/^server refused 1 key \(wrong\)/)
    expect((await it.refusal()).reason).toMatchObject({
      state: 'denied',
      cause: expect.stringMatching(/^not tried: refused at .* \(UTC\), again in 5 min: server refused 1 key \(wrong\)/),
    })
    expect(it.contacts()).toBe(1)
    it.shared.logins.pressed()
    await it.refusal()
    expect(it.contacts()).toBe(2)
  })
})

describe('a host that asks a person', () => {
  const byPerson = { publicKey: false, password: false, keyboardInteractive: true, preferred: undefined } as const

  test('and ends the connection meanwhile: the question goes with it, and the host waits for a person', async () => {
    const isAsked = Promise.withResolvers<void>()
    const server = await startAsking(path('host'), (context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      context.prompt([{ prompt: 'Password: ', echo: false }], () => undefined)
    })
    onTestFinished(() => server.stop())
    const events: Event[] = []
    const requests = createRequests((batch) => {
      events.push(...batch)
      if (batch.some(({ type }) => type === 'request')) isAsked.resolve()
    })
    let socket: Socket | undefined
    const it = to({
      port: server.port,
      knownHosts: knownLine(server.port, path('host')),
      ask: requests.ask,
      open: async () => {
        socket = connect({ port: server.port, host: '127.0.0.1' })
        await once(socket, 'connect')
        return socket
      },
    })
    const waits: string[] = []
    const refusal = it.refusal({ methods: byPerson }, (what) => waits.push(what))
    await isAsked.promise
    expect(waits).toEqual(['waits for your answer: press !'])
    socket?.destroy()
    expect((await refusal).reason).toEqual({
      state: 'denied',
      cause: 'the connection ended before anybody answered; r asks again',
      again: 'asked',
    })
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(['request', 'request-gone']))
  })
})

test('a login that ends while a passphrase is asked for waits for the answer, which lets the next one in', async () => {
  makeKey(path('.'), 'locked', { passphrase: 'correct horse' })
  sshd().authorize(path('locked'))
  onTestFinished(() => sshd().authorize(path('right')))
  const asked = Promise.withResolvers<Request>()
  const requests = createRequests((batch) => {
    for (const event of batch) if (event.type === 'request') asked.resolve(event.request)
  })
  let socket: Socket | undefined
  const it = to({
    identityFiles: [path('locked')],
    ask: requests.ask,
    open: async () => {
      socket = connect({ port: sshd().port, host: '127.0.0.1' })
      await once(socket, 'connect')
      return socket
    },
  })
  const refusal = it.refusal()
  const { id } = await asked.promise
  socket?.destroy()
  const { reason } = await refusal
  expect(reason.cause).toBe(`waits for the passphrase of ${path('locked')}: press !`)
  const { again } = reason
  if (typeof again !== 'object' || !('when' in again)) throw new Error('it waits for no answer')
  requests.answer(id, { said: 'text', text: 'correct horse' })
  await again.when
  await it.login()
})

describe('a host whose key is not known', () => {
  test('is refused, shown, and let in as soon as a person accepts it', async () => {
    const decision = Promise.withResolvers<boolean>()
    const decide = vi.fn<(keys: readonly PresentedKey[]) => Promise<boolean>>(() => decision.promise)
    const it = to({ knownHosts: '', decide })
    const { reason } = await it.refusal()
    expect(reason.cause).toContain(`is not known: ssh-ed25519 ${printedFingerprint(path('host'))}`)
    expect(reason.cause).toMatch(/; press ! to decide$/)
    const { again } = reason
    if (typeof again !== 'object' || !('when' in again)) throw new Error('it waits for no decision')
    await vi.waitFor(() => expect(decide).toHaveBeenCalledOnce(), 10_000)
    expect(decide.mock.calls[0]?.[0]).toMatchObject([
      { fingerprint: printedFingerprint(path('host')), aliases: ['web'] },
    ])
    decision.resolve(true)
    await again.when
    await it.login()
  })

  test.each(['yes', 'ask'] as const)(
    'is refused headless, and looked at again in a quarter of an hour: %s',
    async (strict) => {
      const it = to({ knownHosts: '', strict })
      const begun = performance.now()
      const error = await it.refusal()
      expect(error).not.toBeInstanceOf(NeedsOpenSsh)
      expect(error.reason.state).toBe('denied')
      const { again } = error.reason
      if (typeof again !== 'object' || !('at' in again)) throw new Error('it is not looked at again')
      expect(again.at).toBeGreaterThanOrEqual(begun + 15 * 60_000)
    },
  )

  test('is let in and kept where the configuration says accept-new', async () => {
    const it = to({ knownHosts: '', strict: 'accept-new' })
    await it.login()
    await vi.waitFor(async () => {
      const files = await it.shared.trusted.load([])
      expect(files.some((file) => file.linesFor(`[127.0.0.1]:${sshd().port}`).length === 1)).toBe(true)
    }, 5000)
  })
})

describe('a host whose key has changed', () => {
  test.each(['yes', 'ask', 'accept-new'] as const)('is refused and named, never asked about: %s', async (strict) => {
    const decide = vi.fn<() => Promise<boolean>>(() => Promise.resolve(true))
    const it = to({ knownHosts: knownLine(sshd().port, path('other')), strict, decide })
    const before = sshd().log().length
    const error = await it.refusal()
    expect(error).not.toBeInstanceOf(NeedsOpenSsh)
    expect(error.reason.cause).toMatch(/^HOST KEY CHANGED: .*known_hosts:1 knows another ssh-ed25519/)
    expect(error.reason.again).toMatchObject({ at: expect.any(Number) })
    expect(decide).not.toHaveBeenCalled()
    // No key of ours was shown to it.
    expect(sshd().log().slice(before)).not.toMatch(/(Failed|Accepted|Postponed) publickey/)
    expect(it.shared.logins.history().hosts).toEqual({})
  })
})

/** Settles on the occasion that a host waits for. */
const comes = (again: Again | undefined): Promise<void> => {
  const occasion = typeof again !== 'object' ? undefined : 'on' in again ? again.on : 'at' in again && again.sooner
  if (!occasion) throw new Error('it waits for no occasion')
  return new Promise((resolve) => {
    const leave = occasion(() => {
      leave()
      resolve()
    })
  })
}

describe('nobody is contacted', () => {
  test('while the agent that is needed is away; once it is back, the host is', async () => {
    const socket = join(testFolder(), 'agent')
    const it = to({ identityFiles: [], agent: socket })
    const { reason } = await it.refusal()
    expect(reason).toMatchObject({ state: 'backing-off', cause: expect.stringMatching(/^agent does not answer/) })
    expect(it.contacts()).toBe(0)
    expect(it.shared.logins.history().hosts).toEqual({})
    // It has its key before anybody can ask it.
    const agent = await startAgent(`${socket}-new`)
    onTestFinished(agent.kill)
    agent.add(path('right'))
    renameSync(agent.socket, socket)
    await comes(reason.again)
    await it.login()
  })

  test('a second time while the agent holds no key; as soon as it does, the host is, and nothing counted', async () => {
    const agent = await startAgent(join(testFolder(), 'agent'))
    onTestFinished(agent.kill)
    const it = to({ identityFiles: [], agent: agent.socket })
    const { reason } = await it.refusal()
    expect(reason.cause).toMatch(/^no key to offer for \S+, and the server takes only publickey; add one .* ssh-add/)
    expect((await it.refusal()).reason.cause).toMatch(/^not tried: asked without a key at .*; add one to the agent/)
    expect(it.contacts()).toBe(1)
    const coming = comes(reason.again)
    agent.add(path('right'))
    await coming
    await it.login()
    expect(it.contacts()).toBe(2)
    expect(it.shared.logins.history().hosts).toEqual({})
  })

  test('while known hosts cannot be read: nobody could be told apart', async () => {
    const it = to()
    const [file] = it.settings.userKnownHostsFiles
    rmSync(file ?? '')
    mkdirSync(file ?? '')
    const { reason } = await it.refusal()
    expect(reason).toMatchObject({ state: 'denied', cause: expect.stringMatching(/^known hosts cannot be checked/) })
    expect(it.contacts()).toBe(0)
  })

  test('whose keys a certificate authority vouches for: the system’s ssh is asked', async () => {
    const authority = `@cert-authority [127.0.0.1]:${sshd().port} ${readFileSync(`${path('other')}.pub`, 'utf8')}`
    const it = to({ knownHosts: authority })
    const error = await it.refusal()
    expect(error).toBeInstanceOf(NeedsOpenSsh)
    expect(error.reason.cause).toMatch(/known_hosts:1 trusts a certificate authority/)
    expect(it.contacts()).toBe(0)
  })

  test('where the configuration allows no algorithm of ours', async () => {
    const it = to()
    const algorithms = { hostKeys: [], kex: ['mlkem768x25519-sha256'], ciphers: [], macs: [], publicKeys: [] }
    expect(await it.refusal({ algorithms })).toBeInstanceOf(NeedsOpenSsh)
    expect(it.contacts()).toBe(0)
  })
})

describe('what is no refusal', () => {
  test('is a server that shares no algorithm: the system’s ssh is asked, nothing is counted', async () => {
    const server = await startSshd([`HostKey ${path('host')}`, 'KexAlgorithms sntrup761x25519-sha512@openssh.com'])
    const it = to({ port: server.port, knownHosts: knownLine(server.port, path('host')) })
    const error = await it.refusal()
    expect(error).toBeInstanceOf(NeedsOpenSsh)
    expect(error.reason.cause).toMatch(/no matching/)
    expect(it.shared.logins.history().hosts).toEqual({})
    await server.stop()
  }, 60_000)

  test('is one that ends before its greeting', async () => {
    const { PassThrough } = await import('node:stream')
    const it = to({
      open: () => {
        const socket = new PassThrough()
        setImmediate(() => socket.destroy())
        return Promise.resolve(socket)
      },
    })
    const { reason } = await it.refusal()
    expect(reason.state).toBe('lost')
    expect(it.shared.logins.history().hosts).toEqual({})
  })

  test('is one that nobody wants any more', async () => {
    const it = to()
    await expect(it.login({}, AbortSignal.abort())).rejects.toThrow()
    expect(it.shared.logins.history()).toEqual({ hosts: {}, streaks: {}, worked: {} })
  })
})

test('our own file of accepted keys, if others may write it, is a reason to stop', async () => {
  const it = to({ knownHosts: '', strict: 'accept-new' })
  await it.login()
  const own = join(dirname(it.settings.userKnownHostsFiles[0] ?? ''), 'own', 'known_hosts')
  await vi.waitFor(() => readFileSync(own), 5000)
  chmodSync(own, 0o666)
  writeFileSync(own, '')
  expect((await it.refusal()).reason.cause).toMatch(/can be written by others: chmod 600/)
})
