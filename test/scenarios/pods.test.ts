import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { PodId } from '../../source/events/names.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { epoch } from './cluster.ts'
import { type Driver, open } from './driver.ts'
import { allLive, api, cluster, gone, lacking, podRecord, put, source, twoNodes } from './kubernetes.ts'
import { command, large, small } from './pod-opened.ts'

const waiting = { phase: 'Running', ready: false, reason: clean('CrashLoopBackOff'), restarts: 17 } as const

/** Two nodes with seven pods in three namespaces. */
const watched = (terminal = small): Driver => {
  const at = open({ nodes: 2, terminal })
  at.say(
    ...twoNodes,
    put('pod', podRecord('payments/api-7f9c-a')),
    put('pod', podRecord('payments/api-7f9c-b', { node: 'worker-2' as NodeName, addresses: ['10.1.1.10' as Address] })),
    put('pod', podRecord('web/db-10')),
    put('pod', podRecord('web/db-9', { addresses: ['10.1.1.9' as Address] })),
    put('pod', podRecord('web/job-x', { phase: 'Succeeded', ready: false })),
    put(
      'pod',
      podRecord('web/front-1', { ...waiting, containers: [{ name: clean('app'), id: clean(''), ready: false }] }),
    ),
    put(
      'pod',
      podRecord('kube-system/late', { phase: 'Pending', ready: false, node: undefined, addresses: [], containers: [] }),
    ),
  )
  return at
}

const pods = (terminal = small, more = 'pods'): Driver => {
  const at = watched(terminal)
  command(at, more)
  return at
}

/** The second words of the rows: names, where the first column is the namespace. */
const names = (at: Driver): readonly string[] =>
  at.body.slice(1).flatMap((line) => (line.trim() === '' ? [] : [line.split(/ +/)[1] ?? '']))

