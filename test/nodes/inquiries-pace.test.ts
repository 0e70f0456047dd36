import { describe, expect, test, vi } from 'vitest'
import type { Inquiry } from '../../source/events/inquiry.ts'
import { clean } from '../../source/text/clean.ts'
import { answer, asking, footing, inquiry, kindWith, runs } from './asking.ts'
import { fakeConnection } from './fake-connection.ts'
import { onFake } from './on-fake.ts'

describe('how often an inquiry is looked at: one', () => {
  const fake = onFake()
  const { channel, settled } = fake

  const asked = (taken?: () => number) => {
    const one = asking(kindWith(), taken)
    fake.ending(one.inquiries)
    return one
  }

  test('that costs much is looked at less often, and says so; the first one, which is cold, does not count', async () => {
    const one = asked()
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    answer(channel(), `${footing()}\nM said\none\n`, 0, 0.5)
    await settled()
    expect(one.last()).not.toHaveProperty('pace')
    await vi.advanceTimersByTimeAsync(5000)
    expect(runs(channel())).toBe(2)
    answer(channel(), `${footing()}\nM said\ntwo\n`, 0, 0.6)
    await settled()
    const about = (value: number): number => expect.closeTo(value, 3) as number
    expect(one.last()).toMatchObject({ state: 'live', pace: { seconds: about(40), cost: about(100) } })
    await vi.advanceTimersByTimeAsync(39_000)
    expect(runs(channel())).toBe(2)
    await vi.advanceTimersByTimeAsync(1100)
    expect(runs(channel())).toBe(3)
    const other = fakeConnection()
    one.inquiries.over(other.connection, clean(''))
    await settled()
    const [next = expect.fail('no channel')] = other.channels
    // Less than the loop before had told: that one is gone.
    answer(next, `${footing()}\nM said\nthree\n`, 0, 0.02)
    await settled()
    expect(one.last()).toMatchObject({ pace: { cost: about(80) } })
    other.connection.close()
  })

  test('of which nothing can be seen costs no more than one that sees something', async () => {
    const one = asked()
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    for (const cpu of [0.5, 0.6]) {
      answer(channel(), '\nM footing\nnone\n', 0, cpu)
      await settled()
      await vi.advanceTimersByTimeAsync(5000)
    }
    // 100 ms of CPU are 0.25 % of a core in 40 s.
    expect(runs(channel())).toBe(2)
    await vi.advanceTimersByTimeAsync(34_000)
    expect(runs(channel())).toBe(2)
    await vi.advanceTimersByTimeAsync(1100)
    expect(runs(channel())).toBe(3)
  })

  test('has what the sampler, the commands and the other looks leave', async () => {
    let taken = 0.15
    const one = asked(() => taken)
    one.inquiries.over(fake.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    answer(channel(), `${footing()}\nM said\none\n`, 0, 0.5)
    await settled()
    await vi.advanceTimersByTimeAsync(5000)
    answer(channel(), `${footing()}\nM said\ntwo\n`, 0, 0.52)
    await settled()
    const about = (value: number): number => expect.closeTo(value, 3) as number
    expect(one.last()).toMatchObject({ pace: { seconds: about(20) } })
    // Another one, which takes 0.1 % of a core then: the rest is less than what is always left to a look.
    taken = 0.1
    const reports = one.reports.length
    const second: Inquiry = { ...inquiry, place: { kind: 'host' } }
    one.inquiries.ask([inquiry, second])
    await settled()
    answer(channel(1), `${footing()}\nM said\none\n`, 0, 0.5)
    await settled()
    await vi.advanceTimersByTimeAsync(5000)
    answer(channel(1), `${footing()}\nM said\ntwo\n`, 0, 0.51)
    await settled()
    expect(runs(channel(1))).toBe(2)
    await vi.advanceTimersByTimeAsync(9900)
    expect([one.reports.length, runs(channel(1))]).toEqual([reports, 2])
  })

  test('that fails is tried less and less often, and at once over a new connection', async () => {
    const one = asked()
    const broken = fakeConnection((opened) => opened.end(1))
    one.inquiries.over(broken.connection, clean(''))
    one.inquiries.ask([inquiry])
    await settled()
    const waits: number[] = []
    for (let [at, seen] = [0, one.reports.length]; at < 300; at += 1) {
      await vi.advanceTimersByTimeAsync(1000)
      await settled()
      if (one.reports.length > seen) waits.push(at)
      seen = one.reports.length
    }
    expect(waits.map((at, index) => at - (waits[index - 1] ?? -1))).toEqual([5, 10, 20, 40, 60, 60, 60])
    one.inquiries.over(fake.connection, clean(''))
    await settled()
    expect(runs(channel())).toBe(1)
    broken.connection.close()
  })
})
