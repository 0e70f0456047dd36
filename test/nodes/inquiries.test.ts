import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Report } from '../../source/events/inquiry.ts'
import type { RoutesLook } from '../../source/events/looks.ts'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { createInquiries } from '../../source/nodes/inquiries.ts'
import { goneStatus } from '../../source/nodes/namespaces/find-script.ts'
import type { LookKind } from '../../source/nodes/namespaces/look-kind.ts'
import { clean } from '../../source/text/clean.ts'
import { answer, asking, footing, inquiry, kindWith, node, runs } from './asking.ts'
import { fakeConnection } from './fake-connection.ts'
import { onFake } from './on-fake.ts'
import { type Marked, mark } from './processes.ts'

describe('an inquiry over a connection', () => {
  const fake = onFake()
  const { channel, settled } = fake

  const asked = (kind?: LookKind<RoutesLook>) => {
    const one = asking(kind)
    fake.ending(one.inquiries)
    return one
  }
  /** Asked, and seen once. */
  const seen = async (kind?: LookKind<RoutesLook>) => {
    const one = asked(kind)
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    answer(channel(), `${footing()}\nM said\none\n`)
    await settled()
    return one
  }

  test('waits, and is answered', async () => {
    const { reports } = await seen()
    expect(reports.map(({ state }) => state)).toEqual(['waiting', 'live'])
    expect(reports.at(-1)).toMatchObject({ look: { footing: { pid: 7, right: 'root' }, byHand: ['one', 'undefined'] } })
  })

  test('that is asked twice is one', async () => {
    const { inquiries: all } = await seen()
    all.ask([inquiry, { ...inquiry }])
    await settled()
    expect(fake.channels).toHaveLength(1)
  })

  test('is looked at again after its period, over the same channel, and knows how long ago the last was', async () => {
    const { last } = await seen()
    expect(runs(channel())).toBe(1)
    await vi.advanceTimersByTimeAsync(4999)
    expect(runs(channel())).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(runs(channel())).toBe(2)
    answer(channel(), `${footing()}\nM said\ntwo\n`)
    await settled()
    expect(last()).toMatchObject({ state: 'live', look: { byHand: ['two', '5'] } })
    expect(fake.channels).toHaveLength(1)
  })

  test('without a period is looked at once, and when somebody asks for it', async () => {
    const { inquiries: all, last } = await seen(kindWith({ every: undefined }))
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(runs(channel())).toBe(1)
    all.again()
    await settled()
    expect(runs(channel())).toBe(2)
    answer(channel(), `${footing()}\nM said\nanew\n`)
    await settled()
    expect(last()).toMatchObject({ look: { byHand: ['anew', '3600'] } })
  })

  test('that is asked for while it is looked at is looked at once more, not twice at a time', async () => {
    const one = asked()
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    one.inquiries.again()
    one.inquiries.again()
    await settled()
    expect(runs(channel())).toBe(1)
    answer(channel(), footing())
    await settled()
    expect(runs(channel())).toBe(2)
  })

  test('that nobody asks any more closes its channel, and says nothing any more', async () => {
    const { inquiries: all, reports } = await seen()
    await vi.advanceTimersByTimeAsync(5000)
    const before = reports.length
    all.again()
    all.ask([])
    expect(channel().closed()).toBe(true)
    answer(channel(), footing())
    await vi.advanceTimersByTimeAsync(60_000)
    await settled()
    expect(reports).toHaveLength(before)
    expect(fake.channels).toHaveLength(1)
  })

  test('keeps what was seen, with its date, when the connection is lost, and why', async () => {
    const { inquiries: all, reports, last } = await seen()
    const live = last()
    all.over(undefined, clean('the connection is gone'))
    await settled()
    expect(last()).toEqual({ ...live, state: 'ended', cause: 'the connection is gone' })
    expect(channel().closed()).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(reports).toHaveLength(3)
  })

  test('is looked at at once over a new connection', async () => {
    const { inquiries: all, last } = await seen()
    all.over(undefined, clean('the connection is gone'))
    const next = fakeConnection()
    all.over(next.connection, clean(''))
    await settled()
    expect(next.channels.map(runs)).toEqual([1])
    for (const fresh of next.channels) answer(fresh, `${footing(9)}\nM said\nback\n`)
    await settled()
    expect(last()).toMatchObject({ state: 'live', look: { footing: { pid: 9 } } })
    next.connection.close()
  })

  test('whose channel was being opened as the connection went does not hold on to it', async () => {
    const one = asked()
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    // Before the channel is there.
    one.inquiries.over(undefined, clean('the connection is gone'))
    const next = fakeConnection()
    one.inquiries.over(next.connection, clean(''))
    await settled()
    expect(channel().closed()).toBe(true)
    expect(runs(channel())).toBe(0)
    expect(next.channels.map(runs)).toEqual([1])
    next.connection.close()
  })

  test('is refused while there is no connection, with the reason', async () => {
    const one = asked()
    one.inquiries.ask([inquiry])
    expect(one.reports).toEqual([{ state: 'refused', cause: 'not connected yet' }])
    one.inquiries.over(undefined, clean('the connection is gone'))
    expect(one.last()).toEqual({ state: 'refused', cause: 'the connection is gone' })
  })

  test('of which nothing can be seen says why, and is tried again', async () => {
    const one = asked(kindWith({ every: undefined }))
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    answer(channel(), '\nM footing\nnone\n')
    await settled()
    expect(one.last()).toMatchObject({ state: 'refused', cause: expect.stringContaining('no process of this pod') })
    await vi.advanceTimersByTimeAsync(5000)
    expect(runs(channel())).toBe(2)
    answer(channel(), footing())
    await settled()
    expect(one.last()).toMatchObject({ state: 'live' })
  })

  test.each([
    ['whose process ended meanwhile', footing(), goneStatus, 'the process of the pod ended while it was looked at'],
    ['on a node that hides processes', '\nM footing\nhidden\n', 0, "this node hides other users' processes"],
    ['that broke off', footing(), 137, 'the look broke off, with status 137'],
    ['that says nothing', '', 0, 'the node did not say'],
  ])('keeps what was seen before a look %s', async (_, text, status, cause) => {
    const { last } = await seen()
    await vi.advanceTimersByTimeAsync(5000)
    answer(channel(), text, status)
    await settled()
    expect(last()).toMatchObject({
      state: 'ended',
      cause: expect.stringContaining(cause),
      look: { byHand: ['one', 'undefined'] },
    })
  })

  test('that is hidden says what would show it', async () => {
    const one = asked()
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    answer(channel(), '\nM footing\nhidden\n')
    await settled()
    expect(one.last()).toMatchObject({ cause: expect.stringMatching(/hidepid.*--sudo root$/) })
  })

  test('whose channel ends opens another one after a while', async () => {
    const { last } = await seen()
    channel().end(1)
    await vi.advanceTimersByTimeAsync(5000)
    await settled()
    expect(last()).toMatchObject({ state: 'ended', cause: 'ended with status 1' })
    await vi.advanceTimersByTimeAsync(5000)
    await settled()
    expect(runs(channel(1))).toBe(1)
    answer(channel(1), footing())
    await settled()
    expect(last()).toMatchObject({ state: 'live' })
  })

  test('that does not answer is given up, and says so', async () => {
    const { last } = await seen()
    await vi.advanceTimersByTimeAsync(15_000)
    await settled()
    expect(last()).toMatchObject({ state: 'ended', cause: 'did not answer within 10 s' })
    expect(channel().closed()).toBe(true)
  })

  test('reads what is written in UTF-8', async () => {
    const { last } = await seen()
    await vi.advanceTimersByTimeAsync(5000)
    answer(channel(), Buffer.from(`${footing()}\nM said\nétage\n`).toString('latin1'))
    await settled()
    expect(last()).toMatchObject({ look: { byHand: ['étage', '5'] } })
  })
})

