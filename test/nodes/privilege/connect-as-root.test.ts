import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Connection, ConnectionError } from '../../../source/nodes/connections/connection.ts'
import { connectAsRoot, wholeEngine } from '../../../source/nodes/privilege/connect-as-root.ts'
import { createSudoGate } from '../../../source/nodes/privilege/sudo-gate.ts'
import { clean } from '../../../source/text/clean.ts'
import { always, loginTo, reasonOf, startOdd } from '../connections/ssh/connection-server.ts'
import { type FakeChannel, type FakeConnection, fakeConnection } from '../fake-connection.ts'

const isTrial = ({ program }: Pick<FakeChannel, 'program'>): boolean => program.argv.at(-1) === ':'

/** A node whose sudo ends in one way. */
const started = (code: number, stderr = '') => startedAs((channel) => channel.end(code, stderr))

/** A node on which something happens as sudo is tried. */
const startedAs = (trial: (channel: FakeChannel, connection: Connection) => void) => {
  const fake: FakeConnection = fakeConnection((channel) => {
    if (isTrial(channel)) trial(channel, fake.connection)
  })
  const clock = { now: 0 }
  const gate = createSudoGate(() => clock.now)
  const connect = connectAsRoot(() => Promise.resolve(fake.connection), gate)
  const { signal } = new AbortController()
  const run = async (): Promise<readonly string[]> => {
    const connection = await connect(signal)
    await connection.stream({ argv: ['sh', '-c', 'the engine'] }, signal)
    return fake.channels.at(-1)?.program.argv ?? []
  }
  const trials = (): number => fake.channels.filter(isTrial).length
  return { fake, gate, clock, run, trials }
}

/** What runs plainly. */
const plain = ['sh', '-c', 'the engine']

test('where sudo lets us, everything runs under it', async () => {
  const { run, gate } = started(0)
  const argv = await run()
  expect(argv.join(' ')).toContain('sudo -n sh -c')
  expect(argv.slice(-3)).toEqual(['sh', '-c', 'the engine'])
  expect(gate.refusal(wholeEngine)).toBeUndefined()
})

test('where it does not, everything runs as it is, and the refusal is known', async () => {
  const { run, gate } = started(1, 'sudo: a password is required')
  expect(await run()).toEqual(plain)
  expect(gate.refusal(wholeEngine)?.advice).toBe(
    'sudo: a password is required: give the node what kntop commands --output sudoers --sudo root prints. Tried once an hour.',
  )
})

test('it is tried once an hour, however often the node is connected', async () => {
  const { run, clock, trials } = started(1, 'sudo: a password is required')
  await run()
  clock.now = 3_599_999
  await run()
  expect(trials()).toBe(1)
  clock.now = 3_600_000
  await run()
  expect(trials()).toBe(2)
})

test('a refusal without words of sudo is told by its status', async () => {
  const { run, gate } = started(126, 'no')
  await run()
  expect(gate.refusal(wholeEngine)?.advice).toMatch(/^sudo: ended with status 126: /)
})

describe('a trial that sudo did not answer', () => {
  const unanswered = (what: string): string =>
    `sudo: ${what}: look at the node's PAM modules and its log. Tried again within minutes.`

  test('within its time leaves everything as it is, and bars nothing', async () => {
    const limit = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(limit.signal)
    const outcomes = [() => limit.abort(), (channel: FakeChannel) => channel.end(0)]
    const { run, gate, trials } = startedAs((channel) => outcomes.shift()?.(channel))
    expect(await run()).toEqual(plain)
    expect(timeout).toHaveBeenCalledWith(10_000)
    expect(gate.refusal(wholeEngine)).toEqual({ missing: 'denied', advice: unanswered('did not answer within 10 s') })
    expect((await run()).join(' ')).toContain('sudo -n sh -c')
    expect(trials()).toBe(2)
    expect(gate.refusal(wholeEngine)).toBeUndefined()
  })

  test.each([
    ['as the server says', null, 'was killed by SIGKILL'],
    ['as a shell says', 137, 'was killed by signal 9'],
  ])('because it was killed, %s, is no refusal', async (_, code, words) => {
    const { run, gate, trials } = startedAs((channel) => channel.end(code))
    expect(await run()).toEqual(plain)
    expect(gate.refusal(wholeEngine)?.advice).toBe(unanswered(words))
    await run()
    expect(trials()).toBe(2)
  })

  test('nor is one without a status, of a server that tells none', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { run, gate, trials } = startedAs((channel) => channel.end(null, '', null))
    const running = run()
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    await vi.advanceTimersByTimeAsync(1000)
    expect(await running).toEqual(plain)
    expect([gate.refusal(wholeEngine)?.advice, trials()]).toEqual([unanswered('ended without a status'), 1])
  })
})

