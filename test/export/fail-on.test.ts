import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../source/export/fail-on.ts'
import { api, clock, link, lost, sample, snapshotOf, source, worker } from './sample.ts'

const busy = (fill: number) => [
  clock(0),
  link(worker, 'live'),
  sample(worker, 0, { 'conntrack.fill': { value: fill } }),
  sample(worker, 4000, { 'conntrack.fill': { value: fill } }),
  clock(4000),
]

describe('the exit code', () => {
  it.each([
    [10, undefined, 0],
    [95, undefined, 0],
    [75, 'warning', 0],
    [82, 'warning', 3],
    [82, 'critical', 0],
    [95, 'critical', 3],
    [95, 'warning', 3],
  ] as const)('with a table %i %% full and --fail-on %s is %i', (fill, failOn, code) => {
    expect(exitCodeOf(snapshotOf(busy(fill)), failOn)).toBe(code)
  })

  it('of a node that is not watched beside one that is, is reached', () => {
    const snapshot = snapshotOf([...busy(10), link(lost, 'denied', 'key refused')])
    expect(exitCodeOf(snapshot, 'critical')).toBe(3)
    expect(exitCodeOf(snapshot, undefined)).toBe(0)
  })

  it('of a node that is still connecting is reached, however short', () => {
    const snapshot = snapshotOf([...busy(10), link(lost, 'connecting', '', 4100)])
    expect(exitCodeOf(snapshot, 'critical')).toBe(3)
  })

  it('is 1 where an API server answers and tells of no node', () => {
    expect(exitCodeOf(snapshotOf([clock(0), api('', 'live'), source('nodes', 'too many requests')]), undefined)).toBe(1)
  })

  it('is 1 where nothing could be watched, whatever is asked', () => {
    const snapshot = snapshotOf([clock(0), link(lost, 'lost', 'gone')])
    expect([exitCodeOf(snapshot, undefined), exitCodeOf(snapshot, 'warning')]).toEqual([1, 1])
    expect(exitCodeOf(snapshotOf([]), undefined)).toBe(1)
  })
})
