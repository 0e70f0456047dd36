import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../source/events/subject.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { createEmission } from '../../source/nodes/emission.ts'
import { fact, nothingTaken, type Taken, take } from '../../source/nodes/taken.ts'
import { clean } from '../../source/text/clean.ts'

const node = 'worker-1' as NodeName

const taken = (figures: Partial<Record<MetricId, number>>): Taken => {
  const one = nothingTaken()
  for (const [metric, value] of Object.entries(figures)) take(one, metric as MetricId, value)
  return one
}

describe('what the probes of a node took', () => {
  test('becomes one sample of those values that count', () => {
    const emission = createEmission(node)
    emission.add(taken({ 'cpu.busy': 5, 'cpu.steal': 1 }), new Set<MetricId>(['cpu.busy']), 1000)
    const other = nothingTaken()
    take(other, 'conntrack.fill', 97, { observations: 12, window: 5, bound: -1 })
    emission.add(other, new Set<MetricId>(['conntrack.fill', 'cpu.busy']), 1000)
    expect(emission.drain(1000)).toEqual([
      {
        type: 'sample',
        subject: { node },
        at: 1000,
        metrics: ['cpu.busy', 'conntrack.fill'],
        values: [5, 97],
        observations: [Number.NaN, 12],
        windows: [Number.NaN, 5],
        bounds: [0, -1],
      },
    ])
  })

  test('is nothing where nothing counts, and where it was given out already', () => {
    const emission = createEmission(node)
    emission.add(taken({ 'cpu.busy': 5 }), new Set(), 1000)
    expect(emission.drain(1000)).toEqual([])
    emission.add(taken({ 'cpu.busy': 5 }), new Set<MetricId>(['cpu.busy']), 1000)
    expect(emission.drain(1000)).toHaveLength(1)
    expect(emission.drain(2000)).toEqual([])
  })

  test('keeps a gap as a gap', () => {
    const emission = createEmission(node)
    emission.add(taken({ 'cpu.busy': Number.NaN }), new Set<MetricId>(['cpu.busy']), 1000)
    expect(emission.drain(1000)).toMatchObject([{ values: [Number.NaN] }])
  })

  test('has its facts and tallies besides', () => {
    const emission = createEmission(node)
    const one = nothingTaken()
    fact(one, 'kernel.release', clean('6.1.0'))
    one.tallies = [{ what: 'lookup-names', seconds: 10, rows: [{ name: clean('a.example'), count: 3 }], left: 2 }]
    emission.add(one, new Set(), 1000)
    expect(emission.drain(1000)).toEqual([
      { type: 'fact', subject: { node }, fact: 'kernel.release', value: '6.1.0' },
      {
        type: 'tally',
        node,
        at: 1000,
        what: 'lookup-names',
        seconds: 10,
        rows: [{ name: 'a.example', count: 3 }],
        left: 2,
      },
    ])
  })
})
