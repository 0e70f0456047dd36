import type { ApiObject } from './objects.ts'

/** A change, as a watch tells of it. */
export interface Change {
  readonly version: number
  readonly resource: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: ApiObject
}

/** What an API server keeps: objects, one row of versions over all of them, and the changes since the last compaction. */
export interface MockState {
  put(resource: string, object: ApiObject): void
  remove(resource: string, name: string, namespace?: string): void
  /** Forgets all changes so far. */
  compact(): void
  version(): number
  objects(resource: string, namespace?: string): readonly ApiObject[]
  /** Changes after a version; undefined: they are forgotten. */
  since(version: number, resource: string, namespace?: string): readonly Change[] | undefined
  /** Calls back on each change; the result ends that. */
  follow(told: (change: Change) => void): () => void
}

export const isIn = (object: ApiObject, namespace: string | undefined): boolean =>
  namespace === undefined || object.metadata.namespace === namespace

const keyOf = (resource: string, name: string, namespace = ''): string => `${resource} ${namespace}/${name}`

export const createMockState = (): MockState => {
  const objects = new Map<string, { readonly resource: string; readonly object: ApiObject }>()
  const followers = new Set<(change: Change) => void>()
  let changes: Change[] = []
  let version = 100
  let compacted = 100

  const tell = (change: Change): void => {
    changes.push(change)
    for (const follower of followers) follower(change)
  }

  return {
    put(resource, object) {
      const { name, namespace } = object.metadata
      const key = keyOf(resource, name, namespace)
      const type = objects.has(key) ? 'MODIFIED' : 'ADDED'
      version++
      const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
      objects.set(key, { resource, object: kept })
      tell({ version, resource, type, object: kept })
    },
    remove(resource, name, namespace) {
      const key = keyOf(resource, name, namespace)
      const known = objects.get(key)
      if (known === undefined) return
      objects.delete(key)
      version++
      const object = { ...known.object, metadata: { ...known.object.metadata, resourceVersion: String(version) } }
      tell({ version, resource, type: 'DELETED', object })
    },
    compact() {
      compacted = version
      changes = []
    },
    version: () => version,
    objects: (resource, namespace) =>
      [...objects.values()]
        .filter((each) => each.resource === resource && isIn(each.object, namespace))
        .map(({ object }) => object),
    since: (from, resource, namespace) =>
      from < compacted
        ? undefined
        : changes.filter(
            (change) => change.version > from && change.resource === resource && isIn(change.object, namespace),
          ),
    follow(told) {
      followers.add(told)
      return () => void followers.delete(told)
    },
  }
}
