import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timeToFull } from '../../source/metrics/derived.ts'

const maximum = 262_144

/** The last 15 minutes of a function of time, once a second up to second `now`. */
const history = (now: number, entriesAt: (second: number) => number): Float32Array =>
  Float32Array.from({ length: 900 }, (_, index) => entriesAt(now - 899 + index))

/** Scatter that repeats from run to run: evenly between -1 and 1. */
const scatter = (second: number): number => {
  const wave = Math.sin(second * 12.9898) * 43_758.5453
  return 2 * (wave - Math.floor(wave)) - 1
}

const everyTenSeconds = (until: number): readonly number[] =>
  Array.from({ length: until / 10 }, (_, index) => index * 10)

const kinds = (entriesAt: (second: number) => number, until: number): ReadonlySet<string> =>
  new Set(everyTenSeconds(until).map((now) => timeToFull(history(now, entriesAt), 1, maximum).kind))

describe('a table that leaks evenly', () => {
  const leak = (second: number): number => 20_000 + 400 * Math.max(0, second)
  const fullAt = (maximum - 20_000) / 400

  it('is rising, and no more, until it has grown for three minutes', () => {
    const early = everyTenSeconds(160).filter((now) => now > 60)
    expect(new Set(early.map((now) => timeToFull(history(now, leak), 1, maximum).kind))).toEqual(new Set(['rising']))
  })

  it('then has an estimate within 10 % of the truth until it is full', () => {
    for (const now of everyTenSeconds(fullAt).filter((second) => second >= 190)) {
      const result = timeToFull(history(now, leak), 1, maximum)
      const left = fullAt - now
      expect(result.kind === 'value' ? Math.abs(result.seconds - left) / left : 1, `after ${now} s`).toBeLessThan(0.1)
    }
  })

  it('is estimated within 10 % through noise and gaps', () => {
    const seen = (second: number): number => (second % 7 === 3 ? Number.NaN : leak(second) + 1500 * scatter(second))
    for (const now of everyTenSeconds(500).filter((second) => second >= 200)) {
      const result = timeToFull(history(now, seen), 1, maximum)
      const left = fullAt - now
      expect(result.kind === 'value' ? Math.abs(result.seconds - left) / left : 1, `after ${now} s`).toBeLessThan(0.1)
    }
  })

  it('is estimated as well when it is read only every ten seconds', () => {
    const seen = (second: number): number => (second % 10 === 0 ? leak(second) : Number.NaN)
    expect(timeToFull(history(300, seen), 1, maximum)).toMatchObject({ kind: 'value' })
  })

  it('has no estimate when a third of the three minutes was not seen', () => {
    const seen = (second: number): number => (second > 190 && second < 251 ? Number.NaN : leak(second))
    expect(timeToFull(history(310, seen), 1, maximum)).toEqual({ kind: 'rising' })
  })

  it('has no estimate when it would take a day or longer', () => {
    expect(
      timeToFull(
        history(900, (second) => 1000 + 2 * second),
        1,
        maximum,
      ),
    ).toEqual({ kind: 'none' })
  })

  it('is estimated whatever the slot is long', () => {
    const slow = Float32Array.from({ length: 30 }, (_, index) => 100_000 + 4000 * index)
    const result = timeToFull(slow, 10, maximum)
    const left = ((maximum - 216_000) / 4000) * 10
    expect(result.kind === 'value' ? result.seconds : Number.NaN).toBeCloseTo(left, 0)
  })
})

describe('a new load that levels off', () => {
  /** So many new flows a second from second 0 on, each leaving the table after its lifetime. */
  const load = (base: number, rate: number, lifetime: number) => (second: number) =>
    base + rate * Math.min(Math.max(0, second), lifetime)

  // 1,500 flows a second that stay 60 s, and up to 15 s more until the kernel clears them away: 42 % in the end.
  it('never gets an estimate, though for a minute it looks full in 160 s', () => {
    expect(kinds(load(3000, 1500, 73), 900)).toEqual(new Set(['none', 'rising']))
  })

  it('never gets one when lifetimes are spread and it approaches its end slowly', () => {
    let entries = 3000
    const filling = Array.from({ length: 900 }, () => (entries += 1500 - (entries - 3000) / 70))
    const seen = (second: number): number => filling[second] ?? 3000
    expect(kinds(seen, 900)).toEqual(new Set(['none', 'rising']))
  })

  it('never gets one, whatever was there before, as long as its flows live no longer than two minutes', () => {
    const loads = fc.record({
      base: fc.integer({ min: 0, max: 150_000 }),
      rate: fc.integer({ min: 100, max: 3000 }),
      lifetime: fc.integer({ min: 10, max: 130 }),
      noise: fc.integer({ min: 0, max: 300 }),
    })
    fc.assert(
      fc.property(loads, fc.integer({ min: 0, max: 400 }), ({ base, rate, lifetime, noise }, now) => {
        const entries = load(base, rate, lifetime)
        const result = timeToFull(
          history(now, (second) => entries(second) + noise * scatter(second)),
          1,
          maximum,
        )
        expect(result.kind).not.toBe('value')
      }),
      { numRuns: 1000 },
    )
  })

  it('never gets one on a table that was growing slowly before, nor through noise', () => {
    const slowly = (second: number): number =>
      120_000 + 1 * (second + 900) + load(0, 1500, 73)(second) * 0.4 + 200 * scatter(second)
    expect(kinds(slowly, 900)).toEqual(new Set(['none', 'rising']))
  })
})

describe('a table that does not grow', () => {
  it('has no estimate, whatever its noise', () => {
    const noise = fc.record({
      level: fc.integer({ min: 0, max: maximum }),
      spread: fc.integer({ min: 0, max: 20_000 }),
    })
    fc.assert(
      fc.property(noise, fc.integer({ min: 0, max: 100_000 }), ({ level, spread }, from) => {
        const flat = (second: number): number => level + spread * scatter(second + from)
        // By chance noise climbs for a while: that may be called rising, but no time is ever told from it.
        expect(timeToFull(history(900, flat), 1, maximum).kind).not.toBe('value')
      }),
    )
  })

  it('has none while it shrinks, is empty of readings, or has no maximum', () => {
    expect(
      timeToFull(
        history(900, (second) => 200_000 - 100 * second),
        1,
        maximum,
      ),
    ).toEqual({ kind: 'none' })
    expect(
      timeToFull(
        history(900, () => Number.NaN),
        1,
        maximum,
      ),
    ).toEqual({ kind: 'none' })
    expect(timeToFull([], 1, maximum)).toEqual({ kind: 'none' })
    for (const none of [0, Number.NaN]) {
      expect(
        timeToFull(
          history(300, (second) => 400 * second),
          1,
          none,
        ),
      ).toEqual({ kind: 'none' })
    }
  })
})

describe('an estimate', () => {
  it('is a time between now and a day, for any history', () => {
    const entries = fc.array(fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant(Number.NaN)), {
      maxLength: 300,
    })
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 1_000_000 }), (seen, most) => {
        const result = timeToFull(seen, 1, most)
        expect(result.kind !== 'value' || (result.seconds >= 0 && result.seconds < 86_400)).toBe(true)
      }),
    )
  })
})
