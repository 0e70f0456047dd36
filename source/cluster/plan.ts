import type { RecordKind } from '../events/records.ts'
import type { Lacking } from '../events/sources.ts'
import { lackingOf, permissionFor, type Right } from './permissions.ts'
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

const modeIn = async (
  { group, name }: Resource<RecordKind>,
  namespace: string | undefined,
  can: Can,
): Promise<PlannedScope['mode'] | undefined> => {
  const right = { group, resource: name, namespace }
  const [list, watch] = await Promise.all([can({ ...right, verb: 'list' }), can({ ...right, verb: 'watch' })])
  if (!list) return undefined
  return watch ? 'watch' : 'poll'
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
  const wide = await modeIn(resource, undefined, can)
  if (wide === 'watch') return { scopes: [{ namespace: undefined, mode: 'watch' }], lacking: [] }
  if (wide === 'poll')
    return { scopes: [{ namespace: undefined, mode: 'poll' }], lacking: [lackingOf(permission, ['watch'])] }
  const lacking = [lackingOf(permission, ['list', 'watch'])]
  if (!resource.namespaced) return { scopes: [], lacking }
  const modes = await Promise.all(
    namespaces.map(async (namespace) => ({ namespace, mode: await modeIn(resource, namespace, can) })),
  )
  return {
    scopes: modes.flatMap(({ namespace, mode }) => (mode === undefined ? [] : [{ namespace, mode }])),
    lacking: [
      ...lacking,
      ...modes.flatMap(({ namespace, mode }) => {
        if (mode === 'watch') return []
        return [lackingOf(permission, mode === 'poll' ? ['watch'] : ['list', 'watch'], namespace)]
      }),
    ],
  }
}

/** Whether nothing better can come of other rights. */
export const isBest = ({ scopes }: Plan): boolean =>
  scopes.length === 1 && scopes[0]?.namespace === undefined && scopes[0]?.mode === 'watch'

export const isSamePlan = (one: Plan, other: Plan): boolean =>
  JSON.stringify(one.scopes) === JSON.stringify(other.scopes)
