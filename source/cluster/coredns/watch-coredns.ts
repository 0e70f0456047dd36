import type { Event } from '../../events/event.ts'
import type { Absence, Origin } from '../../events/origin.ts'
import type { NodeRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import { clean } from '../../text/clean.ts'
import type { Api } from '../api.ts'
import { createWaits } from '../waits.ts'
import { type CorednsId, type CorednsReadings, corednsIds, corednsStart, foldCoredns, type Scraped } from './fold.ts'
import type { DnsPod } from './pods.ts'
import { type Scrape, scrapeCoredns } from './scrape.ts'

type Scraping = Scrape & { readonly pod: DnsPod }

export interface WatchCorednsOptions {
  readonly api: Api
  readonly pods: () => readonly DnsPod[] | Absence | undefined
  /** As they are now; one that was gone and is back is another record. */
  readonly nodes: () => readonly Pick<NodeRecord, 'id' | 'created'>[]
  readonly emit: (events: readonly Event[]) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** Milliseconds between two rounds. */
  readonly every?: number
}

/** Pods that are read in a round: a cluster has two, or one a node where it is a daemon set. */
const most = 64
const tier = clean('CoreDNS metrics')
const source: Origin = { tier, scope: 'pod' }
const elsewhere: Absence = { missing: 'not-applicable', advice: clean('no CoreDNS pod runs on this node') }

/** Why a node has no figures although a pod is there: it is behind those that are read. */
const beyond = (all: number): Absence => ({
  missing: 'no-data',
  advice: clean(`only ${most} of the ${all} pods of CoreDNS are read, and none of this node is among them`),
})

const sameOrigin = (one: Origin | undefined, other: Origin): boolean => JSON.stringify(one) === JSON.stringify(other)

const originOf = (readings: CorednsReadings, id: CorednsId, from: Origin): Origin => {
  const reading = readings[id]
  return 'missing' in reading ? { missing: reading.missing, advice: clean(reading.advice) } : from
}

/** Where a node's figures come from: part of its pods is not all of them. */
const sourceOf = (some: number, of: number): Origin =>
  some === of ? source : { tier: clean(`CoreDNS metrics, ${some} of ${of} pods`), scope: 'pod' }

/** What CoreDNS counts itself, on the nodes that its pods run on. Never rejects; ends with the signal. */
export const watchCoredns = async (options: WatchCorednsOptions): Promise<void> => {
  const { api, emit, now, signal, every = 10_000 } = options
  const waits = createWaits()
  const states = new Map<NodeName, typeof corednsStart>()
  const told = new Map<NodeName, { readonly created: number; readonly origins: Map<CorednsId, Origin> }>()

  const originEvents = (node: NodeName, of: (id: CorednsId) => Origin): readonly Event[] => {
    const before = told.get(node)?.origins ?? new Map<CorednsId, Origin>()
    return corednsIds.flatMap((metric): readonly Event[] => {
      const origin = of(metric)
      if (sameOrigin(before.get(metric), origin)) return []
      before.set(metric, origin)
      return [{ type: 'origin', subject: { node }, metric, origin }]
    })
  }

  /** `here`: all pods of the node, also those that are not read. */
  const tell = (node: NodeName, at: number, scrapes: readonly Scraping[], here: readonly DnsPod[]): void => {
    const read = scrapes.flatMap((one): readonly Scraped[] =>
      'page' in one ? [{ pod: one.pod.incarnation, at: one.at, page: one.page }] : [],
    )
    const [failed] = scrapes.flatMap((one): readonly Absence[] =>
      'missing' in one ? [{ missing: one.missing, advice: one.advice }] : [],
    )
    if (read.length === 0 && failed !== undefined) {
      emit(originEvents(node, () => failed))
      return
    }
    const pods = here.map(({ incarnation }) => incarnation)
    const { state, readings, of } = foldCoredns(states.get(node) ?? corednsStart, read, pods)
    // Nothing stands behind a gap: then it says who answers.
    const from = sourceOf(of > 0 ? of : read.length, here.length)
    states.set(node, state)
    const given = corednsIds.flatMap((metric) => {
      const reading = readings[metric]
      return 'missing' in reading ? [] : [{ metric, ...reading }]
    })
    emit([
      ...originEvents(node, (id) => originOf(readings, id, from)),
      {
        type: 'sample',
        subject: { node },
        at,
        metrics: given.map(({ metric }) => metric),
        values: given.map(({ value }) => value),
        observations: given.map(({ observations }) => observations),
        windows: given.map(({ window }) => window),
        bounds: given.map(({ bound }) => bound),
      },
    ])
  }

  const round = async (): Promise<void> => {
    const known = options.pods()
    if (known === undefined) return
    const pods = 'missing' in known ? [] : known
    const scrapes = await Promise.all(
      pods.slice(0, most).map(async (pod) => ({ pod, ...(await scrapeCoredns(api, pod, now, signal)) })),
    )
    if (signal.aborted) return
    const nodes = new Map(options.nodes().map(({ id, created }) => [id, created]))
    for (const [node, { created }] of told) {
      // The store forgot it as it went.
      if (Object.is(nodes.get(node), created)) continue
      states.delete(node)
      told.delete(node)
    }
    for (const [node, created] of nodes) {
      if (!told.has(node)) told.set(node, { created, origins: new Map() })
      if ('missing' in known) {
        emit(originEvents(node, () => known))
        continue
      }
      const here = pods.filter((pod) => pod.node === node)
      const scraped = scrapes.filter(({ pod }) => pod.node === node)
      if (scraped.length > 0) tell(node, now(), scraped, here)
      else emit(originEvents(node, () => (here.length > 0 ? beyond(pods.length) : elsewhere)))
      if (here.length === 0) states.delete(node)
    }
  }

  // Soon at first, and once more for the first growth; then every ten seconds.
  for (let rounds = 0; !signal.aborted; rounds += 1) {
    await round()
    await waits.keep(rounds < 5 ? every / 5 : every, signal)
  }
}
