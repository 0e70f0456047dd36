import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type Permission, permissions } from '../../source/cluster/permissions-table.ts'
import { rbacManifest } from '../../source/cluster/rbac.ts'

interface Document {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly {
    readonly apiGroups: readonly string[]
    readonly resources: readonly string[]
    readonly verbs: readonly string[]
  }[]
  readonly roleRef?: { readonly kind: string; readonly name: string }
}

const documents = (table?: readonly Permission[]): readonly Document[] =>
  [...parseAllDocuments(rbacManifest(table))].flatMap((document) => {
    const value = document.toJS() as Document | null
    return value === null ? [] : [value]
  })

const key = (group: string, resource: string, verb: string, namespace = ''): string =>
  [group, resource, verb, namespace].join(' ')

describe('the manifest of kntop rbac', () => {
  it('grants what the table says, where it says so, and nothing else', () => {
    const granted = documents().flatMap(({ rules = [], metadata }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => key(group, resource, verb, metadata.namespace))),
        ),
      ),
    )
    const wanted = permissions.flatMap(({ group, resource, verbs, namespace }) =>
      verbs.map((verb) => key(group, resource, verb, namespace)),
    )
    expect(granted.toSorted()).toEqual(wanted.toSorted())
  })

  it('never asks for what is not for reading, nor for what only seems to be', () => {
    const text = JSON.stringify(documents().map(({ rules }) => rules))
    expect(text).not.toMatch(/secrets|exec|attach|portforward|nodes\/proxy|\*|create|update|patch|delete|impersonate/)
  })

  it('asks to get only what goes through a proxy: everything else is listed and watched', () => {
    const got = documents().flatMap(({ rules = [] }) =>
      rules.filter(({ verbs }) => verbs.includes('get')).flatMap(({ resources }) => resources),
    )
    expect(got).toEqual(['pods/proxy'])
  })

  it('binds each role in its place, and keeps what is optional apart', () => {
    const all = documents()
    const roles = all.filter(({ rules }) => rules !== undefined)
    for (const { kind, metadata } of roles) {
      const binding = all.find(
        ({ roleRef, metadata: { namespace } }) => roleRef?.name === metadata.name && namespace === metadata.namespace,
      )
      expect(binding).toMatchObject({ kind: `${kind}Binding`, roleRef: { kind, name: metadata.name } })
      expect(kind).toBe(metadata.namespace === undefined ? 'ClusterRole' : 'Role')
    }
    const optional = roles.filter(({ rules }) => JSON.stringify(rules).includes('/proxy'))
    expect(optional.map(({ metadata }) => metadata)).toEqual([{ name: 'kntop-pods-proxy', namespace: 'kube-system' }])
    expect(optional[0]?.rules).toHaveLength(1)
  })

  it('follows the table', () => {
    const one: Permission = { group: 'apps', resource: 'daemonsets', verbs: ['get'], feeds: 'x', optional: true }
    expect(documents([one]).map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ['ClusterRole', 'kntop-daemonsets'],
      ['ClusterRoleBinding', 'kntop-daemonsets'],
    ])
  })

  it('says what each right is for, in lines of at most 80 columns', () => {
    const text = rbacManifest()
    for (const { resource, feeds } of permissions)
      expect(text.replaceAll('\n# ', ' ')).toContain(`${resource}: ${feeds}`)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
