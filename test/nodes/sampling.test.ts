import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cutOff, type Fake, gaps, last, sampling } from './fake-samplers.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a sampler that ends', () => {
  test('after it had worked for long is followed by another at once, on the same connection', async () => {
    const it = sampling()
    await vi.advanceTimersByTimeAsync(12_000)
    last(it.fakes).die('the sampler ended by SIGKILL')
    await vi.advanceTimersByTimeAsync(20)
    expect(it.fakes).toHaveLength(2)
    expect(it.told.map(([, ...rest]) => rest)).toEqual([
      ['live', ''],
      ['no-data', 'the sampler ended by SIGKILL'],
      ['live', ''],
    ])
    it.abort()
    await it.done
  })

  test('soon after its start is followed by others after longer and longer waits', async () => {
    const it = sampling({
      opening: (fake, { open }) => {
        open()
        setTimeout(() => fake.die('the sampler ended with status 137'), 100)
      },
    })
    await vi.advanceTimersByTimeAsync(200_000)
    expect(gaps(it.fakes)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    it.abort()
    await it.done
  })

  test('says when the next one is started, and none is awaited where that is at once', async () => {
    const it = sampling({ opening: (_, { fail }) => fail('does not open another channel') })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(it.untils.slice(0, -1)).toEqual(it.fakes.slice(1).map(({ at }) => Math.round(at)))
    expect(it.untils.length).toBeGreaterThan(3)
    it.abort()
    await it.done

    const steady = sampling()
    await vi.advanceTimersByTimeAsync(12_000)
    last(steady.fakes).die('the sampler ended by SIGKILL')
    await vi.advanceTimersByTimeAsync(20)
    expect(steady.untils).toEqual([undefined, undefined, undefined])
    steady.abort()
    await steady.done
  })

  test('is followed at once when a person asks, and nothing that works is touched by that', async () => {
    let refuses = true
    const it = sampling({
      opening: (_, { open, fail }) => (refuses ? fail('does not open another channel') : open()),
    })
    await vi.advanceTimersByTimeAsync(40_000)
    const before = it.fakes.length
    refuses = false
    it.ask()
    await vi.advanceTimersByTimeAsync(20)
    expect(it.fakes).toHaveLength(before + 1)
    expect(it.told.at(-1)?.[1]).toBe('live')
    it.ask()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(it.fakes).toHaveLength(before + 1)
    it.abort()
    await it.done
  })

  test('is no sampler that worked, however long it took to fail', async () => {
    const it = sampling({
      opening: (_, { fail }) => void setTimeout(() => fail('the sampler did not greet within 10 s'), 10_005),
    })
    await vi.advanceTimersByTimeAsync(200_000)
    expect(gaps(it.fakes).slice(0, 6)).toEqual([11, 12, 14, 18, 26, 42])
    it.abort()
    await vi.advanceTimersByTimeAsync(11_000)
    await it.done
  })

  test('that greets and never answers is none either', async () => {
    const it = sampling({
      opening: (fake, { open }) => {
        fake.answers = false
        setTimeout(open, 9000)
      },
    })
    await vi.advanceTimersByTimeAsync(120_000)
    expect(it.told[0]).toEqual([
      expect.any(Number),
      'no-data',
      expect.stringMatching(/^the sampler does not answer within 5 s: /),
    ])
    const waits = gaps(it.fakes)
    expect(waits.length).toBeGreaterThan(3)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(waits.at(-1)).toBeGreaterThan(20)
    expect(it.told.every(([, state]) => state === 'no-data')).toBe(true)
    it.abort()
    await vi.advanceTimersByTimeAsync(10_000)
    await it.done
  })

  test('by a fault of ours in its tick is told so, closed, and followed by another', async () => {
    const it = sampling({
      groups: (tick) => {
        if (tick === 3) throw new Error('a fault of ours')
        return [1]
      },
    })
    await vi.advanceTimersByTimeAsync(6000)
    expect(it.fakes.map(({ isClosed }) => isClosed)).toEqual([true, false])
    expect(it.ends).toHaveLength(1)
    expect(it.told.map(([, ...rest]) => rest).slice(0, 3)).toEqual([
      ['live', ''],
      ['no-data', 'a fault of ours'],
      ['live', ''],
    ])
    it.abort()
    await it.done
  })

  test('is closed, and its frames are over', async () => {
    const it = sampling()
    await vi.advanceTimersByTimeAsync(3000)
    last(it.fakes).die('the sampler ended by itself')
    await vi.advanceTimersByTimeAsync(10)
    expect(it.fakes[0]?.isClosed).toBe(true)
    expect(it.ends).toHaveLength(1)
    it.abort()
    await it.done
  })
})