describe('the pods of a cluster', () => {
  test('stand with those first that are not well, then by namespace and name as people count', () => {
    const at = pods()
    expect(at.title).toMatch('pods(all)[7]')
    expect(names(at)).toEqual(['front-1', 'late', 'api-7f9c-a', 'api-7f9c-b', 'db-9', 'db-10', 'job-x'])
  })

  test('are told with ready containers, status, restarts and age at 80x24', () => {
    const at = pods()
    at.sees(
      /web +front-1 +0\/1 ▲ CrashLoop\S* +17 .* 6m/,
      /kube-system late +- △ Pending +0 .* 6m/,
      /payments +api-7f9c-a +2\/2 Running +0 .* 6m/,
      /web +job-x +2\/2 Completed/,
    )
  })

  test('are told with address, node and owner where there is room', () => {
    pods(large).sees(/payments +api-7f9c-b +2\/2 Running +0 +- 10\.1\.1\.10 +worker-2 +6m ReplicaSet\/web-7f9c/)
  })

  test('are told with what their nodes say of them: CPU limits that hold back, and conntrack tables of their own', () => {
    const at = pods(large)
    at.sees(/THROT%/)
    at.seesNot(/OWN CT/)
    const uid = clean('0b2f4c1e-1111-2222-3333-444455556666')
    const id = clean('c'.repeat(64))
    const row = { uid, container: clean(''), observations: Number.NaN, window: Number.NaN }
    at.say(
      put('pod', podRecord('payments/api-7f9c-a', { uid, containers: [{ name: clean('app'), id, ready: true }] })),
      {
        type: 'pod-figures',
        node: 'worker-1' as NodeName,
        at: at.now,
        rows: [
          { ...row, metric: 'cpu.throttled_share', container: id, value: 93, observations: 150, window: 15 },
          { ...row, metric: 'conntrack.pod_entries', value: 4100 },
        ],
      },
    )
    at.sees(/OWN CT THROT%/, /api-7f9c-a +1\/1 Running +0 +4\.1k +△ *93/)
    at.resize(small.columns, small.rows)
    at.press('/')
    at.type('7f9c-a')
    at.press('enter')
    at.sees(/api-7f9c-a Running; container held back by its CPU limit, app: 93%\s+warning of 150 periods/)
  })

  test('say ? where a node does not tell, with its reason, and - where it tells that there is none', () => {
    const at = pods(large)
    const throttled = (missing: 'denied' | 'not-applicable', advice: string): void =>
      at.say({
        ...{ type: 'origin', subject: { node: 'worker-2' as NodeName }, metric: 'cpu.throttled_share' },
        origin: { missing, advice: clean(advice) },
      })
    throttled('denied', 'it takes awk')
    at.press('/')
    at.type('7f9c-b')
    at.press('enter')
    at.sees(/api-7f9c-b +2\/2 Running +0 +\? /, 'held back by its CPU limit: not known, it takes awk')
    throttled('not-applicable', 'No container has a CPU limit')
    at.sees(/api-7f9c-b +2\/2 Running +0 +- /)
    at.seesNot('not known, ')
  })

  test('are told whole below the table', () => {
    const at = pods()
    at.sees('web/front-1 CrashLoopBackOff; on worker-1; 10.1.0.7', 'app not ready')
    at.press('down')
    at.sees('kube-system/late Pending; on no node yet; of ReplicaSet/web-7f9c; no container')
  })

  test('keep the cursor while others come, go and change their place', () => {
    const at = pods()
    at.press('down', 'down')
    expect(at.cursor).toMatch(/^payments +api-7f9c-a/)
    at.wait(3)
    at.say(
      put('pod', podRecord('aaa/first')),
      gone('pod', 'web/front-1' as PodId),
      put('pod', podRecord('web/db-9', waiting)),
    )
    expect(names(at)).toEqual(['db-9', 'late', 'first', 'api-7f9c-a', 'api-7f9c-b', 'db-10', 'job-x'])
    expect(at.cursor).toMatch(/^payments +api-7f9c-a/)
  })

  test('are sorted by any column, addresses by number', () => {
    const at = pods(large)
    at.press('right', 'right', 'right', 'right', 'O')
    expect(names(at)[0]).toBe('front-1')
    at.press('right', 'right', 'O', 'O')
    expect(names(at).slice(-3)).toEqual(['db-9', 'api-7f9c-b', 'late'])
    at.press('W')
    expect(names(at)[0]).toBe('front-1')
  })

  test.each([
    ['crashloop', ['front-1']],
    ['worker-2', ['api-7f9c-b']],
    ['10.1.1.', ['api-7f9c-b', 'db-9']],
    ['PAYMENTS', ['api-7f9c-a', 'api-7f9c-b']],
    ['!running', ['front-1', 'late', 'job-x']],
  ])('are narrowed by /%s', (filter, found) => {
    const at = pods()
    at.press('/')
    at.type(filter)
    at.press('enter')
    expect(names(at)).toEqual(found)
    at.sees(`pods(all)[${found.length} of 7] </${filter}>`)
  })

  test('lead to their node with o', () => {
    const at = pods()
    at.press('G', 'k', 'k', 'k', 'o')
    expect(at.title).toMatch('node(worker-2)')
    at.press('esc', 'g', 'j', 'o')
    at.sees('no node was chosen for it yet')
  })

  test('count their ages by the clock of the server, and never below nothing', () => {
    const at = pods()
    at.say(
      put('pod', podRecord('web/new', { created: epoch + 131_000 })),
      put('pod', podRecord('web/young', { created: epoch + 91_000 })),
      api({ ahead: epoch + 20_000 }),
    )
    at.sees(/new +2\/2 Running +0 .* 0s/, /young +2\/2 Running +0 .* 30s/)
    at.say(api({ ahead: Number.NaN }))
    at.sees(/new +2\/2 Running +0 .* \?/)
  })
})

describe('the pods of one namespace', () => {
  test('are shown by the command with its name, and 0 shows all again with the cursor where it was', () => {
    const at = pods(small, 'pods payments')
    expect(at.title).toMatch('pods(payments)[2]')
    expect(at.order).toEqual(['api-7f9c-a', 'api-7f9c-b'])
    at.press('down', '0')
    expect(at.title).toMatch('pods(all)[7]')
    expect(at.cursor).toMatch(/^payments +api-7f9c-b/)
  })

  test('stay those of that namespace on the way to its services, until all are wanted', () => {
    const at = pods(small, 'po payments')
    command(at, 'svc')
    expect(at.title).toMatch('services(payments)[0]')
    command(at, 'pods')
    expect(at.title).toMatch('pods(payments)')
    command(at, 'pods all')
    expect(at.title).toMatch('pods(all)')
  })

  test('are none where there is none, and said so', () => {
    pods(small, 'pods nowhere').sees('pods(nowhere)[0]', 'there are no pods in namespace nowhere')
  })

  test('cannot be asked for by what is no name of a namespace, nor of a screen that has none', () => {
    const at = pods(small, 'pods no_such')
    at.sees('no namespace can be called: no_such')
    command(at, 'links payments')
    at.sees('links takes nothing after it: payments')
  })
})

