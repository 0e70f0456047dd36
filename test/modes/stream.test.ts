import { describe, expect, it, vi } from 'vitest'
import type { LineSink } from '../../source/modes/output.ts'
import { type StreamOptions, streamLines } from '../../source/modes/stream.ts'
import { clock, link, lost, sample, worker } from '../export/sample.ts'
import { createFakeFeed, defaults, type FakeFeed } from './fake-feed.ts'

const start = (feed: FakeFeed, options: StreamOptions = { failOn: undefined }) => {
  const lines: string[] = []
  const failed = Promise.withResolvers<Error>()
  const sink: LineSink = {
    offer: (line) => void lines.push(line),
    failed: failed.promise,
    end: () => Promise.resolve(),
  }
  const interrupt = new AbortController()
  const code = streamLines(feed.watching, defaults, options, sink, interrupt.signal)
  return { lines, code, interrupt, breakSink: failed.resolve }
}

const first = [link(worker, 'live'), sample(worker, 0, { 'cpu.busy': { value: 1 } })]
const worse = sample(worker, 1500, { 'conntrack.drop': { value: 3 } })
const gone = Object.assign(new Error('broken pipe'), { code: 'EPIPE' })

describe('--stream', () => {
  it('writes a line for each second of the feed, from when its nodes are known', async () => {
    const feed = createFakeFeed()
    const { lines, code, interrupt } = start(feed)
    feed.say(clock(0))
    feed.say(...first)
    feed.say(clock(1000))
    feed.say(sample(worker, 1500, { 'cpu.busy': { value: 2 } }))
    feed.say(clock(2000))
    interrupt.abort(130)
    expect(await code).toBe(130)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { at: '2026-01-31T12:00:01.000Z', nodes: [{ readings: { 'cpu.busy': { value: 1 } } }] },
      { at: '2026-01-31T12:00:02.000Z', nodes: [{ readings: { 'cpu.busy': { value: 2 } } }] },
    ])
    expect(feed.hasEnded()).toBe(true)
  })

  it('writes one line a second, however often time is told', async () => {
    const feed = createFakeFeed()
    const { lines, code, interrupt } = start(feed)
    feed.say(...first)
    for (let at = 1000; at < 4000; at += 250) feed.say(clock(at))
    interrupt.abort(130)
    await code
    expect(lines).toHaveLength(3)
  })

  it('ends with 0 when nobody reads any more', async () => {
    const feed = createFakeFeed()
    const { code, breakSink } = start(feed)
    feed.say(...first, clock(1000))
    breakSink(gone)
    expect(await code).toBe(0)
    expect(feed.hasEnded()).toBe(true)
  })

  it('says why it cannot write, and ends with 1', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const feed = createFakeFeed()
    const { code, breakSink } = start(feed)
    feed.say(...first, clock(1000))
    breakSink(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }))
    expect(await code).toBe(1)
    expect(said).toHaveBeenCalledExactlyOnceWith('kntop: cannot write: ENOSPC: no space left on device\n')
    said.mockRestore()
  })

  it('ends with 3 where what was asked for was reached at any time, however it ends', async () => {
    const feed = createFakeFeed()
    const { code, interrupt } = start(feed, { failOn: 'critical' })
    feed.say(...first, clock(1000))
    feed.say(worse, clock(2000))
    feed.say(sample(worker, 60_000, { 'conntrack.drop': { value: 0 } }))
    feed.say(sample(worker, 90_000, { 'conntrack.drop': { value: 0 } }), clock(90_000))
    interrupt.abort(130)
    expect(await code).toBe(3)
  })

  it('does not take a node that is still connecting for one that is not watched', async () => {
    const feed = createFakeFeed()
    const { code, interrupt } = start(feed, { failOn: 'critical' })
    feed.say(link(worker, 'connecting'), clock(1000))
    feed.say(...first, clock(2000))
    interrupt.abort(143)
    expect(await code).toBe(143)
  })

  it.each([
    ['is given as long for its first login as those of the start', 9, 130],
    ['counts as not watched once that took too long', 10, 3],
  ])('a node that joins later %s', async (_, seconds, expected) => {
    const feed = createFakeFeed()
    const { code, interrupt } = start(feed, { failOn: 'critical' })
    feed.say(...first, clock(1000))
    const join = 3_600_000
    feed.say(sample(worker, join, { 'cpu.busy': { value: 1 } }), link(lost, 'connecting', '', join))
    for (let second = 1; second <= seconds; second++)
      feed.say(link(lost, 'connecting', `waits for its turn, ${second}`, join), clock(join + second * 1000))
    feed.say(link(lost, 'live', '', join + seconds * 1000 + 1), clock(join + seconds * 1000 + 1000))
    interrupt.abort(130)
    expect(await code).toBe(expected)
  })

  it('takes a node that joins later and fails for one that is not watched, also while it is tried again', async () => {
    const feed = createFakeFeed()
    const { code, interrupt } = start(feed, { failOn: 'critical' })
    feed.say(...first, clock(1000))
    feed.say(
      link(lost, 'connecting', '', 5000),
      link(lost, 'lost', 'refused', 5100),
      link(lost, 'connecting', '', 5200),
    )
    feed.say(clock(6000))
    interrupt.abort(130)
    expect(await code).toBe(3)
  })

  it('that is interrupted before its first line is interrupted, and no failure', async () => {
    const feed = createFakeFeed()
    const { lines, code, interrupt } = start(feed)
    feed.say(clock(0))
    feed.say(...first)
    interrupt.abort(130)
    expect(await code).toBe(130)
    expect(lines).toEqual([])
  })

  it('ends with 1 where no node could ever be watched, and says why on stderr', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const feed = createFakeFeed()
    const { code, breakSink } = start(feed)
    feed.say(link(worker, 'lost', 'no shell'), clock(1000))
    breakSink(gone)
    expect(await code).toBe(1)
    expect(said.mock.calls).toEqual([['kntop: worker-7: ssh, lost: no shell\n']])
    said.mockRestore()
  })
})
