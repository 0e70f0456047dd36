import { describe, expect, test } from 'vitest'
import { clean } from '../../source/text/clean.ts'
import { epoch } from './cluster.ts'
import { type Driver, open } from './driver.ts'
import { allLive, api, cluster, lacking, put, serviceRecord, sliceRecord, source } from './kubernetes.ts'

const command = (at: Driver, text: string): void => {
  at.press(':')
  at.type(text)
  at.press('enter')
}

const port = (number: number, protocol: string, nodePort = 0) => ({
  name: clean(''),
  protocol: clean(protocol),
  port: number,
  nodePort,
})

const services = (terminal = { columns: 80, rows: 24 }): Driver => {
  const at = open({ nodes: 1, terminal })
  at.say(
    cluster(),
    api(),
    ...allLive,
    put(
      'service',
      serviceRecord('kube-system/kube-dns', { ports: [port(53, 'UDP'), port(53, 'TCP'), port(9153, 'TCP')] }),
    ),
    put('endpointslice', sliceRecord('kube-system/kube-dns', 2)),
    put('service', serviceRecord('payments/api')),
    put('endpointslice', sliceRecord('payments/api', 0, 3)),
    put('service', serviceRecord('web/alone')),
    put('service', serviceRecord('web/by-hand', { selects: false })),
    put('service', serviceRecord('web/db', { headless: true, clusterAddresses: [] })),
    put('endpointslice', sliceRecord('web/db', 2, 1)),
    put(
      'service',
      serviceRecord('web/front', {
        serviceType: 'LoadBalancer',
        pending: true,
        created: epoch - 619_000,
        ports: [port(443, 'TCP', 30443)],
      }),
    ),
    put('endpointslice', sliceRecord('web/front', 3)),
    put(
      'service',
      serviceRecord('web/name', {
        serviceType: 'ExternalName',
        clusterAddresses: [],
        external: [clean('example.com')],
      }),
    ),
  )
  command(at, 'svc')
  return at
}

const names = (at: Driver): readonly string[] =>
  at.body.slice(1).flatMap((line) => (line.trim() === '' ? [] : [line.split(/ +/)[1] ?? '']))

describe('the services of a cluster', () => {
  test('stand with those first that serve nobody, then by namespace and name', () => {
    const at = services()
    expect(at.title).toMatch('services(all)[7]')
    expect(names(at)).toEqual(['api', 'alone', 'db', 'front', 'kube-dns', 'by-hand', 'name'])
  })

  test('are told with type, what is reached from outside, ready endpoints and age at 80x24', () => {
    services().sees(
      /payments +api +ClusterIP +- +▲ 0\/3 +[?] +13m/,
      /web +alone +ClusterIP +- +△ none +[?] +13m/,
      /web +db +ClusterIP +- +△ 2\/3 +[?] +13m/,
      /web +front +LoadBalancer +pending 12m +△ 3\/3 +[?] +12m/,
      /kube-system kube-dns +ClusterIP +- +2\/2/,
      /web +by-hand +ClusterIP +- +none/,
      /web +name +ExternalName +example\.com +-/,
    )
  })

  test('are told with cluster address and ports where there is room', () => {
    services({ columns: 200, rows: 55 }).sees(
      /kube-dns +ClusterIP +10\.96\.0\.10 +- +53\/UDP 53 9153 +2\/2/,
      /db +ClusterIP +headless/,
      /front +LoadBalancer +10\.96\.0\.10 +pending 12m +443:30443/,
    )
  })

  test('say below the table why nobody is there', () => {
    const at = services()
    at.sees('payments/api ClusterIP; 0 of 3 endpoints ready; 10.96.0.10; ports 80')
    at.press('down')
    at.sees('no pod has the labels that it asks for')
    at.press('G', 'k')
    at.sees('nobody has written endpoints for it')
    at.press('G')
    at.sees('a name, which has no endpoints')
  })

  test('say below the table what a load balancer lacks, where its column has no room', () => {
    const at = services()
    const id = 'customer-relations-of-the-whole-world/front-of-the-shop-for-everybody-who-comes'
    at.say(put('service', serviceRecord(id, { serviceType: 'LoadBalancer', pending: true })))
    at.say(put('endpointslice', sliceRecord(id, 3)))
    command(at, 'services customer-relations-of-the-whole-world')
    at.press('0')
    at.seesNot('EXTERNAL')
    at.sees('△ 3/3', 'LoadBalancer; outside pending 13m; 3 of 3 endpoints ready')
  })

  test('lead to the pods of their namespace, and are narrowed to one', () => {
    const at = services()
    at.press('p')
    expect(at.title).toMatch('pods(payments)')
    command(at, 'services web')
    expect(at.title).toMatch('services(web)[5]')
    at.press('0')
    expect(at.title).toMatch('services(all)[7]')
  })

  test('do not count endpoints that may not be read', () => {
    const at = services()
    at.say(source('endpointslices', 'denied', { lacking: [lacking('list, watch endpointslices.discovery.k8s.io')] }))
    at.sees('endpointslices: needs list, watch endpointslices.discovery.k8s.io', /payments +api +ClusterIP +- +\?/)
    at.seesNot('0/3', 'none')
    at.say(source('endpointslices', 'live', { namespaces: [clean('payments')] }))
    at.sees(/payments +api +ClusterIP +- +▲ 0\/3/, /web +db +ClusterIP +- +\?/)
  })
})