describe('enter on a node', () => {
  test('opens its pods where a cluster is known; tab leads to its signals and metrics and back', () => {
    const at = watched()
    at.press('down', 'enter')
    expect(at.title).toMatch('node(worker-2)')
    at.sees('ready for 11m, 1 pod, v1.34.1', /payments +api-7f9c-b +2\/2 Running/)
    at.seesNot('api-7f9c-a')
    at.press('tab')
    at.sees('▌conntrack table fill 12%')
    at.press('tab')
    at.sees(/conntrack table fill +12%/)
    at.press('shift-tab', 'shift-tab')
    at.sees('payments/api-7f9c-b Running; on worker-2')
    at.press('shift-tab')
    at.sees('not-asked: ask for dns-capture')
  })

  test('opens its signals without a cluster, where there is no tab of pods', () => {
    const at = open({ nodes: 1 })
    at.press('enter')
    at.sees('▌conntrack table fill 12%', / signals {3}metrics {3}lookups/)
    at.seesNot(' pods ')
    at.press('shift-tab', 'shift-tab', 'shift-tab')
    at.sees('▌conntrack table fill 12%')
  })

  test('shows what the API server knows of a node that nobody may log in to', () => {
    const at = watched()
    at.becomes('worker-1', 'not-asked', 'SSH waits for a yes: press !')
    at.press('enter')
    at.sees('ready for 11m, 5 pods', /web +db-9/)
    at.press('tab')
    at.sees('ready for 11m, 5 pods')
    at.press('shift-tab', 'x')
    at.sees('worker-1 as the API server knows it', /Ready +yes since 11:50:10 UTC/, /Pods +5/, /Kubelet +v1\.34\.1/)
  })

  test('narrows the pods by a filter that is typed there', () => {
    const at = watched()
    at.press('enter', '/')
    at.type('db-9')
    at.press('enter')
    at.sees(/web +db-9/)
    at.seesNot('db-10')
  })
})

describe('pods that cannot be seen', () => {
  const rule = lacking('list, watch pods', 'which pods run on a node')

  test('are no empty list: the missing rule stands there', () => {
    const at = open({ nodes: 1 })
    at.say(cluster(), api(), source('pods', 'denied', { lacking: [rule] }))
    command(at, 'pods')
    expect(at.title).toMatch(/pods\(all\) denied ─/)
    at.sees('needs list, watch pods: which pods run on a node', 'nothing is known of pods yet')
    at.seesNot('there are no pods')
  })

  test('are waited for, and why so long is said', () => {
    const at = open({ nodes: 1 })
    at.say(cluster())
    command(at, 'pods')
    expect(at.title).toMatch('pods(all) starting')
    at.say(source('pods', 'starting', { cause: clean('connection refused'), until: (at.now + 4) * 1000 }))
    at.sees('waits for the first answer: connection refused; tried again in 4s', 'nothing is known of pods yet')
  })

  test('stay, dated, while the server is silent or the right is gone', () => {
    const at = pods()
    at.say(source('pods', 'stale', { known: (at.now - 41) * 1000, cause: clean('connection refused') }))
    expect(at.title).toMatch('pods(all)[7] stale 41s')
    at.sees('stale 41s: connection refused', /payments +api-7f9c-a/)
    at.wait(5)
    expect(at.title).toMatch('stale 46s')
    at.say(source('pods', 'denied', { known: (at.now - 50) * 1000, lacking: [rule] }))
    expect(at.title).toMatch('pods(all)[7] denied 50s')
    at.sees(/payments +api-7f9c-a/)
    at.say(...allLive)
    expect(at.title).toMatch(/pods\(all\)\[7\] ─/)
  })

  test('that are listed now and then say of when they are', () => {
    const at = pods()
    at.say(source('pods', 'polling', { known: (at.now - 12) * 1000, lacking: [lacking('watch pods')] }))
    expect(at.title).toMatch('pods(all)[7] listed 12s ago')
    at.sees('listed now and then, to watch it needs watch pods')
  })

  test('of other namespaces are told apart from none', () => {
    const at = pods()
    at.say(source('pods', 'live', { namespaces: [clean('web')], lacking: [lacking('list, watch pods')] }))
    at.sees('only of web: needs list, watch pods')
    command(at, 'pods nowhere')
    at.sees('pods of namespace nowhere are not read')
  })

  test('are not to be seen without a cluster', () => {
    const at = open({ nodes: 1 })
    command(at, 'pods')
    at.sees('no cluster is watched: start kntop with a kubeconfig to see this')
  })
})