describe('a connection that is gone', () => {
  test('ends it at once, with its cause, whatever the sampler does', async () => {
    const it = sampling()
    await vi.advanceTimersByTimeAsync(2500)
    last(it.fakes).answers = false
    it.cut.resolve(cutOff)
    expect(await it.done).toEqual(cutOff)
    expect(it.ends).toHaveLength(1)
    // The keeper says what has become of it.
    expect(it.told.map(([, state]) => state)).toEqual(['live'])
  })

  test('is what becomes of one whose node floods: nobody asks it again', async () => {
    const it = sampling()
    await vi.advanceTimersByTimeAsync(2500)
    last(it.fakes).die('floods: a line over 64 KB')
    expect(await it.done).toEqual({ state: 'lost', cause: 'floods: a line over 64 KB' })
    expect(it.fakes).toHaveLength(1)
    expect(it.told.map(([, state]) => state)).toEqual(['live'])
  })

  test('ends a wait for the next attempt', async () => {
    const it = sampling({ opening: (_, { fail }) => fail('does not open another channel') })
    await vi.advanceTimersByTimeAsync(40_000)
    const before = it.fakes.length
    it.cut.resolve(cutOff)
    expect(await it.done).toEqual(cutOff)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(it.fakes).toHaveLength(before)
  })

  test('has no frames any more, should one have been on its way', async () => {
    const it = sampling()
    await vi.advanceTimersByTimeAsync(2500)
    it.cut.resolve(cutOff)
    await it.done
    const before = it.frames.length
    last(it.fakes).frame()
    await vi.advanceTimersByTimeAsync(100)
    expect(it.frames).toHaveLength(before)
  })
})

describe('a frame that nobody asked for', () => {
  test('is none, also right behind the greeting', async () => {
    const early = vi.fn<() => void>()
    const it = sampling({
      opening: (fake, { open }) => {
        open()
        fake.answers = false
        early.mockImplementation(fake.frame)
        expect(early).not.toThrow()
      },
    })
    await vi.advanceTimersByTimeAsync(2000)
    expect(early.mock.results).toEqual([{ type: 'return', value: undefined }])
    expect(it.frames).toEqual([])
    expect(it.told).toEqual([])
    it.abort()
    await it.done
  })

  test('is none of a sampler that has answered', async () => {
    const it = sampling()
    await vi.advanceTimersByTimeAsync(2500)
    const before = it.frames.length
    last(it.fakes).frame()
    expect(it.frames).toHaveLength(before)
    it.abort()
    await it.done
  })

  test('does not stand for the answer of a sampler that another is to follow', async () => {
    let first: Fake | undefined
    const it = sampling({
      hello: { relay: false, lease: 60 },
      opening: (fake, { open }) => {
        if (first === undefined) open()
        else first.answers = false
        first ??= fake
      },
    })
    await vi.advanceTimersByTimeAsync(42_000)
    const whole = it.frames.length
    last(it.fakes).frame()
    expect(it.fakes).toHaveLength(2)
    expect(it.frames).toHaveLength(whole)
    it.abort()
    await it.done
  })
})

test('a lease that ticks do not renew has a successor before its end, and no second is left out', async () => {
  const it = sampling({ hello: { relay: false, lease: 60 } })
  await vi.advanceTimersByTimeAsync(100_000)
  expect(it.fakes.length).toBeGreaterThan(1)
  expect(gaps(it.fakes)[0]).toBeLessThan(60)
  expect(it.fakes[0]?.isClosed).toBe(true)
  const times = it.frames.map(({ at }) => Math.round(at / 1000))
  expect(times.slice(1).every((second, index) => second - (times[index] ?? 0) === 1)).toBe(true)
  expect(it.told.map(([, state]) => state)).toEqual(['live'])
  it.abort()
  await it.done
})

describe('a successor that is long on its way', () => {
  /** All but the first come when they are told to. */
  const late = () => {
    const ways: { readonly open: () => void; readonly fail: (why: string) => void }[] = []
    const it = sampling({
      hello: { relay: false, lease: 60 },
      opening: (_, settle) => {
        ways.push(settle)
        if (ways.length === 1) settle.open()
      },
    })
    return { ...it, ways }
  }

  test('is waited for: no other is begun meanwhile, and only it is ticked then', async () => {
    const { fakes, ways, abort, done } = late()
    await vi.advanceTimersByTimeAsync(58_000)
    expect(ways).toHaveLength(2)
    ways[1]?.open()
    await vi.advanceTimersByTimeAsync(2000)
    expect(fakes.map(({ isClosed }) => isClosed)).toEqual([true, false])
    abort()
    await done
    expect(fakes.map(({ isClosed }) => isClosed)).toEqual([true, true])
  })

  test('and does not come in the end is tried for again', async () => {
    const { ways, abort, done } = late()
    await vi.advanceTimersByTimeAsync(50_000)
    expect(ways).toHaveLength(2)
    ways[1]?.fail('does not open another channel')
    await vi.advanceTimersByTimeAsync(2000)
    expect(ways).toHaveLength(3)
    abort()
    await done
  })

  test('and comes when nobody wants it any more is closed', async () => {
    const { fakes, ways, abort, done } = late()
    await vi.advanceTimersByTimeAsync(50_000)
    abort()
    await done
    ways[1]?.open()
    await vi.advanceTimersByTimeAsync(10)
    expect(fakes.map(({ isClosed }) => isClosed)).toEqual([true, true])
  })
})
