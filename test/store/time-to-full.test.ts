import { describe, expect, it } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { Reading } from '../../source/store/reading.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { clock, origin, sample, source, worker } from './events.ts'

const id = 'conntrack.time_to_full'
const maximum = 262_144

interface Seen {
  readonly second: number
  readonly reading: Reading
  readonly crossing: boolean
}

/** What is read of the time to full while a table holds so many entries, once a second. */
const watch = (
  entriesAt: (second: number) => number,
  until: number,
  before: readonly Event[] = [],
): readonly Seen[] => {
  const store = createStore()
  store.apply([origin('conntrack.entries', source('proc')), sample(0, 'conntrack.max', maximum), ...before])
  return Array.from({ length: until }, (_, second) => {
    store.apply([sample(second, 'conntrack.entries', Math.min(maximum, entriesAt(second))), clock(second)])
    const snapshot = store.snapshot()
    const reading = snapshot.nodes.get(worker)?.reading(id)
    if (reading === undefined) throw new Error('the node is not there')
    return { second, reading, crossing: snapshot.crossings.some(({ metric }) => metric === id) }
  })
}

const words = (seen: readonly Seen[]): readonly string[] =>
  seen
    .map(({ reading }) => (reading.kind === 'missing' ? `${reading.missing}: ${reading.advice}` : reading.kind))
    .filter((text, index, all) => text !== all[index - 1])

const waiting = 'no-data: too early: needs 3 minutes of readings'
const still = 'not-applicable: not growing'
const rising = 'no-data: rising: three minutes of growth are needed'

describe('the time to full of a leaking table', () => {
  const fullAt = (maximum - 20_000) / 400
  const seen = watch((second) => 20_000 + 400 * second, Math.floor(fullAt))

  it('is first unknown, then rising, then a time that is right within 10 %', () => {
    expect(words(seen)).toEqual([waiting, rising, 'live'])
    for (const { second, reading } of seen.filter(({ second }) => second < fullAt - 30)) {
      if (reading.kind === 'missing') continue
      const left = fullAt - second + reading.age
      expect(Math.abs(reading.value + reading.age - left), `after ${second} s`).toBeLessThan(0.1 * left + 10)
      expect(reading).toMatchObject({ tier: 'derived', scope: 'host' })
    }
  })

  it('raises a band, but not while the table is less than half full', () => {
    const halfFull = (maximum / 2 - 20_000) / 400
    expect(seen.filter(({ second }) => second < halfFull).some(({ crossing }) => crossing)).toBe(false)
    expect(seen.at(-1)?.crossing).toBe(true)
  })
})

describe('the time to full of a load that levels off at 42 %', () => {
  const seen = watch((second) => 3000 + 1500 * Math.min(Math.max(0, second - 300), 71), 900)

  it('is rising at most, and not growing before and after', () => {
    expect(words(seen)).toEqual([waiting, still, rising, still])
  })

  it('raises no band', () => {
    expect(seen.some(({ crossing }) => crossing)).toBe(false)
  })
})

describe('the time to full', () => {
  it('is not growing for a table that stands still', () => {
    expect(words(watch(() => 50_000, 300))).toEqual([waiting, still])
  })

  it('has no meaning without a maximum', () => {
    const none = watch((second) => 400 * second, 300, [sample(1, 'conntrack.max', 0)])
    expect(words(none)).toEqual([waiting, 'not-applicable: no maximum is known'])
    const denied = origin('conntrack.max', { missing: 'denied', advice: clean('needs root') })
    expect(words(watch((second) => 400 * second, 300, [denied]))).toContain('not-applicable: no maximum is known')
  })

  it('says full of a table that is', () => {
    expect(words(watch(() => maximum, 300))).toEqual([
      waiting,
      'not-applicable: full: new entries evict others, or are refused',
    ])
  })

  it('is not told before three minutes of readings', () => {
    const { second } =
      watch(() => 50_000, 300).find(({ reading }) => words([{ second: 0, reading, crossing: false }])[0] === still) ??
      {}
    expect(second).toBeGreaterThanOrEqual(179)
  })

  it('is not judged where the entries are not', () => {
    const only = origin('conntrack.entries', source('netfilter only', { unjudged: true }))
    const seen = watch((second) => 20_000 + 400 * second, 600, [only])
    expect(seen.at(-1)?.reading.kind).toBe('live')
    expect(seen.some(({ crossing }) => crossing)).toBe(false)
  })
})
