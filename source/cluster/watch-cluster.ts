import type { Event } from '../events/event.ts'
import type { Lacking } from '../events/sources.ts'
import { clean } from '../text/clean.ts'
import type { Api } from './api.ts'
import { createFirstStates } from './first-states.ts'
import { follow } from './follow.ts'
import { createLeases } from './leases.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { createPace } from './pace.ts'
import { isAllowed, lackingOf } from './permissions.ts'
import { permissions } from './permissions-table.ts'
import { createRelists } from './relists.ts'
import { resources } from './resource.ts'
import { createServer, ping } from './server.ts'
import type { Shared } from './shared.ts'
import { createWords } from './slim/fields.ts'
import { createWaits } from './waits.ts'

export interface WatchClusterOptions {
  readonly api: Api
  /** Those that are read where a resource may not be read everywhere: of the settings, else of the context. */
  readonly namespaces: readonly string[]
  readonly emit: (events: readonly Event[]) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly signal: AbortSignal
  readonly limits?: Partial<Limits>
  /** From 0 to 1. */
  readonly random?: () => number
}

/** A cluster that is being watched. */
export interface ClusterWatch {
  /** Resolves when everything has ended, after the signal; never rejects. */
  readonly done: Promise<void>
  /** Reads the leases of kubelets, or leaves that: they are wanted while some node has no live connection. */
  leases(on: boolean): void
  /** Tries at once whatever waits for its time. */
  retry(): void
}

/**
 * Watches nodes, pods, services, endpoint slices and namespaces of a cluster and tells of them in events. Whatever the server
 * does, it goes on until the signal aborts.
 */
export const watchCluster = ({
  api,
  namespaces,
  emit,
  now,
  signal,
  limits: given = {},
  random = Math.random,
}: WatchClusterOptions): ClusterWatch => {
  const limits = { ...defaultLimits, ...given }
  const waits = createWaits()
  const server = createServer((status) => emit([{ type: 'api', status }]), now, waits.wake)
  const shared: Shared = {
    api,
    emit,
    now,
    random,
    limits,
    waits,
    pace: createPace(limits.slice, now),
    words: createWords(),
    relists: createRelists(limits.relist, now, waits),
    firstStates: createFirstStates(),
    heard: server.heard,
    dated: server.dated,
  }
  const leases = createLeases(shared)
  const running = [
    ping(shared, server, signal),
    // The smallest first: it finds out for the others how a first state comes.
    follow(shared, resources.namespace, [], signal),
    follow(shared, resources.node, [], signal),
    follow(shared, resources.service, namespaces, signal),
    follow(shared, resources.endpointslice, namespaces, signal),
    follow(shared, resources.pod, namespaces, signal),
    leases.run(signal),
    probeOthers(shared, signal),
  ]
  return {
    done: Promise.all(running).then(() => undefined),
    leases: leases.on,
    retry: waits.wake,
  }
}

const watched: ReadonlySet<string> = new Set(Object.values(resources).map(({ name }) => name))

/** Tells of the rights that others here make use of, now and every few minutes. */
const probeOthers = async (shared: Shared, signal: AbortSignal): Promise<void> => {
  const { limits, waits, now, emit } = shared
  const nothing = clean('')
  while (!signal.aborted) {
    for (const permission of permissions.filter(({ resource }) => !watched.has(resource))) {
      const { group, resource, namespace } = permission
      const answers = await Promise.all(
        permission.verbs.map(async (verb) => ({
          verb,
          allowed: await isAllowed(shared, { group, resource, verb, namespace }, signal),
        })),
      )
      if (signal.aborted) return
      const verbs = answers.filter(({ allowed }) => allowed === false).map(({ verb }) => verb)
      const lacking: readonly Lacking[] = verbs.length === 0 ? [] : [lackingOf(permission, verbs, namespace)]
      const status = {
        state:
          lacking.length > 0 ? 'denied' : answers.some(({ allowed }) => allowed === undefined) ? 'starting' : 'live',
        cause: lacking[0] === undefined ? nothing : clean(`a right is missing: ${lacking[0].rule}`),
        known: Number.NaN,
        until: now() + limits.denied,
        lacking,
        leftOut: 0,
        leftOutCause: nothing,
      } as const
      emit([{ type: 'source', source: clean(resource), status }])
    }
    await waits.pause(limits.denied, signal)
  }
}
