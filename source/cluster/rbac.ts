import { stringify } from 'yaml'
import { type Permission, permissions } from './permissions-table.ts'

const name = 'kntop'

const yaml = (document: object): string => stringify(document, { aliasDuplicateObjects: false })

/** As a comment, wrapped at 80 columns. */
const comment = (text: string): string =>
  text
    .replace(/(.{1,76})(?:\s+|$)/g, '$1\n')
    .trimEnd()
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('')

/** Resources of one group that are read in the same ways share a rule. */
const rulesOf = (rights: readonly Permission[]): readonly object[] =>
  Array.from(Map.groupBy(rights, ({ group, verbs }) => `${group} ${verbs.join()}`).values(), (alike) => ({
    apiGroups: [alike[0]?.group],
    resources: alike.map(({ resource }) => resource),
    verbs: [...(alike[0]?.verbs ?? [])],
  }))

interface Role {
  readonly kind: 'ClusterRole' | 'Role'
  readonly name: string
  readonly namespace: string | undefined
  readonly permissions: readonly Permission[]
}

/** One role for each place and, apart, for each right that wants a thought. */
const rolesOf = (table: readonly Permission[]): readonly Role[] => {
  const needed = Map.groupBy(
    table.filter(({ optional }) => optional === undefined),
    ({ namespace }) => namespace,
  )
  const optional = table.filter((permission) => permission.optional)
  return [
    ...Array.from(needed, ([namespace, rights]) => ({ name, namespace, permissions: rights })),
    ...optional.map((permission) => ({
      name: `${name}-${permission.resource.replaceAll('/', '-')}`,
      namespace: permission.namespace,
      permissions: [permission],
    })),
  ].map((role) => ({ ...role, kind: role.namespace === undefined ? 'ClusterRole' : 'Role' }))
}

const metadataOf = ({ name: called, namespace }: Role): object => ({
  name: called,
  ...(namespace === undefined ? {} : { namespace }),
})

const apiGroup = 'rbac.authorization.k8s.io'

const roleText = (role: Role): string => {
  const feeds = role.permissions.map(({ resource, feeds: what }) => comment(`${resource}: ${what}`)).join('')
  const optional = role.permissions.some((permission) => permission.optional)
    ? comment(
        'Optional: leave this document and its binding out if you like; what it feeds is missing then. It lets its holder send GET to every port of the pods of this namespace.',
      )
    : ''
  const manifest = {
    apiVersion: `${apiGroup}/v1`,
    kind: role.kind,
    metadata: metadataOf(role),
    rules: rulesOf(role.permissions),
  }
  return `${optional}${feeds}${yaml(manifest)}`
}

const bindingText = (role: Role): string =>
  yaml({
    apiVersion: `${apiGroup}/v1`,
    kind: `${role.kind}Binding`,
    metadata: metadataOf(role),
    roleRef: { apiGroup, kind: role.kind, name: role.name },
    subjects: [{ kind: 'Group', apiGroup, name }],
  })

/** The roles that let kntop read what it reads and nothing else, as YAML for `kubectl apply -f -`. */
export const rbacManifest = (table: readonly Permission[] = permissions): string => {
  const head = comment(
    `What kntop asks an API server for: it reads, and never asks for secrets, exec, attach, port-forward or nodes/proxy. The bindings are for the group "${name}": put your own group, user or service account there.`,
  )
  const documents = rolesOf(table).flatMap((role) => [roleText(role), bindingText(role)])
  return `${head}---\n${documents.join('---\n')}`
}
