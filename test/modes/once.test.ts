import { PassThrough, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lookOnce, type OnceOptions } from '../../source/modes/once.ts'
import { api, clock, link, sample, source, worker } from '../export/sample.ts'
import { createFakeFeed, defaults, type FakeFeed } from './fake-feed.ts'

const json: OnceOptions = { output: 'json', wait: 0, failOn: undefined }

const start = (feed: FakeFeed, options: OnceOptions = json, signal = new AbortController().signal) => {
  const stdout = new PassThrough()
  const printed = text(stdout)
  const code = lookOnce(feed.watching, defaults, options, stdout, signal).finally(() => stdout.end())
  return { stdout, printed, code }
}

const first = [clock(0), link(worker, 'live'), sample(worker, 0, { 'cpu.busy': { value: 1 } })]

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('--once', () => {
  it('prints what the reading at the end gave, after everything has ended', async () => {
    const feed = createFakeFeed()
    const { printed, code } = start(feed)
    feed.say(...first)
    await feed.asked
    feed.say(sample(worker, 900, { 'cpu.busy': { value: 2 } }), clock(1000))
    feed.answer()
    expect(await code).toBe(0)
    expect(feed.hasEnded()).toBe(true)
    expect(JSON.parse(await printed)).toMatchObject({
      nodes: [{ name: 'worker-7', readings: { 'cpu.busy': { value: 2 } } }],
    })
  })

  it('waits as long as asked between the first reading and the last', async () => {
    vi.useFakeTimers()
    const feed = createFakeFeed()
    const { code } = start(feed, { ...json, wait: 5 })
    let wasAsked = false
    void feed.asked.then(() => {
      wasAsked = true
      feed.answer()
    })
    await vi.advanceTimersByTimeAsync(8000)
    feed.say(...first)
    await vi.advanceTimersByTimeAsync(4900)
    expect(wasAsked).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    expect(wasAsked).toBe(true)
    expect(await code).toBe(0)
  })

  it.each([
    ['five seconds where nobody says how long', [], 5],
    ['nine where an opt-in needs it that is asked for on these nodes', ['dns-capture'], 9],
  ])('waits %s', async (_, optIns, seconds) => {
    vi.useFakeTimers()
    const feed = createFakeFeed(undefined, optIns)
    const { code } = start(feed, { ...json, wait: undefined })
    const asked = vi.fn<() => void>(feed.answer)
    void feed.asked.then(asked)
    feed.say(...first)
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 100)
    expect(asked).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(200)
    expect(asked).toHaveBeenCalledOnce()
    expect(await code).toBe(0)
  })

  it('prints in the form that was asked for', async () => {
    const feed = createFakeFeed()
    const { printed, code } = start(feed, { ...json, output: 'csv' })
    feed.say(...first)
    feed.answer()
    await code
    expect(await printed).toMatch(/^at,node,link,metric,/)
  })

  it('does not wait for a node that cannot be watched, and says so by its exit code', async () => {
    const feed = createFakeFeed()
    const { printed, code } = start(feed)
    feed.say(clock(0), link(worker, 'denied', 'no shell'))
    feed.answer()
    expect(await code).toBe(1)
    expect(await printed).toContain('"state":"denied"')
  })

  it('says on stderr why nothing could be watched, and nothing where anything is', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const bad = createFakeFeed()
    const failing = start(bad)
    bad.say(clock(0), link(worker, 'denied', 'no shell'))
    bad.answer()
    await failing.code
    expect(said.mock.calls).toEqual([['kntop: worker-7: ssh, denied: no shell\n']])
    const good = createFakeFeed()
    const fine = start(good)
    good.say(...first)
    good.answer()
    expect(await fine.code).toBe(0)
    expect(said).toHaveBeenCalledTimes(1)
  })

  it('does not wait for the nodes of an API server that refuses', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const feed = createFakeFeed()
    const watching: FakeFeed['watching'] = { ...feed.watching, nodes: 'told by the cluster' }
    const { code } = start({ ...feed, watching })
    feed.say(clock(0), api('refused'), source('nodes', 'refused'))
    feed.answer()
    expect(await code).toBe(1)
    expect(said.mock.calls).toEqual([['kntop: the API server: refused\n']])
  })

  it('ends also when a node never answers', async () => {
    vi.useFakeTimers()
    const feed = createFakeFeed()
    const { code } = start(feed)
    feed.say(clock(0), link(worker, 'connecting'))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await code).toBe(1)
    expect(feed.hasEnded()).toBe(true)
  })

  it('fails with 3 where a figure is as bad as asked', async () => {
    const feed = createFakeFeed()
    const { code } = start(feed, { ...json, failOn: 'critical' })
    feed.say(...first, sample(worker, 500, { 'conntrack.drop': { value: 3 } }))
    feed.answer()
    expect(await code).toBe(3)
  })

  it('prints nothing when interrupted, and ends everything', async () => {
    const feed = createFakeFeed()
    const interrupt = new AbortController()
    const { printed, code } = start(feed, { ...json, wait: 3600 }, interrupt.signal)
    feed.say(...first)
    interrupt.abort(130)
    expect(await code).toBe(130)
    expect(await printed).toBe('')
    expect(feed.hasEnded()).toBe(true)
  })

  it('ends as interrupted while it prints to a reader that has stopped', async () => {
    const feed = createFakeFeed()
    const interrupt = new AbortController()
    const begun = Promise.withResolvers<void>()
    const stalled = new Writable({ write: () => begun.resolve() })
    const code = lookOnce(feed.watching, defaults, json, stalled, interrupt.signal)
    feed.say(...first)
    feed.answer()
    await begun.promise
    interrupt.abort(143)
    expect(await code).toBe(143)
  })

  it('does not fail where nobody reads to the end', async () => {
    const feed = createFakeFeed()
    const stdout = new PassThrough()
    stdout.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
    stdout.on('error', () => undefined)
    const code = lookOnce(feed.watching, defaults, json, stdout, new AbortController().signal)
    feed.say(...first)
    feed.answer()
    expect(await code).toBe(0)
  })

  it('fails with its error when the feed does', async () => {
    const feed = createFakeFeed()
    const { code } = start(feed)
    feed.fail(new Error('the feed broke'))
    await expect(code).rejects.toThrow('the feed broke')
  })
})
