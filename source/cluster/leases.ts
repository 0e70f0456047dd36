import { clean } from '../text/clean.ts'
import { isAllowed, lackingOf, permissionFor } from './permissions.ts'
import { pollScope } from './poll.ts'
import { startPosition } from './position.ts'
import { resources } from './resource.ts'
import type { Shared } from './shared.ts'
import { createStanding } from './standing.ts'
import { createView } from './view.ts'

/** The leases of kubelets, read only while somebody asks for them. */
export interface Leases {
  on(wanted: boolean): void
  /** Ends with the signal, and never rejects. */
  run(signal: AbortSignal): Promise<void>
}

const polled = clean('listed now and then, while a node has no live connection')

export const createLeases = (shared: Shared): Leases => {
  const resource = resources.lease
  const permission = permissionFor(resource.group, resource.name)
  const namespace = permission.namespace ?? 'kube-node-lease'
  const view = createView(resource, shared.words, shared.emit)
  const standing = createStanding(shared, clean(resource.name), view)
  const { limits, waits, now } = shared
  let wanted = false
  let changed: () => void = () => undefined

  const read = async (signal: AbortSignal): Promise<void> => {
    const right = { group: resource.group, resource: resource.name, verb: 'list', namespace } as const
    const denied = [lackingOf(permission, permission.verbs, namespace)]
    while (!signal.aborted) {
      const allowed = await isAllowed(shared, right, signal)
      standing.over([namespace], [])
      const every = [limits.leases, limits.leases * 1.1] as const
      const end =
        allowed === false
          ? { why: 'forbidden' as const, cause: clean(`a right is missing: ${denied[0]?.rule ?? ''}`) }
          : await pollScope(
              shared,
              { resource, namespace, view },
              startPosition(),
              { every, cause: polled },
              (report) => standing.scope(namespace, report),
              signal,
            )
      if (signal.aborted || end.why === 'stopped') return
      const until = now() + limits.denied
      standing.shut(end.why === 'absent' ? 'absent' : 'denied', end.cause, until, end.why === 'absent' ? [] : denied)
      await waits.pause(limits.denied, signal)
    }
  }

  return {
    on(next) {
      if (wanted === next) return
      wanted = next
      changed()
    },
    async run(signal) {
      while (!signal.aborted) {
        const inner = new AbortController()
        const before = wanted
        const turned = new Promise<void>((resolve) => {
          changed = resolve
          signal.addEventListener('abort', changed, { once: true, signal: inner.signal })
          if (signal.aborted) resolve()
        })
        const reading = before ? read(inner.signal) : Promise.resolve()
        await turned
        inner.abort()
        await reading
        // A lease that nobody renews in our memory looks like a dead kubelet.
        if (before) view.keepOnly([])
        view.flush()
      }
    },
  }
}
