import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { type Permission, permissions, type Verb } from '../../../../source/cluster/permissions-table.ts'
import { rbacManifest } from '../../../../source/cluster/rbac.ts'
import { pkiFolder } from '../../certificates.ts'
import type { Lab } from '../../cluster.ts'
import { apiServer } from '../../kubeconfig.ts'
import { labName } from '../../names.ts'
import type { Kubectl } from '../../workloads.ts'

/** One verb on one resource. */
export interface Right {
  readonly permission: Permission
  readonly verb: Verb
}

/** A service account that has every right of the manifest, or every right but one. */
export interface Account {
  readonly name: string
  readonly lacks: Right | undefined
}

const namespace = 'kntop-rights'
const label = 'kntop-rights'

/** Every single right of the table: a new one has its account by itself. */
export const rights: readonly Right[] = permissions.flatMap((permission) =>
  permission.verbs.map((verb) => ({ permission, verb })),
)

/** As one would write the rule: `list leases.coordination.k8s.io in namespace kube-node-lease`. */
export const ruleOf = ({ permission: { group, resource, namespace: where }, verb }: Right): string =>
  `${verb} ${[resource, group].filter(Boolean).join('.')}${where === undefined ? '' : ` in namespace ${where}`}`

export const accounts: readonly Account[] = [
  { name: 'lacks-nothing', lacks: undefined },
  ...rights.map((lacks) => ({
    name: `lacks-${lacks.verb}-${lacks.permission.resource.replaceAll('/', '-')}`,
    lacks,
  })),
]

const tableOf = ({ lacks }: Account): readonly Permission[] =>
  permissions
    .map((permission) =>
      permission === lacks?.permission
        ? { ...permission, verbs: permission.verbs.filter((verb) => verb !== lacks.verb) }
        : permission,
    )
    .filter(({ verbs }) => verbs.length > 0)

interface Manifest {
  readonly metadata: { readonly name: string }
  readonly roleRef?: { readonly name: string }
}

/** What `kntop rbac` would print for these rights, with the account as its subject, as it tells its reader to do. */
const manifestsOf = (account: Account): readonly object[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account.name, namespace } },
  ...parseAllDocuments(rbacManifest(tableOf(account)))
    .flatMap((document) => (document.toJS() as Manifest | null) ?? [])
    .map((manifest) => {
      const { metadata, roleRef } = manifest
      return {
        ...manifest,
        metadata: { ...metadata, name: `${metadata.name}-${account.name}`, labels: { [label]: 'test' } },
        ...(roleRef === undefined
          ? {}
          : {
              roleRef: { ...roleRef, name: `${roleRef.name}-${account.name}` },
              subjects: [{ kind: 'ServiceAccount', name: account.name, namespace }],
            }),
      }
    }),
]

/** Removes all that was made, also of an attempt that failed. */
export const removeAccounts = async (kubectl: Kubectl): Promise<void> => {
  const which = [`--selector=${label}`, '--ignore-not-found']
  await kubectl(['delete', 'clusterroles,clusterrolebindings', ...which])
  await kubectl(['delete', 'roles,rolebindings', '--all-namespaces', ...which])
  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found'])
}

/** Makes all accounts and their roles. */
export const makeAccounts = async (kubectl: Kubectl): Promise<void> => {
  // Of a run that was killed.
  await removeAccounts(kubectl)
  await kubectl(['create', 'namespace', namespace])
  const all = accounts.flatMap(manifestsOf).map((manifest) => stringify(manifest, { aliasDuplicateObjects: false }))
  await kubectl(['apply', '--server-side', '--filename=-'], all.join('---\n'))
}

/** Writes a kubeconfig with a token of an account; gives its path. */
export const kubeconfigOf = async ({ kubectl }: Lab, { name }: Account, folder: string): Promise<string> => {
  const token = (await kubectl(['create', 'token', name, `--namespace=${namespace}`, '--duration=1h'])).trim()
  const authority = readFileSync(join(pkiFolder, 'ca.crt')).toString('base64')
  const path = join(folder, name)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: labName, cluster: { server: apiServer, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: labName, context: { cluster: labName, user: name } }],
    'current-context': labName,
  }
  writeFileSync(path, stringify(config, { lineWidth: 0 }), { mode: 0o600 })
  return path
}
