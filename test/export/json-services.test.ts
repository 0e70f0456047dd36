import Ajv2020 from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import { jsonSnapshot } from '../../source/export/json.ts'
import { jsonSchema } from '../../source/export/schema.ts'
import { clean } from '../../source/text/clean.ts'
import { api, cluster, put, serviceRecord, sliceRecord } from '../scenarios/kubernetes.ts'
import { clients, servers, socketsRead } from '../store/sockets.ts'
import { clock, snapshotOf, worker } from './sample.ts'

const endpoint = { address: clean('10.1.0.9'), ready: true, terminating: false, node: worker, pod: undefined }

const told = (...more: readonly Event[]) =>
  jsonSnapshot(
    snapshotOf([
      clock(9000),
      cluster(),
      api(),
      put('service', serviceRecord('payments/shop')),
      put('endpointslice', { ...sliceRecord('payments/shop', 0), endpoints: [endpoint], ports: [8080] }),
      ...more,
    ]),
  )

const talks = clients('10.96.0.10 80', '10.1.0.9 8080', { times: [200, 300, 400], least: 90, again: 4 })
const sockets = socketsRead(worker, 9, [
  talks,
  clients('10.96.0.10 80', 'unknown', { sockets: 2, again: Number.NaN }),
  servers('10.1.0.9 8080', { times: [900] }),
])

const partly: readonly Event[] = [
  ...socketsRead(worker, 9, [talks]),
  {
    ...{ type: 'origin', subject: { node: worker }, metric: 'rtt.sockets' },
    origin: { tier: clean('sock_diag'), scope: 'node', namespaces: { read: 2, of: 3 } },
  },
]

test('a service has the figures of its clients’ sockets, and of each endpoint by side and node', () => {
  const { services } = told(...sockets)
  const client = { p50: 0.3, max: 0.4, min: 0.09 }
  expect(services).toEqual({
    nodes: { read: 1, of: 1 },
    sockets: { attributed: 3, endpointless: 2, ambiguous: 0, untold: 0, others: 0, outside: 0 },
    items: [
      {
        ...{ namespace: 'payments', name: 'shop', sockets: 5, samples: 3, ...client },
        endpoints: [
          {
            ...{ side: 'client', node: worker, address: '10.1.0.9', port: 8080, sockets: 3, samples: 3, ...client },
            retransmits: 0.4,
          },
          { side: 'client', node: worker, sockets: 2, samples: 0 },
          {
            ...{ side: 'server', node: worker, address: '10.1.0.9', port: 8080, sockets: 1, samples: 1 },
            ...{ p50: 0.9, max: 0.9, retransmits: 0 },
          },
        ],
      },
    ],
  })
})

test('every field of it is in the schema', () => {
  const validate = new Ajv2020.default({ strict: true, validateFormats: false }).compile(
    jsonSchema({ additions: false }) as object,
  )
  for (const one of [told(...sockets), told(...partly)]) expect(validate(one) || validate.errors).toBe(true)
})

test('of which some sockets are not read says that there may be more', () => {
  const [item] = told(...partly).services?.items ?? []
  expect(item).toMatchObject({
    sockets: 3,
    retransmits: 0.4,
    atLeast: true,
    endpoints: [{ sockets: 3, atLeast: true }],
  })
  const [whole] = told(...socketsRead(worker, 9, [talks])).services?.items ?? []
  expect(whole).toMatchObject({ sockets: 3, retransmits: 0.4 })
  expect(JSON.stringify(whole)).not.toContain('atLeast')
})

test('there is nothing of it where no node tells the sockets of its pods', () => {
  expect(told()).not.toHaveProperty('services')
})
