import type { Event } from '../events/event.ts'
import type { Inquiry } from '../events/inquiry.ts'
import type { Transport } from '../events/link.ts'
import type { NodeName } from '../events/subject.ts'
import type { Connect } from '../nodes/connections/connection.ts'
import { createTurns } from '../nodes/connections/turns.ts'
import { type NodeWatch, watchNode } from '../nodes/node-watch.ts'
import { planOf } from '../nodes/plan.ts'
import type { Probe, ProbeSettings } from '../nodes/probe.ts'
import { probes as allProbes } from '../nodes/probes.ts'
import { createPulse } from '../nodes/pulse.ts'
import type { Time } from '../nodes/time.ts'

/** A node to watch and the way to it. */
export interface NodeTarget {
  readonly node: NodeName
  readonly transport: Transport
  readonly connect: Connect
  readonly settings: ProbeSettings
  /** Opt-ins asked for from the start. */
  readonly optIns: ReadonlySet<string>
}

/** All nodes that are watched now; they may come and go. */
export interface NodeWatches {
  /** Settles when the signal has aborted and all have ended; rejects then with what failed first. */
  readonly done: Promise<void>
  has(node: NodeName): boolean
  add(target: NodeTarget): void
  /** Ends watching a node; what it says meanwhile is heard by nobody. */
  remove(node: NodeName): void
  /** For nodes that come later too, where it is for all. */
  optIn(name: string, on: boolean, nodes: readonly NodeName[] | 'all'): void
  sampleNow(): Promise<void>
  /** Of all nodes together; those of a node that comes later are asked of it then. */
  inquire(inquiries: readonly Inquiry[]): void
  inquireAgain(): void
  retry(nodes: readonly NodeName[] | 'all'): void
}

interface Watched {
  readonly watch: NodeWatch
  /** Ends it, and it is heard no more. */
  leave(): void
}

/** What was switched for all nodes, applied to what a node asks for by itself. */
const switched = (own: ReadonlySet<string>, forAll: ReadonlyMap<string, boolean>): ReadonlySet<string> => {
  const asked = new Set(own)
  for (const [name, on] of forAll) {
    if (on) asked.add(name)
    else asked.delete(name)
  }
  return asked
}

export interface NodeWatchesOptions {
  readonly emit: (events: readonly Event[]) => void
  readonly time: Time
  readonly signal: AbortSignal
  /** One has failed, by a fault of ours: whoever hears of it ends the others by the signal. */
  readonly onFailure: () => void
  /** What is sampled of every node: all there is, where nothing is said. */
  readonly probes?: readonly Probe[]
}

export const createNodeWatches = (options: NodeWatchesOptions): NodeWatches => {
  const { emit, time, signal, onFailure, probes = allProbes } = options
  const plan = planOf(probes)
  const turns = createTurns()
  const pulse = createPulse(time.now)
  const watches = new Map<NodeName, Watched>()
  const forAll = new Map<string, boolean>()
  let inquiries: readonly Inquiry[] = []
  // Those that were left end too before all has ended.
  const ending = new Map<Promise<void>, AbortController>()
  const done = Promise.withResolvers<void>()
  let failure: { readonly error: unknown } | undefined

  const settle = (): void => {
    if (!signal.aborted || ending.size > 0) return
    if (failure === undefined) done.resolve()
    else done.reject(failure.error)
  }
  const failed = (error: unknown): void => {
    failure ??= { error }
    onFailure()
  }
  const endAll = (): void => {
    for (const end of ending.values()) end.abort()
    settle()
  }
  // Once for all of them: a signal made of two by AbortSignal.any is ten times the size, for each node.
  signal.addEventListener('abort', endAll, { once: true })
  settle()

  const inquiriesOf = (node: NodeName): readonly Inquiry[] => inquiries.filter((inquiry) => inquiry.node === node)

  const chosen = (nodes: readonly NodeName[] | 'all'): readonly NodeWatch[] =>
    Array.from(watches).flatMap(([node, { watch }]) => (nodes === 'all' || nodes.includes(node) ? [watch] : []))

  return {
    done: done.promise,
    has: (node) => watches.has(node),
    add(target) {
      const end = new AbortController()
      if (signal.aborted) end.abort()
      let isLeft = false
      const watch = watchNode({
        ...target,
        optIns: switched(target.optIns, forAll),
        probes,
        plan,
        emit: (events) => {
          if (!isLeft) emit(events)
        },
        time,
        turns,
        pulse,
        signal: end.signal,
      })
      const leave = (): void => {
        isLeft = true
        end.abort()
      }
      watches.set(target.node, { watch, leave })
      watch.inquire(inquiriesOf(target.node))
      ending.set(watch.done, end)
      void watch.done.catch(failed).then(() => {
        ending.delete(watch.done)
        settle()
      })
    },
    remove(node) {
      watches.get(node)?.leave()
      watches.delete(node)
    },
    optIn(name, on, nodes) {
      if (nodes === 'all') forAll.set(name, on)
      for (const watch of chosen(nodes)) watch.optIn(name, on)
    },
    async sampleNow() {
      await Promise.all(chosen('all').map((watch) => watch.sampleNow()))
    },
    inquire(next) {
      inquiries = next
      for (const [node, { watch }] of watches) watch.inquire(inquiriesOf(node))
    },
    inquireAgain() {
      for (const { watch } of watches.values()) watch.inquireAgain()
    },
    retry(nodes) {
      for (const watch of chosen(nodes)) watch.retry()
    },
  }
}
