import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Event } from '../source/events/event.ts'
import type { NodeName } from '../source/events/subject.ts'
import { catalogue, type MetricId } from '../source/metrics/catalogue.ts'
import { createStore, type Store } from '../source/store/store.ts'
import { clean } from '../source/text/clean.ts'
import { type Measured, median, rounded } from './measured.ts'

const metrics: readonly MetricId[] = catalogue.map(({ id }) => id).filter((id) => id !== 'conntrack.time_to_full')
const everySecond = metrics.filter((id) => catalogue.find((metric) => metric.id === id)?.period === 1)

const nodeNames = (count: number): readonly NodeName[] =>
  Array.from({ length: count }, (_, index) => `worker-${index}` as NodeName)

const origins = (node: NodeName): readonly Event[] =>
  metrics.map((metric) => ({
    type: 'origin',
    subject: { node },
    metric,
    origin: { tier: clean('proc'), scope: 'host' },
  }))

const unitOf = new Map<MetricId | undefined, string>(catalogue.map(({ id, unit }) => [id, unit]))

/** A calm cluster: the table half empty, nothing lost, milliseconds below their levels. `moving` is 0 to 39. */
const usual = (id: MetricId | undefined, moving: number): number => {
  if (id === 'conntrack.max') return 262_144
  if (unitOf.get(id) === 'count') return 100_000 + moving * 10
  if (unitOf.get(id) === 'bit/s') return 1e8 + moving * 1e6
  if (unitOf.get(id) === 'ms') return 1 + moving / 20
  if (id === 'tcp.retransmit_share' || id === 'dns.servfail_share' || id === 'fdatasync.slow_share') return 0.1
  return unitOf.get(id) === '%' && id !== 'kntop.node_cpu' && id !== 'cpu.steal' ? moving / 3 : 0
}

/** A second of a node, as its probes give it: groups of 1 s always, those of 5 s every fifth time. */
const second = (node: NodeName, tick: number, phase: number): Event => {
  const taken = (tick + phase) % 5 === 0 ? metrics : everySecond
  const values = new Float64Array(taken.length)
  for (let index = 0; index < values.length; index++) {
    values[index] = usual(taken[index], (tick * 7 + index * 13 + phase) % 40)
  }
  const observations = new Float64Array(taken.length).fill(500)
  return {
    type: 'sample',
    subject: { node },
    at: tick * 1000 + phase,
    metrics: taken,
    values,
    observations,
    windows: new Float64Array(taken.length).fill(1),
    bounds: new Int8Array(taken.length),
  }
}

interface Run {
  /** Milliseconds that a second of all nodes takes: the median, so that what else the machine does weighs little. */
  readonly usual: number
  /** The longest that one call held up everything else, ms. */
  readonly longest: number
  readonly crossings: number
}

const run = (store: Store, nodes: readonly NodeName[], from: number, ticks: number): Run => {
  let total = 0
  const totals: number[] = []
  let longest = 0
  let crossings = 0
  const timed = (work: () => void): void => {
    const begun = performance.now()
    work()
    const took = performance.now() - begun
    total += took
    longest = Math.max(longest, took)
  }
  for (let tick = from; tick < from + ticks; tick++) {
    total = 0
    for (const [index, node] of nodes.entries()) {
      const events = [second(node, tick, index % 997)]
      timed(() => store.apply(events))
    }
    timed(() => {
      store.apply([{ type: 'clock', at: tick * 1000 + 999, wall: 1_770_000_000_000 + tick * 1000, late: 0 }])
      const snapshot = store.snapshot()
      for (const node of snapshot.nodes.values()) node.worst()
      crossings += snapshot.crossings.length
    })
    totals.push(total)
  }
  return { usual: median(totals), longest, crossings }
}

/** Bytes that live objects hold in the heap, where no history is. */
const held = (): number => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

const measure = (count: number, ticks: number): readonly Measured[] => {
  const before = held()
  const store = createStore()
  const nodes = nodeNames(count)
  store.apply(nodes.flatMap((node) => origins(node)))
  const filling = run(store, nodes, 0, 60)
  const steady = run(store, nodes, 60, ticks)
  const megabytes = (held() - before) / 2 ** 20
  const { history } = store.snapshot()
  const name = `store, ${count} nodes`
  return [
    {
      name: `${name}: apply and snapshot, per node and second`,
      value: rounded((steady.usual * 1000) / count),
      unit: 'µs',
      budget: 40,
    },
    { name: `${name}: longest call while nodes come`, value: rounded(filling.longest), unit: 'ms', budget: 100 },
    { name: `${name}: longest call afterwards`, value: rounded(steady.longest), unit: 'ms', budget: 100 },
    { name: `${name}: heap held`, value: rounded(megabytes), unit: 'MB', budget: 30 },
    { name: `${name}: history`, value: rounded(history.allocated / 2 ** 20), unit: 'MB', budget: 64 },
    { name: `${name}: full rate held, columns`, value: history.shown.seconds, unit: 's', atLeast: 300 },
    { name: `${name}: minutes held, columns`, value: history.shown.minutes, unit: 'min', atLeast: 120 },
    { name: `${name}: full rate held, others`, value: history.other.seconds, unit: 's' },
    { name: `${name}: minutes held, others`, value: history.other.minutes, unit: 'min' },
  ]
}

/** What the store takes for a usual cluster and for the largest that has a budget. */
export const benchStore = async (): Promise<readonly Measured[]> => [...measure(80, 600), ...measure(1000, 120)]
