import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Cause, ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import { createBastions } from '../../../../source/nodes/connections/ssh/bastions.ts'
import { NeedsOpenSsh } from '../../../../source/nodes/connections/ssh/host-login.ts'
import type { SshConnection } from '../../../../source/nodes/connections/ssh/ssh.ts'
import type { SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { clean } from '../../../../source/text/clean.ts'
import { fakeConnection } from '../../fake-connection.ts'

const faults: unknown[] = []
const noteFault = (fault: unknown): void => void faults.push(fault)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  process.on('unhandledRejection', noteFault)
})
afterEach(async () => {
  vi.useRealTimers()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', noteFault)
  if (faults.length > 0) throw new Error(`not handled: ${String(faults.splice(0))}`)
})

const hop = (alias: string): SshSettings =>
  ({ alias, hostName: `${alias}.example.com`, user: 'karin', port: 22 }) as unknown as SshSettings

const cut: Cause = { state: 'lost', cause: clean('reset') }

/** Bastions that let in or do not, as the test says. */
const bastionsOf = (
  outcome: (settings: SshSettings) => Error | undefined = () => undefined,
  answered: (settings: SshSettings) => Promise<void> = () => Promise.resolve(),
) => {
  const logins: string[] = []
  const signals: AbortSignal[] = []
  const forwards: string[] = []
  const sockets: PassThrough[] = []
  const closed: string[] = []
  const cuts: ((cause: Cause) => void)[] = []
  const bastions = createBastions(async ({ target: settings }, open, signal, waits): Promise<SshConnection> => {
    logins.push(settings.alias)
    signals.push(signal)
    if (open !== undefined) await open(signal)
    waits(clean(`waits for ${settings.user}`))
    await answered(settings)
    waits(clean(''))
    const error = outcome(settings)
    if (error !== undefined) throw error
    const gone = Promise.withResolvers<Cause>()
    cuts.push(gone.resolve)
    return {
      ...fakeConnection().connection,
      transport: 'ssh',
      closed: gone.promise,
      close: () => {
        closed.push(settings.alias)
        gone.resolve(cut)
      },
      forward: (host, port) => {
        forwards.push(`${settings.alias} to ${host}:${port}`)
        const socket = new PassThrough()
        sockets.push(socket)
        return Promise.resolve(socket)
      },
    }
  })
  return { bastions, logins, signals, forwards, sockets, closed, cuts }
}

const always = new AbortController().signal

