import { describe, expect, test } from 'vitest'
import { contextsOf } from '../../../source/cluster/kubeconfig/contexts.ts'
import type { Entry, Kubeconfig } from '../../../source/cluster/kubeconfig/entries.ts'

const entries = <Value>(values: Readonly<Record<string, Value>>): ReadonlyMap<string, Entry<Value>> =>
  new Map(Object.entries(values).map(([name, value]) => [name, { file: '/config', value }]))

const config = (parts: Partial<Kubeconfig>): Kubeconfig => ({
  currentContext: '',
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
  ...parts,
})

describe('the contexts of a kubeconfig, as screens list them', () => {
  test('say server, user and namespace, which is default where none is named', () => {
    const found = contextsOf(
      config({
        clusters: entries({ oslo: { server: 'https://10.0.0.1:6443' } }),
        contexts: entries({ prod: { cluster: 'oslo', user: 'karin', namespace: 'web' }, other: { cluster: 'oslo' } }),
      }),
    )
    expect(found).toEqual([
      { name: 'prod', server: 'https://10.0.0.1:6443', user: 'karin', namespace: 'web' },
      { name: 'other', server: 'https://10.0.0.1:6443', user: '', namespace: 'default' },
    ])
  })

  test('may name a cluster that is not there, and hold what no terminal should get', () => {
    const found = contextsOf(config({ contexts: entries({ 'bad\u001b[2J': { cluster: 'gone', user: 'u\n' } }) }))
    expect(found).toEqual([{ name: 'bad\ufffd[2J', server: '', user: 'u\ufffd', namespace: 'default' }])
  })

  test('do not show a password that somebody wrote into an address', () => {
    const servers = ['https://karin:secret@10.0.0.1', 'karin:secret@10.0.0.1', 'https://10.0.0.1/a@b']
    const found = servers.map(
      (server) =>
        contextsOf(config({ clusters: entries({ c: { server } }), contexts: entries({ x: { cluster: 'c' } }) }))[0]
          ?.server,
    )
    expect(found).toEqual(['https://10.0.0.1', '10.0.0.1', 'https://10.0.0.1/a@b'])
  })
})
