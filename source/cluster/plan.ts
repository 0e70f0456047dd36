import type { RecordKind } from '../events/records.ts'
import type { Lacking } from '../events/sources.ts'
import { lackingOf, permissionFor, type Right } from './permissions.ts'
import type { Verb } from './permissions-table.ts'
import type { Resource } from './resource.ts'

/** One scope, and whether it is watched or polled. */
export interface PlannedScope {
  readonly namespace: string | undefined
  readonly mode: 'watch' | 'poll'
}

/** How a resource is read with the rights that there are. No scopes: it cannot be. */
export interface Plan {
  readonly scopes: readonly PlannedScope[]
  readonly lacking: readonly Lacking[]
}

type Can = (right: Right) => Promise<boolean>

/** What of a right there is, and what is missing of it, in one place. */
interface Reach {
  /** Undefined: nothing can be read there. */
  readonly mode: PlannedScope['mode'] | undefined
  readonly missing: readonly Verb[]
}

const reachIn = async (
  { group, name }: Resource<RecordKind>,
  namespace: string | undefined,
  can: Can,
): Promise<Reach> => {
  const right = { group, resource: name, namespace }
  const [list, watch] = await Promise.all([can({ ...right, verb: 'list' }), can({ ...right, verb: 'watch' })])
  const missing: readonly Verb[] = [...(list ? [] : ['list' as const]), ...(watch ? [] : ['watch' as const])]
  return { mode: list ? (watch ? 'watch' : 'poll') : undefined, missing }
}

/**
 * The best way that the rights allow: everywhere, else in those namespaces where it is allowed; watched where that is
 * allowed, else polled.
 */
export const planFor = async (
  resource: Resource<RecordKind>,
  namespaces: readonly string[],
  can: Can,
): Promise<Plan> => {
  const permission = permissionFor(resource.group, resource.name)
  const wide = await reachIn(resource, undefined, can)
  const lacking = wide.missing.length === 0 ? [] : [lackingOf(permission, wide.missing)]
  if (wide.mode !== undefined) return { scopes: [{ namespace: undefined, mode: wide.mode }], lacking }
  if (!resource.namespaced) return { scopes: [], lacking }
  const narrow = await Promise.all(
    namespaces.map(async (namespace) => ({ namespace, ...(await reachIn(resource, namespace, can)) })),
  )
  return {
    scopes: narrow.flatMap(({ namespace, mode }) => (mode === undefined ? [] : [{ namespace, mode }])),
    lacking: [
      ...lacking,
      ...narrow.flatMap(({ namespace, missing }) =>
        missing.length === 0 ? [] : [lackingOf(permission, missing, namespace)],
      ),
    ],
  }
}

/** Whether nothing better can come of other rights. */
export const isBest = ({ scopes }: Plan): boolean =>
  scopes.length === 1 && scopes[0]?.namespace === undefined && scopes[0]?.mode === 'watch'

export const isSamePlan = (one: Plan, other: Plan): boolean =>
  JSON.stringify(one.scopes) === JSON.stringify(other.scopes)
