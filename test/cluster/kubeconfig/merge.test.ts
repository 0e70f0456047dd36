import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry, Kubeconfig } from '../../../source/cluster/kubeconfig/entries.ts'
import { mergeKubeconfigs } from '../../../source/cluster/kubeconfig/merge.ts'
import { parseKubeconfig } from '../../../source/cluster/kubeconfig/parse.ts'
import { placesOf, readKubeconfigs } from '../../../source/cluster/kubeconfig/read.ts'
import { temporaryFolder } from '../../config/temporary.ts'

interface Recorded {
  readonly files: Readonly<Record<string, string>>
  readonly list: string
  readonly merged: Readonly<Record<'clusters' | 'users' | 'contexts', readonly { readonly name: string }[] | null>> & {
    readonly 'current-context': string
  }
}

// What `kubectl config view --raw -o json` of version 1.32 made of files and a KUBECONFIG.
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/kubernetes/kubectl-merge.json'), 'utf8'),
) as readonly Recorded[]

const plain = (what: string, entries: ReadonlyMap<string, Entry<object>>): unknown =>
  Array.from(entries, ([name, { value }]) => ({
    name,
    [what]: Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)),
  })).toSorted((one, other) => (one.name < other.name ? -1 : 1))

// kubectl writes an empty server and empty names out.
const filled = (what: string, empty: object, entries: readonly { readonly name: string }[] | null): unknown =>
  (entries ?? []).map((entry) => ({
    ...entry,
    [what]: { ...empty, ...(entry as unknown as Record<string, object>)[what] },
  }))

describe('several kubeconfigs', () => {
  it('are merged as kubectl merges them', async () => {
    expect(recorded.length).toBeGreaterThan(40)
    for (const { files, list, merged } of recorded) {
      const folder = temporaryFolder()
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
      const listed = list
        .split(':')
        .map((name) => (name === '' ? '' : join(folder, name)))
        .join(':')
      const { config } = await readKubeconfigs(placesOf({ KUBECONFIG: listed }))
      expect(config.currentContext).toBe(merged['current-context'])
      const withDefaults = (what: string, empty: object, entries: ReadonlyMap<string, Entry<object>>): unknown =>
        filled(what, empty, plain(what, entries) as readonly { readonly name: string }[])
      for (const [what, kind, empty] of [
        ['cluster', 'clusters', { server: '' }],
        ['user', 'users', {}],
        ['context', 'contexts', { cluster: '', user: '' }],
      ] as const)
        expect(withDefaults(what, empty, config[kind])).toEqual(filled(what, empty, merged[kind]))
    }
  })

  const names = fc.constantFrom('a', 'b', 'c')
  const configs = fc.array(fc.record({ currentContext: fc.constantFrom('', 'a', 'b'), names: fc.uniqueArray(names) }), {
    maxLength: 4,
  })

  it('give of each name the entry of the first file that has it, and the first current context', () => {
    fc.assert(
      fc.property(configs, (specs) => {
        const files = specs.map((spec, index): Kubeconfig => {
          const text = {
            'current-context': spec.currentContext,
            users: spec.names.map((name) => ({ name, user: { token: `${name}${index}` } })),
          }
          return parseKubeconfig(JSON.stringify(text), `/k/${index}`)
        })
        const merged = mergeKubeconfigs(files)
        expect(merged.currentContext).toBe(specs.map((spec) => spec.currentContext).find((name) => name !== '') ?? '')
        for (const name of ['a', 'b', 'c'] as const) {
          const first = specs.findIndex((spec) => spec.names.includes(name))
          expect(merged.users.get(name)?.value.token).toBe(first < 0 ? undefined : `${name}${first}`)
          expect(merged.users.get(name)?.file).toBe(first < 0 ? undefined : `/k/${first}`)
        }
        // Whatever is merged first.
        expect(mergeKubeconfigs([mergeKubeconfigs(files.slice(0, 2)), ...files.slice(2)])).toEqual(merged)
      }),
    )
  })
})
