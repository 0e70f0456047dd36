import { describe, expect, it } from 'vitest'
import { etcdTier } from '../../../../source/nodes/probes/etcd/tier.ts'
import type { Taken } from '../../../../source/nodes/taken.ts'
import { contextOf, sectionsOf } from '../../section.ts'
import { behindOf as behind, observationsOf, valueOf } from '../recorded.ts'
import { metricsText } from './metrics-text.ts'

const [section] = sectionsOf({}, [{ uptime: 1, files: {} }])
if (section === undefined) throw new Error('no section')
const context = contextOf(section)
const without = { ...context, flags: { ...context.flags, tools: new Set<string>() } }

/** An answer of etcd after these calls, in milliseconds. */
const answered = (calls: readonly number[]): string => `url 1\n${metricsText(calls)}ended 0\n`
const refused = 'url 1\nended 7\n'

/** What is taken from answers that come ten seconds apart. */
const taken = (...texts: readonly string[]): readonly Taken[] => {
  let state = etcdTier.start
  return texts.map((text, run) => {
    const seconds = run === 0 ? Number.NaN : 10
    const step = etcdTier.step(state, { text, status: 0, seconds, cut: false }, context)
    state = step.state
    return step.taken
  })
}

const last = (...texts: readonly string[]): Taken => taken(...texts).at(-1) ?? { ...none }
const none = etcdTier.step(etcdTier.start, { text: '', status: 0, seconds: 1, cut: false }, context).taken

/** So many calls of some milliseconds each. */
const calls = (count: number, milliseconds: number): readonly number[] =>
  Array.from({ length: count }, () => milliseconds)

describe("etcd's own fdatasync figures", () => {
  it('begin with a gap', () => {
    const first = last(answered(calls(5000, 3)))
    expect(valueOf(first, 'fdatasync.mean')).toBeNaN()
    expect(first.missing.get('fdatasync.p99')).toMatchObject({ missing: 'no-data' })
  })

  it('speak of the last interval, not of all time', () => {
    const before = calls(1000, 90)
    const now = last(answered(before), answered([...before, ...calls(30, 2), ...calls(10, 6)]))
    expect(valueOf(now, 'fdatasync.mean')).toBeCloseTo(3, 9)
    expect(behind(now, 'fdatasync.mean')).toEqual({ observations: 40, window: 10 })
  })

  it('give a median from ten calls on, and a 99th percentile from five hundred on', () => {
    const few = last(answered([]), answered(calls(9, 3)))
    expect(few.missing.get('fdatasync.p50')?.advice).toContain('9 of 10 observations')
    const some = last(answered([]), answered(calls(499, 3)))
    expect(valueOf(some, 'fdatasync.p50')).toBeCloseTo(3, 9)
    expect(some.missing.get('fdatasync.p99')?.advice).toContain('499 of 500 observations')
    expect(valueOf(last(answered([]), answered(calls(500, 3))), 'fdatasync.p99')).toBeCloseTo(3.98, 9)
  })

  it('gather calls over several intervals until a percentile has enough', () => {
    const now = last(answered([]), answered(calls(300, 3)), answered(calls(600, 3)))
    expect(behind(now, 'fdatasync.p99')).toEqual({ observations: 600, window: 20 })
    expect(behind(now, 'fdatasync.p50')).toEqual({ observations: 300, window: 10 })
  })

  it('are only known to lie below 1 ms on a fast disk, and above 8,192 ms on a dead one', () => {
    const fast = last(answered([]), answered(calls(600, 0.2)))
    expect([valueOf(fast, 'fdatasync.p99'), behind(fast, 'fdatasync.p99')?.bound]).toEqual([1, -1])
    const dead = last(answered([]), answered(calls(600, 20_000)))
    expect([valueOf(dead, 'fdatasync.p50'), behind(dead, 'fdatasync.p50')?.bound]).toEqual([8192, 1])
  })

  it('count as slow what took more than 8 ms', () => {
    const now = last(answered([]), answered([...calls(150, 7), ...calls(50, 9)]))
    expect(valueOf(now, 'fdatasync.slow_share')).toBe(25)
    expect(observationsOf(now, 'fdatasync.slow_share')).toBe(200)
  })

  it('have no maximum, and say so', () => {
    expect(last(answered([1])).missing.get('fdatasync.max')?.advice).toContain('etcd keeps no maximum')
  })

  it('are a gap, and never 0, while etcd writes nothing', () => {
    const idle = last(answered(calls(50, 3)), answered(calls(50, 3)))
    expect(valueOf(idle, 'fdatasync.mean')).toBeNaN()
    expect(observationsOf(idle, 'fdatasync.mean')).toBe(0)
    expect(valueOf(idle, 'fdatasync.slow_share')).toBeNaN()
  })

  it('are a gap after etcd was restarted, and do not mix both lives', () => {
    const [, , restarted, later] = taken(
      answered([]),
      answered(calls(700, 3)),
      answered(calls(20, 3)),
      answered(calls(40, 3)),
    )
    expect(valueOf(restarted ?? none, 'fdatasync.mean')).toBeNaN()
    expect(later?.missing.get('fdatasync.p99')?.advice).toContain('20 of 500 observations')
  })

  it('are a gap when another etcd answers, whose figures are another story', () => {
    const named = { ...context, settings: { ...context.settings, etcdMetrics: ['http://127.0.0.1:9999/metrics'] } }
    const step = (from: typeof etcdTier.start, text: string) =>
      etcdTier.step(from, { text, status: 0, seconds: 10, cut: false }, named)
    const one = step({ ...etcdTier.start, seconds: 0 }, answered(calls(10, 3)))
    const other = step(one.state, `url 1\nended 7\n${answered(calls(50, 3)).replace('url 1', 'url 2')}`)
    expect(valueOf(other.taken, 'fdatasync.mean')).toBeNaN()
    expect(other.taken.details.get('fdatasync.mean')?.words).toBe('127.0.0.1:2381')
  })

  it('span a run that failed', () => {
    const now = last(answered([]), 'url 1\nended 28\n', answered(calls(20, 3)))
    expect(behind(now, 'fdatasync.mean')).toMatchObject({ observations: 20, window: 20 })
  })

  it('name where they come from, and speak of the machine', () => {
    expect(last(answered([])).details.get('fdatasync.mean')).toEqual({ words: '127.0.0.1:2381', scope: 'machine' })
  })
})

describe('a node without etcd', () => {
  it('says so for every figure', () => {
    const missing = last(refused).missing
    expect([...missing.keys()].toSorted()).toEqual([...etcdTier.metrics].toSorted())
    expect(missing.get('fdatasync.mean')).toMatchObject({ missing: 'not-applicable' })
  })

  it('is told from one whose etcd answered before', () => {
    expect(last(answered([]), refused).missing.get('fdatasync.mean')).toMatchObject({
      missing: 'no-data',
      advice: expect.stringContaining('etcd answered here before'),
    })
  })

  it('is asked less often', () => {
    expect(etcdTier.idle).toBeGreaterThan(etcdTier.every)
  })

  it('cannot be told without a tool to ask', () => {
    expect(etcdTier.program(without)).toMatchObject({ missing: 'no-tool' })
  })
})
