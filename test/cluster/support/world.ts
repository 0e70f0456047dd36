import fc from 'fast-check'
import { expect } from 'vitest'
import type { Api } from '../../../source/cluster/api.ts'
import type { Limits } from '../../../source/cluster/limits.ts'
import { watchCluster } from '../../../source/cluster/watch-cluster.ts'
import type { Event } from '../../../source/events/event.ts'
import { createStore } from '../../../source/store/store.ts'

/**
 * An API server that things are done to, the mock or a real one. Services stand for all resources: nobody but us changes those
 * without a selector.
 */
export interface World {
  readonly api: Api
  /** Makes a service, or changes one that is there. */
  put(name: string): Promise<void>
  remove(name: string): Promise<void>
  /** Forgets the history of changes. */
  compact(): Promise<void>
  /** Breaks all connections. */
  disconnect(): Promise<void>
  /** Something goes wrong for a while. */
  trouble(): Promise<void>
  /** All services by `namespace/name`, with their versions, asked for anew. */
  list(): Promise<ReadonlyMap<string, string>>
}

type Step =
  | { readonly do: 'put' | 'remove'; readonly name: string }
  | { readonly do: 'compact' | 'disconnect' | 'trouble' | 'look' }

const name = fc.integer({ min: 0, max: 9 }).map((number) => `model-${number}`)

/** What may happen in a world. */
export const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('compact' as const, 'disconnect', 'trouble', 'look') }) },
  ),
  { maxLength: 40 },
)

const take = async (world: World, step: Step): Promise<void> => {
  switch (step.do) {
    case 'put':
      return world.put(step.name)
    case 'remove':
      return world.remove(step.name)
    case 'compact':
      return world.compact()
    case 'disconnect':
      return world.disconnect()
    case 'trouble':
      return world.trouble()
    case 'look':
      return undefined
  }
}

/** Whether an event contradicts what was told before: something gone that was not there, or the same told twice. */
export const contradiction = (event: Event, told: Map<string, string>): string | undefined => {
  if (event.type !== 'record' || event.kind !== 'service') return undefined
  const id = event.change === 'put' ? event.record.id : event.id
  if (event.change === 'gone') return told.delete(id) ? undefined : `${id} is gone and was not there`
  if (told.get(id) === event.record.version) return `${id} was told twice as of ${event.record.version}`
  told.set(id, event.record.version)
  return undefined
}

/** Watches a world while things are done to it, and holds what is known against a fresh list whenever somebody looks. */
export const watchWorld = async (world: World, done: readonly Step[], limits: Partial<Limits>): Promise<void> => {
  const store = createStore()
  const told = new Map<string, string>()
  const contradictions: string[] = []
  const controller = new AbortController()
  const watch = watchCluster({
    api: world.api,
    namespaces: [],
    emit(events) {
      store.apply(events)
      for (const event of events) contradictions.push(...[contradiction(event, told) ?? []].flat())
    },
    now: () => performance.now(),
    signal: controller.signal,
    limits,
  })
  const known = (): unknown =>
    [...store.snapshot().records.services.values()].map(({ id, version }) => `${id} ${version}`).toSorted()
  const look = async (): Promise<void> => {
    const fresh = Array.from(await world.list(), ([id, version]) => `${id} ${version}`).toSorted()
    await expect.poll(known).toEqual(fresh)
  }
  try {
    for (const step of done) {
      await take(world, step)
      if (step.do === 'look') await look()
    }
    await look()
    expect(contradictions).toEqual([])
  } finally {
    controller.abort()
    await watch.done
  }
}
