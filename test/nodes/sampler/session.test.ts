import { afterEach, describe, expect, test, vi } from 'vitest'
import type { NumberedTake } from '../../../source/nodes/sampler/awk.ts'
import { openSampler, type Sampler } from '../../../source/nodes/sampler/session.ts'
import { type FakeChannel, type FakeConnection, fakeConnection, markerOf } from '../fake-connection.ts'

const takes: readonly NumberedTake[] = [{ number: 1, take: { kind: 'whole', file: '/proc/uptime', every: 1 } }]

const greet = (channel: FakeChannel): void =>
  channel.send(`${markerOf(channel.program)} pid=1 start=1 uid=0 engine=awk lease=15 relay=1 paths= tools=\n`)

const open = async (
  fake: FakeConnection,
  frames: [sequence: number, uptime: number][] = [],
): Promise<{ readonly sampler: Sampler; readonly channel: FakeChannel }> => {
  const sampler = await openSampler({
    connection: fake.connection,
    takes,
    onFrame: (...frame) => void frames.push(frame),
    signal: new AbortController().signal,
  })
  const [channel] = fake.channels
  if (channel === undefined) throw new Error('no channel was opened')
  return { sampler, channel }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a sampler', () => {
  test('is asked for groups by one line each', async () => {
    const { sampler, channel } = await open(fakeConnection(greet))
    sampler.tick([1])
    sampler.tick([1, 5, 60])
    expect(channel.written).toEqual(['1\n', '1 5 60\n'])
  })

  test('hands on its frames', async () => {
    const frames: [number, number][] = []
    const { sampler, channel } = await open(fakeConnection(greet), frames)
    channel.send('@1 12.5 1\n1:1 12.5 3\n1=1\n##\n')
    expect(frames).toEqual([[1, 12.5]])
    expect(sampler.held[1]?.lines).toEqual(['12.5 3'])
  })

  test('never carries its marker whole in the command, where an echo could show it', async () => {
    const { channel } = await open(fakeConnection(greet))
    const { argv, input = '' } = channel.program
    expect(markerOf(channel.program)).toMatch(/^[0-9a-f]{24}$/)
    expect(argv.join(' ')).not.toContain(markerOf(channel.program))
    expect(input).not.toContain(markerOf(channel.program))
  })

  test('that sends more than 4 MB in a second is ended for flooding', async () => {
    const { sampler, channel } = await open(fakeConnection(greet))
    const megabyte = '1:1 x\n'.repeat(150_000)
    // A second may end while this runs, but not two.
    for (let frame = 1; frame <= 10 && !channel.closed(); frame += 1)
      channel.send(`@${frame} ${frame} 1\n${megabyte}##\n`)
    expect(channel.closed()).toBe(true)
    expect(await sampler.ended).toBe('floods: more than 4 MB in a second')
  })

  test('that breaks the protocol is ended, and nothing it says later counts', async () => {
    const frames: [number, number][] = []
    const { sampler, channel } = await open(fakeConnection(greet), frames)
    channel.send('@7 1 1\n##\n')
    channel.send('@1 1 1\n##\n')
    expect(await sampler.ended).toBe('frame 7 after frame 0')
    expect(channel.closed()).toBe(true)
    expect(frames).toEqual([])
  })

  test('whose frame makes us fail is ended, says so, and nobody else hears of it', async () => {
    const fake = fakeConnection(greet)
    const failing = (): void => {
      throw new Error('there is a fault')
    }
    const { connection } = fake
    const sampler = await openSampler({ connection, takes, onFrame: failing, signal: new AbortController().signal })
    fake.channels[0]?.send('@1 12.5 1\n1:1 12.5 3\n1=1\n##\n')
    await expect(sampler.ended).resolves.toBe('reading its answer failed, please report it: there is a fault')
    expect(fake.channels[0]?.closed()).toBe(true)
  })

  test('that ends says how, and what it wrote to stderr last', async () => {
    const { sampler, channel } = await open(fakeConnection(greet))
    channel.end(137, 'Killed')
    expect(await sampler.ended).toBe('the sampler ended with status 137: Killed')
  })

  test('that ends before it greets is no sampler', async () => {
    await expect(open(fakeConnection((channel) => channel.end(127, 'sh: not found')))).rejects.toMatchObject({
      reason: { state: 'no-data', cause: 'the sampler ended with status 127: sh: not found' },
    })
  })

  test('that ends with several lines tells them as one, without what ends them', async () => {
    const { sampler, channel } = await open(fakeConnection(greet))
    channel.end(2, "sh: invalid option -- 'c'\r\r\nUsage: sh [FILE]\r\n")
    expect(await sampler.ended).toBe("the sampler ended with status 2: sh: invalid option -- 'c' Usage: sh [FILE]")
  })

  test('in whose place somebody writes with line ends of his own is quoted without them', async () => {
    const fake = fakeConnection((channel) => {
      channel.send("\r\rinvalid option -- 'c'\rtry --help\r\n")
      channel.end(1)
    })
    await expect(open(fake)).rejects.toMatchObject({
      reason: { cause: expect.stringMatching(/ answers "invalid option -- 'c'" \(the sampler ended with status 1\)/) },
    })
  })

  test('that does not greet within ten seconds is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const opened = Promise.withResolvers<FakeChannel>()
    const opening = open(fakeConnection(opened.resolve))
    const refused = opening.catch((error: unknown) => error)
    const channel = await opened.promise
    vi.advanceTimersByTime(9999)
    expect(channel.closed()).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await refused).toMatchObject({ message: expect.stringContaining('the sampler did not greet within 10 s') })
    expect(channel.closed()).toBe(true)
  })

  test('in whose place somebody else answers tells what that said', async () => {
    const fake = fakeConnection((channel) => {
      channel.send('This account is \u001b[31mnot available.\n')
      channel.end(1)
    })
    await expect(open(fake)).rejects.toMatchObject({
      reason: {
        state: 'no-data',
        cause: expect.stringMatching(/answers "This account is .*not available\." \(.*status 1\)/),
      },
    })
  })
})