describe('a bastion', () => {
  test('is logged in to once, however many nodes are behind it', async () => {
    const { bastions, logins, forwards } = bastionsOf()
    await Promise.all(Array.from({ length: 50 }, (_, index) => bastions.open([hop('gate')], `n${index}`, 22, always)))
    expect(logins).toEqual(['gate'])
    expect(forwards).toHaveLength(50)
    expect(forwards[7]).toBe('gate to n7:22')
  })

  test('is another one where the configuration trusts or logs in otherwise', async () => {
    const { bastions, logins } = bastionsOf()
    const strict = { ...hop('gate'), strictHostKeyChecking: 'yes' } as const
    const ways = [hop('gate'), strict, { ...strict, hostKeyAlias: 'known' }, { ...strict, alias: 'renamed' }]
    for (const way of ways) await bastions.open([way], 'n1', 22, always)
    expect(logins).toEqual(['gate', 'gate', 'gate'])
  })

  test('goes on logging in when the first who asked for it goes; it ends with the last', async () => {
    const { bastions, logins, signals } = bastionsOf(undefined, () => new Promise(() => undefined))
    const controllers = [new AbortController(), new AbortController()]
    const opening = controllers.map(({ signal }) => bastions.open([hop('gate')], 'n1', 22, signal))
    controllers[0]?.abort()
    await expect(opening[0]).rejects.toThrow('bastion gate: given up')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    controllers[1]?.abort()
    await expect(opening[1]).rejects.toThrow('bastion gate: given up')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    // One that was given up is none for the next.
    bastions.open([hop('gate')], 'n1', 22, always).catch(() => undefined)
    expect(logins).toEqual(['gate', 'gate'])
    bastions.close()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  test('is closed when nobody has gone through it for 30 s', async () => {
    const { bastions, sockets, closed, logins } = bastionsOf()
    await bastions.open([hop('gate')], 'n1', 22, always)
    await bastions.open([hop('gate')], 'n2', 22, always)
    sockets[0]?.destroy()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(closed).toEqual([])
    sockets[1]?.destroy()
    await vi.advanceTimersByTimeAsync(29_000)
    expect(closed).toEqual([])
    // Somebody comes back in time.
    await bastions.open([hop('gate')], 'n1', 22, always)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([closed, logins]).toEqual([[], ['gate']])
    sockets[2]?.destroy()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(closed).toEqual(['gate'])
    await bastions.open([hop('gate')], 'n1', 22, always)
    expect(logins).toEqual(['gate', 'gate'])
  })

  test('that waits for somebody says so to all who wait for it, and to those too who come meanwhile', async () => {
    const answer = Promise.withResolvers<void>()
    const { bastions } = bastionsOf(undefined, ({ alias }) => (alias === 'inner' ? answer.promise : Promise.resolve()))
    const hops = [hop('outer'), hop('inner')]
    const heard: string[][] = [[], []]
    const open = (index: number) => bastions.open(hops, `n${index}`, 22, always, (what) => heard[index]?.push(what))
    const first = open(0)
    await vi.waitFor(() => expect(heard[0]?.at(-1)).toBe('bastion inner: waits for karin'))
    expect(heard[0]).toEqual(['bastion outer: waits for karin', '', 'bastion inner: waits for karin'])
    const second = open(1)
    expect(heard[1]).toEqual(['bastion inner: waits for karin'])
    answer.resolve()
    await Promise.all([first, second])
    expect(heard.map((said) => said.at(-1))).toEqual(['', ''])
  })

  test('that was cut is logged in to again, once', async () => {
    const { bastions, cuts, logins } = bastionsOf()
    await bastions.open([hop('gate')], 'n1', 22, always)
    cuts[0]?.(cut)
    await vi.advanceTimersByTimeAsync(0)
    await Promise.all(['n1', 'n2'].map((host) => bastions.open([hop('gate')], host, 22, always)))
    expect(logins).toEqual(['gate', 'gate'])
  })

  test('behind another is reached through that, and each way is held once', async () => {
    const { bastions, logins, forwards } = bastionsOf()
    const hops = [hop('outer'), hop('inner')]
    await Promise.all(['n1', 'n2'].map((host) => bastions.open(hops, host, 22, always)))
    await bastions.open([hop('outer')], 'n3', 22, always)
    expect(logins.toSorted()).toEqual(['inner', 'outer'])
    expect(forwards.toSorted()).toEqual([
      'inner to n1:22',
      'inner to n2:22',
      'outer to inner.example.com:22',
      'outer to n3:22',
    ])
  })

  test('is closed with the rest', async () => {
    const { bastions, closed } = bastionsOf()
    await bastions.open([hop('gate')], 'n1', 22, always)
    bastions.close()
    await vi.advanceTimersByTimeAsync(0)
    expect(closed).toEqual(['gate'])
  })
})

describe('a bastion that does not let us in', () => {
  const refusal = { state: 'denied', cause: clean('denied: server refused 1 key'), again: { at: 7 } } as const

  test('is named, for every node behind it, with when to try again', async () => {
    const { bastions, logins } = bastionsOf(() => new ConnectionError(refusal))
    const all = await Promise.all(
      ['n1', 'n2'].map((host) => bastions.open([hop('gate')], host, 22, always).catch((error: unknown) => error)),
    )
    expect(all).toMatchObject(
      [1, 2].map(() => ({ reason: { ...refusal, cause: 'bastion gate: denied: server refused 1 key' } })),
    )
    expect(logins).toEqual(['gate'])
  })

  test('ends nothing else, also not when its time would be over', async () => {
    const { bastions } = bastionsOf(() => new ConnectionError(refusal))
    await bastions.open([hop('gate')], 'n1', 22, always).catch(() => undefined)
    await vi.advanceTimersByTimeAsync(120_000)
    bastions.close()
  })

  test('is tried again by the next who asks', async () => {
    let isIn = false
    const { bastions, logins } = bastionsOf(() => (isIn ? undefined : new ConnectionError(refusal)))
    await bastions.open([hop('gate')], 'n1', 22, always).catch(() => undefined)
    isIn = true
    await bastions.open([hop('gate')], 'n1', 22, always)
    expect(logins).toEqual(['gate', 'gate'])
  })

  test('behind another is named itself', async () => {
    const { bastions } = bastionsOf(({ alias }) => (alias === 'inner' ? new ConnectionError(refusal) : undefined))
    const opening = bastions.open([hop('outer'), hop('inner')], 'n1', 22, always)
    await expect(opening).rejects.toThrow(/^bastion inner: denied/)
  })

  test('because it needs the ssh of the system says so: the whole way does', async () => {
    const { bastions } = bastionsOf(() => new NeedsOpenSsh({ state: 'lost', cause: clean('no matching cipher') }))
    await expect(bastions.open([hop('gate')], 'n1', 22, always)).rejects.toBeInstanceOf(NeedsOpenSsh)
  })
})