describe('a connection that is lost while sudo is tried', () => {
  test('is lost by its own cause, also one that ends after its channels: sudo has refused nothing', async () => {
    for (const order of [(end: () => void) => end(), setImmediate]) {
      const fake: FakeConnection = fakeConnection((channel) => {
        order(fake.connection.close)
        channel.end(null, '', null)
      })
      const gate = createSudoGate(() => 0)
      const error: unknown = await connectAsRoot(
        () => Promise.resolve(fake.connection),
        gate,
      )(always).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ reason: { state: 'lost', cause: 'closed' } })
      expect([gate.refusal(wholeEngine), gate.barred(wholeEngine)]).toEqual([undefined, undefined])
    }
  })

  test('of a server that is cut is told as every connection that is cut', async () => {
    const server = await startOdd({
      session: (accept) => void accept().on('exec', (take) => take() && server.sockets[0]?.resetAndDestroy()),
    })
    const gate = createSudoGate(() => 0)
    const reason = await reasonOf(connectAsRoot(() => loginTo(server.port), gate)(always))
    expect(reason).toEqual({ state: 'lost', cause: expect.stringMatching(/^reset: the connection was cut; /) })
    expect(gate.refusal(wholeEngine)).toBeUndefined()
  })
})

test('a connection on which sudo cannot even be tried is closed: nobody else holds it', async () => {
  const { connection } = fakeConnection()
  const close = vi.fn<() => void>()
  const refused = new ConnectionError({ state: 'no-data', cause: clean('does not open another channel') })
  const held = { ...connection, close, stream: () => Promise.reject(refused) }
  const connect = connectAsRoot(
    () => Promise.resolve(held),
    createSudoGate(() => 0),
  )
  await expect(connect(new AbortController().signal)).rejects.toBe(refused)
  expect(close).toHaveBeenCalledTimes(1)
})

describe('a connection that lives without root', () => {
  /** One on which sudo answers like this, one answer after another, and what was begun on it at first. */
  const held = async (...codes: readonly number[]) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    let tried = 0
    const it = startedAs((channel) => channel.end(codes[tried++] ?? 1, 'sudo: a password is required'))
    const connection = await connectAsRoot(() => Promise.resolve(it.fake.connection), it.gate)(always)
    const begin = async (): Promise<FakeChannel> => {
      await connection.stream({ argv: ['sh', '-c', 'the engine'] }, always)
      return it.fake.channels.at(-1) ?? expect.fail('nothing was begun')
    }
    const first = await begin()
    const pass = async (minutes: number): Promise<void> => {
      it.clock.now += minutes * 60_000
      await vi.advanceTimersByTimeAsync(minutes * 60_000)
    }
    return { ...it, connection, first, begin, pass }
  }

  test('asks sudo once an hour; once that permits it, all begins anew as root, over the same connection', async () => {
    const { trials, first, begin, pass } = await held(1, 1, 0)
    await pass(59)
    expect(trials()).toBe(1)
    await pass(6)
    expect(trials()).toBe(2)
    await pass(58)
    expect(trials()).toBe(2)
    expect(first.closed()).toBe(false)
    expect((await begin()).program.argv).toEqual(plain)
    await pass(7)
    expect(trials()).toBe(3)
    expect(first.closed()).toBe(true)
    expect((await begin()).program.argv.join(' ')).toContain('sudo -n sh -c')
    await pass(200)
    expect(trials()).toBe(3)
  })

  test('asks soon again where sudo did not answer', async () => {
    const { trials, first, pass } = await held(137, 0)
    await pass(6)
    expect(trials()).toBe(2)
    expect(first.closed()).toBe(true)
  })

  test('asks nobody once it is closed', async () => {
    const { trials, connection, pass } = await held(1)
    connection.close()
    await pass(200)
    expect(trials()).toBe(1)
  })
})
