import { parseAllDocuments } from 'yaml'
import { permissions } from '../../../source/cluster/permissions-table.ts'
import { rbacManifest } from '../../../source/cluster/rbac.ts'
import type { Lab } from '../cluster.ts'
import type { Fault } from './fault.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources?: readonly string[]
  readonly verbs: readonly string[]
}

interface Role {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly Rule[]
}

const grants = (kind: string, { resources }: Rule): boolean => resources?.includes(kind) === true

/** The role of `kntop rbac` that lets its holder read one kind of object. */
const roleFor = (kind: string): Role => {
  const roles = parseAllDocuments(rbacManifest()).map((document) => document.toJS() as Role)
  const found = roles.find(({ rules }) => rules?.some((rule) => grants(kind, rule)))
  if (found !== undefined) return found
  const known = permissions.map(({ resource }) => resource).join(', ')
  throw new Error(`kntop has no permission for ${kind} that could be taken away, but for: ${known}`)
}

const without = (kind: string, rule: Rule): readonly Rule[] => {
  const resources = rule.resources?.filter((resource) => resource !== kind) ?? []
  return grants(kind, rule) ? (resources.length === 0 ? [] : [{ ...rule, resources }]) : [rule]
}

const change = async (
  { kubectl }: Lab,
  kind: string,
  rules: (now: readonly Rule[]) => readonly Rule[],
): Promise<void> => {
  const { kind: sort, metadata } = roleFor(kind)
  const place = metadata.namespace === undefined ? [] : [`--namespace=${metadata.namespace}`]
  const now = JSON.parse(await kubectl(['get', sort, metadata.name, ...place, '--output=json'])) as Role
  await kubectl(['replace', '--filename=-'], JSON.stringify({ ...now, rules: rules(now.rules ?? []) }))
}

export const noPermission: Fault = {
  name: 'no-permission',
  what: "kntop's own user may no longer read one kind of object",
  usual: () => 'services',
  check: (_, kind) => void roleFor(kind),
  on: (lab, kind) => change(lab, kind, (now) => now.flatMap((rule) => without(kind, rule))),
  off: (lab, kind) =>
    change(lab, kind, (now) => {
      const own = roleFor(kind).rules?.find((rule) => grants(kind, rule))
      return own === undefined ? now : [...now, { ...own, resources: [kind] }]
    }),
}