describe('an inquiry on this machine', () => {
  let marked: Marked
  beforeEach(() => {
    marked = mark()
  })
  afterEach(() => marked.forget())

  test('is answered for the node itself, and leaves nothing behind', async () => {
    const connection = await connectLocal()
    const place = { kind: 'host' } as const
    const reports: Report[] = []
    const inquiries = createInquiries({
      emit: (events) =>
        void reports.push(...events.flatMap((event) => (event.type === 'report' ? [event.report] : []))),
      now: () => performance.now(),
      kindOf: () => kindWith({ script: 'section said; printf "no end of line"; section rest; echo x' }),
    })
    inquiries.over(connection, clean(''))
    inquiries.ask([{ node, place, tab: 'routes' }])
    await expect
      .poll(() => reports.at(-1))
      .toMatchObject({
        state: 'live',
        look: { footing: { way: 'the node itself', isHost: true }, byHand: ['no end of line', 'undefined'] },
      })
    inquiries.ask([])
    await marked.none()
    connection.close()
    await connection.closed
  })

  test('of a pod that is not there is refused', async () => {
    const connection = await connectLocal()
    const { inquiries, last } = asking()
    inquiries.over(connection, clean(''))
    inquiries.ask([inquiry])
    await expect
      .poll(last)
      .toMatchObject({ state: 'refused', cause: expect.stringContaining('no process of this pod') })
    inquiries.ask([])
    connection.close()
    await connection.closed
  })
})
