import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { LinkState } from '../../source/events/link.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { alarmLines } from '../../source/interface/alarms.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { createStore } from '../../source/store/store.ts'
import { lineText } from '../../source/text/colour.ts'
import { widthOf } from '../../source/text/width.ts'
import { arrival, clock, type Figures, link, origin, reading } from '../scenarios/cluster.ts'
import { anySnapshot } from './arbitraries.ts'

const theme = createTheme('none', 'block')

interface Given {
  readonly figures?: Readonly<Record<string, Figures>>
  readonly lost?: readonly string[]
  readonly calm?: readonly string[]
}

/** Ten seconds of these nodes; the lost ones left after five. */
const told = ({ figures = {}, lost = [], calm = [] }: Given, rows: number, width: number): readonly string[] => {
  const store = createStore()
  const nodes = [...Object.keys(figures), ...lost, ...calm] as NodeName[]
  store.apply(nodes.flatMap((node) => arrival(node, 0)))
  for (let second = 1; second <= 10; second++)
    store.apply([
      ...nodes
        .filter((node) => !lost.includes(node) || second <= 5)
        .map((node) => reading(node, second, figures[node])),
      ...(second === 5 ? lost.map((node) => link(node as NodeName, 5, 'lost', 'connection reset by peer')) : []),
      clock(second),
    ])
  return alarmLines(store.snapshot(), rows, width, theme).map(lineText)
}

const servfail = 'coredns.servfail_share'

/** What the metrics of CoreDNS say by way of the API server. */
const share = (node: NodeName, second: number, value: number): Event => ({
  type: 'sample',
  subject: { node },
  at: second * 1000,
  metrics: [servfail],
  values: Float64Array.of(value),
  observations: Float64Array.of(5000),
})

const full = { 'worker-7': { 'conntrack.fill': 97 } }

describe('what crosses its bands', () => {
  test('is told with node, metric, value and since when', () => {
    expect(told({ figures: full }, 4, 52)).toEqual(['▲ worker-7 CT 97% since 12:00'])
  })

  test('keeps node, value and time where it is narrow, the metric by its heading without its unit', () => {
    expect(told({ figures: full }, 4, 32)).toEqual(['▲ worker-7 CT 97% since 12:00'])
    expect(told({ figures: full }, 4, 28)).toEqual(['▲ worker-7 CT 97% 12:00'])
    expect(told({ figures: { 'gke-prod-eu-west1-x7k2': { 'conntrack.fill': 97 } } }, 4, 28)).toEqual([
      '▲ gke-prod…x7k2 CT 97% 12:00',
    ])
  })

  test('is called by its title where it has no heading, cut before the value is', () => {
    const slow = { 'worker-7': { 'neighbour.fill': 97 } }
    expect(told({ figures: slow }, 4, 52)).toEqual(['▲ worker-7 neighbour table fill 97% since 12:00'])
    expect(told({ figures: slow }, 4, 28)).toEqual(['▲ work…-7 neighbo… 97% 12:00'])
  })

  test('is told by its worst while it lingers, without a unit twice', () => {
    const store = createStore()
    store.apply([...arrival('vm' as NodeName, 0)])
    for (const [second, rate] of [3410, 12, 0].entries())
      store.apply([reading('vm' as NodeName, second, { 'conntrack.early_drop': rate }), clock(second)])
    const line = (width: number) => alarmLines(store.snapshot(), 4, width, theme).map(lineText)[0]
    expect(line(52)).toBe('▲ vm EVICT ending, was 3.41k/s since 12:00')
    expect(line(28)).toBe('▲ vm EVICT was 3.41k/s 12:00')
  })

  test('stands below nodes that were lost', () => {
    expect(told({ figures: full, lost: ['cp-1'] }, 4, 52)).toEqual([
      '▲ cp-1 lost since 12:00  connection reset by peer',
      '▲ worker-7 CT 97% since 12:00',
    ])
  })

  test('is counted where it has no room', () => {
    const all = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`w-${index}`, { 'conntrack.fill': 97 }]))
    const lines = told({ figures: all }, 4, 52)
    expect(lines).toHaveLength(4)
    expect(lines.at(-1)).toBe('6 more')
    expect(told({ figures: all }, 1, 52)).toEqual(['▲ w-0 CT 97% since 12:00 +8'])
  })

  test('leaves room to say how many nodes are quiet', () => {
    expect(told({ figures: full, calm: ['a', 'b'] }, 4, 52).at(-1)).toBe('● 2 nodes quiet')
    expect(told({ calm: ['a'] }, 4, 52)).toEqual(['● 1 node quiet'])
    expect(told({}, 4, 52)).toEqual(['no node is known yet'])
  })

  test('does not count as quiet what was not reached yet', () => {
    const store = createStore()
    store.apply([...arrival('a' as NodeName, 0), link('b' as NodeName, 0, 'connecting'), clock(1)])
    const lines = alarmLines(store.snapshot(), 4, 52, theme).map(lineText)
    expect(lines).toEqual(['● 1 quiet, 1 connecting'])
  })

  describe('by the word of the API server alone', () => {
    const cut = 'worker-3' as NodeName

    /** A node of which CoreDNS's failures are known and nothing else, beside one whose table is full for longer. */
    const withoutLink = (state: LinkState) => {
      const store = createStore()
      store.apply([...arrival('worker-7' as NodeName, 0), link(cut, 0, state), origin(cut, servfail, 'metrics')])
      for (let second = 1; second <= 20; second++)
        store.apply([
          reading('worker-7' as NodeName, second, full['worker-7']),
          ...(second < 5 ? [] : [share(cut, second, 5)]),
          clock(second),
        ])
      return store
    }

    test.each(['not-asked', 'connecting'] as const)('is no lost node while its link is %s', (state) => {
      const lines = alarmLines(withoutLink(state).snapshot(), 4, 60, theme).map(lineText)
      expect(lines).toEqual(['▲ worker-7 CT 97% since 12:00', '▲ worker-3 CoreDNS: share that failed 5% since 12:00'])
    })

    test('stands below the node where it is lost', () => {
      const store = withoutLink('lost')
      expect(alarmLines(store.snapshot(), 4, 60, theme).map(lineText)[0]).toBe('▲ worker-3 lost since 12:00')
    })
  })

  test('takes no more lines and no more cells than there are', () => {
    fc.assert(
      fc.property(anySnapshot(), fc.integer({ min: 1, max: 6 }), (snapshot, rows) => {
        const lines = alarmLines(snapshot, rows, 40, theme)
        expect(lines.length).toBeLessThanOrEqual(rows)
        expect(lines.length).toBeGreaterThan(0)
        for (const line of lines) expect(widthOf(lineText(line))).toBeLessThanOrEqual(40)
      }),
      { numRuns: 100 },
    )
  })
})
