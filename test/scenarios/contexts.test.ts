import { describe, expect, test } from 'vitest'
import type { ClusterContext } from '../../source/events/cluster.ts'
import { clean } from '../../source/text/clean.ts'
import { type Driver, open } from './driver.ts'
import { cluster } from './kubernetes.ts'

const context = (name: string, server: string): ClusterContext => ({
  name: clean(name),
  server: clean(server),
  user: clean('karin'),
  namespace: clean('default'),
})

const known = [context('prod-oslo', 'https://10.0.0.1:6443'), context("karin's test", 'https://test')]

const contexts = (terminal = { columns: 80, rows: 24 }, all = known): Driver => {
  const at = open({ nodes: 1, terminal })
  if (all.length > 0) at.say(cluster({}, all))
  at.press(':')
  at.type('ctx')
  at.press('enter')
  return at
}

describe('the contexts of the kubeconfig', () => {
  test.each([
    { columns: 80, rows: 24 },
    { columns: 200, rows: 55 },
  ])('stand by name with server, user and namespace, the one that is watched marked, at $columns', (terminal) => {
    const at = contexts(terminal)
    expect(at.title).toMatch('contexts[2]')
    at.sees(/karin's test +https:\/\/test +karin +default/, /prod-oslo +● +https:\/\/10\.0\.0\.1:6443 +karin +default/)
  })

  test('say which command line watches one, quoted for a shell', () => {
    const at = contexts()
    at.press('enter')
    at.sees(`kntop --context 'karin'\\''s`)
    at.press('down', 'enter')
    at.sees('prod-oslo is the context that is watched')
    expect(at.effects()).toEqual([])
  })

  test('of a kubeconfig that was named are watched by naming it again; one without a cluster by none', () => {
    const at = contexts(undefined, [...known, context('torn', '')])
    at.say(cluster({ kubeconfig: clean('/tmp/my config') }, [...known, context('torn', '')]))
    at.press('enter')
    at.sees(`kntop --kubeconfig '/tmp/my config'`)
    at.press('down', 'down', 'enter')
    at.sees('torn names a cluster that is not in the kubeconfig')
  })

  test('are none without a kubeconfig, and inside a cluster', () => {
    contexts(undefined, []).sees('no kubeconfig was read: there are no contexts')
    const at = open({ nodes: 1 })
    at.say(cluster({ context: undefined }))
    at.press(':')
    at.type('contexts')
    at.press('enter')
    at.sees('kntop runs inside the cluster that it watches', 'Context in cluster [RO]')
  })
})
