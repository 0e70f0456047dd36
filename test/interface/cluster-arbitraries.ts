import * as fc from 'fast-check'
import type { Address } from '../../source/events/address.ts'
import type { Event } from '../../source/events/event.ts'
import type { SourceState } from '../../source/events/sources.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import {
  api,
  cluster,
  lease,
  namespaceRecord,
  nodeRecord,
  podRecord,
  put,
  serviceRecord,
  sliceRecord,
  source,
} from '../scenarios/kubernetes.ts'
import { anyFigure, outsideText } from '../text/arbitraries.ts'

const cleanText = () => outsideText().map((text) => clean(text))
// Made once: all others here are made anew for each cluster.
const anyName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/)
const name = () => anyName
const time = () => fc.oneof(fc.integer({ min: 0, max: 2e12 }), fc.constant(Number.NaN))
const few = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { maxLength: 2 })

const states: readonly SourceState[] = ['starting', 'live', 'polling', 'stale', 'denied', 'absent']
const resources = ['nodes', 'pods', 'services', 'endpointslices', 'namespaces', 'leases'] as const

const aSource = (): fc.Arbitrary<Event> =>
  fc
    .record({
      name: fc.constantFrom(...resources),
      state: fc.constantFrom(...states),
      cause: cleanText(),
      known: time(),
      until: time(),
      lacking: few(fc.record({ rule: cleanText(), feeds: cleanText() })),
      leftOut: fc.nat(3),
      leftOutCause: cleanText(),
      namespaces: fc.option(few(name().map((text) => clean(text))), { nil: undefined }),
    })
    .map(({ name, state, namespaces, ...more }) =>
      source(name, state, { ...more, ...(namespaces === undefined ? {} : { namespaces }) }),
    )

const aNode = (node: NodeName): fc.Arbitrary<Event> =>
  fc
    .record({
      ready: fc.constantFrom('yes', 'no', 'unknown'),
      reason: cleanText(),
      readySince: time(),
      created: time(),
      troubles: few(fc.record({ type: cleanText(), reason: cleanText(), since: time() })),
      unschedulable: fc.boolean(),
      deleting: fc.boolean(),
      roles: few(cleanText()),
      kubelet: cleanText(),
      kernel: cleanText(),
    })
    .map((more) => put('node', nodeRecord(node, more)))

const aPod = (nodes: readonly NodeName[]): fc.Arbitrary<Event> =>
  fc
    .record({
      id: fc.tuple(name(), name()).map((parts) => parts.join('/')),
      node: fc.constantFrom(undefined, ...nodes),
      phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
      reason: fc.oneof(fc.constant(clean('')), cleanText()),
      ready: fc.boolean(),
      deleting: fc.boolean(),
      hostNetwork: fc.boolean(),
      addresses: fc.constantFrom([], ['10.0.0.7'], ['fd00:10:244:1111:2222:3333:4444:5555', '10.0.0.7']),
      owner: cleanText(),
      restarts: fc.oneof(fc.nat(30), fc.nat()),
      created: time(),
      containers: few(fc.record({ name: cleanText(), id: fc.constant(clean('')), ready: fc.boolean() })),
    })
    .map(({ id, addresses, ...more }) =>
      put('pod', podRecord(id, { ...more, addresses: addresses.map((one) => one as string as Address) })),
    )

const aService = (): fc.Arbitrary<readonly Event[]> =>
  fc
    .record({
      id: fc.tuple(name(), name()).map((parts) => parts.join('/')),
      serviceType: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
      headless: fc.boolean(),
      external: few(cleanText()),
      pending: fc.boolean(),
      selects: fc.boolean(),
      created: time(),
      ports: few(
        fc.record({ name: cleanText(), protocol: cleanText(), port: fc.nat(65_535), nodePort: fc.nat(65_535) }),
      ),
      ready: fc.nat(3),
      unready: fc.nat(3),
    })
    .map(({ id, ready, unready, ...more }) => [
      put('service', serviceRecord(id, more)),
      put('endpointslice', sliceRecord(id, ready, unready)),
    ])

const aContext = () => fc.record({ name: cleanText(), server: cleanText(), user: cleanText(), namespace: cleanText() })

/** A cluster as its API server may tell of it, well or badly; none in half of all cases. */
export const clusterEvents = (nodes: readonly NodeName[]): fc.Arbitrary<readonly Event[]> => {
  const all = fc
    .tuple(
      fc
        .record({
          context: fc.option(cleanText(), { nil: undefined }),
          server: cleanText(),
          tls: fc.constantFrom('verified', 'not verified', 'plain http'),
          contexts: few(aContext()),
        })
        .map(({ contexts, ...identity }) => [cluster(identity, contexts)]),
      few(
        fc
          .record({
            state: fc.constantFrom('starting', 'live', 'stale'),
            cause: cleanText(),
            since: fc.nat(2e6),
            latency: anyFigure(),
            heard: time(),
            version: cleanText(),
            ahead: time(),
          })
          .map(api),
      ),
      fc.array(aSource(), { maxLength: 5 }),
      fc.tuple(...nodes.map(aNode)),
      fc.array(aPod(nodes), { maxLength: 5 }),
      few(aService()).map((services) => services.flat()),
      few(fc.tuple(name(), fc.boolean(), time())).map((found) =>
        found.map(([id, terminating, created]) => put('namespace', namespaceRecord(id, { terminating, created }))),
      ),
      fc.tuple(...nodes.map((node) => time().map((renewed) => put('lease', lease(node, renewed))))),
    )
    .map((parts): readonly Event[] => parts.flat())
  return fc.oneof(all, fc.constant([]))
}
