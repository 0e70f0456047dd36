import type { LinkState, Transport } from '../events/link.ts'
import type { Missing, Scope } from '../events/origin.ts'
import type { NodeAddress, NodeRecord } from '../events/records.ts'
import { catalogue, type MetricId, metricOf } from '../metrics/catalogue.ts'
import { facts } from '../metrics/facts.ts'
import { bands } from '../metrics/metric.ts'
import type { Unit } from '../text/units.ts'
import { schemaName } from './json.ts'
import { podMetrics } from './json-pods.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
type Properties = { readonly [key: string]: Json }

const time: Properties = { type: 'string', format: 'date-time' }
const count: Properties = { type: 'integer', minimum: 0 }
const seconds: Properties = { type: 'number', minimum: 0 }
const words = (...allowed: readonly string[]): Properties => ({ type: 'string', enum: allowed })

/** All words of a type: one that the type gains, or loses, does not compile here. */
const all = <Word extends string>(allowed: Readonly<Record<Word, true>>): Properties => words(...Object.keys(allowed))

const scopes = all<Scope>({ host: true, pod: true, node: true, machine: true })
const transports = all<Transport>({ local: true, ssh: true, openssh: true })
const states = all<LinkState>({
  connecting: true,
  live: true,
  'no-data': true,
  lost: true,
  denied: true,
  'backing-off': true,
  'not-asked': true,
})
const reasons = all<Missing>({
  denied: true,
  'no-tool': true,
  'no-kernel': true,
  'not-asked': true,
  'not-applicable': true,
  'no-data': true,
  lost: true,
  'not-recorded': true,
})
const readiness = all<NodeRecord['ready']>({ yes: true, no: true, unknown: true })
const addressTypes = all<NodeAddress['type']>({ InternalIP: true, ExternalIP: true, Hostname: true })

// A figure has one shape for each unit; names without signs, because they stand in references.
const unitNames = {
  '%': 'share',
  count: 'count',
  '/s': 'rate',
  ms: 'milliseconds',
  s: 'seconds',
  'bit/s': 'bits',
  bytes: 'bytes',
  factor: 'factor',
} as const satisfies Readonly<Record<Unit, string>>

/**
 * The JSON schema (draft 2020-12) of what `--output json` and `--stream` write, made from the catalogue.
 *
 * `additions`: whether fields that it does not know are right. They are for readers, since later versions may add some
 * without a change of meaning; the tests refuse them, so that every field is described.
 */
export const jsonSchema = ({ additions = true } = {}): Json => {
  const object = (properties: Properties, optional: readonly string[] = [], more: Properties = {}): Properties => ({
    type: 'object',
    ...more,
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    ...(additions ? {} : { additionalProperties: false }),
  })

  const figure = (unit: string): Json =>
    object(
      {
        value: { type: 'number' },
        unit: { const: unit },
        tier: { type: 'string', description: 'how it was taken' },
        scope: scopes,
        namespaces: object({ read: count, of: count }, [], { description: 'with scope node: how many were read' }),
        age: { ...seconds, description: 'seconds since it was taken' },
        band: words(...bands),
        stale: { const: true, description: 'too old to be of now, or the node is not watched' },
        samples: { ...count, description: 'observations behind it; for a share its denominator' },
        window: { ...seconds, description: 'seconds that it covers' },
        bound: { ...words('below', 'above'), description: 'the true value lies below, or above' },
      },
      ['namespaces', 'stale', 'samples', 'window', 'bound'],
    )

  const podFigure = (metric: MetricId): Json => {
    const { title, unit } = metricOf(metric)
    return object(
      {
        value: { type: 'number' },
        unit: { const: unit },
        age: { ...seconds, description: 'seconds since it was taken' },
        band: words(...bands),
        stale: { const: true, description: 'too old to be of now, or its node is not watched' },
        samples: { ...count, description: 'observations behind it; for a share its denominator' },
        window: { ...seconds, description: 'seconds that it covers' },
        container: { type: 'string', description: 'id of the container that it is of' },
      },
      ['stale', 'samples', 'window', 'container'],
      { title },
    )
  }

  const reading = ({ title, meaning, unit }: (typeof catalogue)[number]): Json => ({
    title,
    description: meaning,
    oneOf: [{ $ref: `#/$defs/${unitNames[unit]}` }, { $ref: '#/$defs/missing' }],
  })

  const crossing = object(
    {
      node: { type: 'string' },
      metric: words(...catalogue.map(({ id }) => id)),
      value: { type: 'number' },
      unit: words(...Object.keys(unitNames)),
      band: words('warning', 'critical'),
      since: time,
      peak: { type: 'number', description: 'the worst value since then' },
      ending: { const: true, description: 'the value is past the line at which the band ends' },
    },
    ['peak', 'ending'],
  )

  const milliseconds = (description: string): Json => ({
    type: 'number',
    minimum: 0,
    description: `${description}, in ms`,
  })
  const socketFigures: Properties = {
    sockets: count,
    samples: { ...count, description: 'those of them that sent and were answered within 5 s' },
    p50: milliseconds('median round-trip time of these'),
    p99: milliseconds('only of 500 and more'),
    max: milliseconds('the greatest'),
    min: milliseconds('the least that the kernel keeps of them'),
    retransmits: { type: 'number', minimum: 0, description: 'segments sent again, per second' },
    atLeast: { const: true, description: 'sockets that nobody reads may add to sockets and retransmits' },
  }
  const figureNames = ['p50', 'p99', 'max', 'min', 'retransmits', 'atLeast']

  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:kntop:v1',
    title: 'kntop: what is known of all nodes at one time',
    ...object(
      {
        schema: { const: schemaName },
        at: time,
        context: { type: ['string', 'null'], description: 'the Kubernetes context' },
        nodes: { type: 'array', items: { $ref: '#/$defs/node' } },
        crossings: { type: 'array', items: crossing, description: 'figures in a bad band, worst first' },
        services: { $ref: '#/$defs/services' },
      },
      ['services'],
    ),
    $defs: {
      ...Object.fromEntries(Object.entries(unitNames).map(([unit, name]) => [name, figure(unit)])),
      missing: object({
        missing: reasons,
        advice: { type: 'string', description: 'why, and what to do' },
      }),
      services: object(
        {
          nodes: object({ read: count, of: count }, [], {
            description: 'how many nodes tell the sockets of their pods',
          }),
          sockets: object(
            { attributed: count, endpointless: count, ambiguous: count, untold: count, others: count, outside: count },
            [],
            {
              description:
                'where clients’ sockets go: to known endpoints of services, to services by nobody knows which endpoint, to an endpoint of several services, not told apart, to other pods and nodes, outside',
            },
          ),
          items: {
            type: 'array',
            items: object(
              {
                namespace: { type: 'string' },
                name: { type: 'string' },
                ...socketFigures,
                endpoints: {
                  type: 'array',
                  items: object(
                    {
                      side: { ...words('client', 'server'), description: 'who measures' },
                      node: { type: 'string', description: 'the node that measures' },
                      address: { type: 'string', description: 'not there where nobody knows it' },
                      port: count,
                      ...socketFigures,
                    },
                    ['address', 'port', ...figureNames],
                  ),
                },
              },
              figureNames,
            ),
          },
        },
        [],
        { description: 'round-trip times of services, as the sockets of clients measure them' },
      ),
      link: object(
        {
          ...{ transport: transports, state: states, since: time },
          cause: { type: 'string', description: 'why it is not live' },
          route: { type: 'string', description: 'which way it takes' },
          remark: { type: 'string', description: 'what is odd while it lives' },
        },
        ['cause', 'route', 'remark'],
      ),
      kubernetes: object(
        {
          ready: readiness,
          reason: { type: 'string', description: 'why it is not ready' },
          since: { ...time, description: 'since when it is, or is not, ready' },
          stale: { ...seconds, description: 'seconds since the API server told of it, where it does not tell now' },
          kubelet: { type: 'string', description: 'version of the kubelet' },
          pods: { ...count, description: 'pods on it; only where those of all namespaces may be read' },
          leaseAge: { ...seconds, description: 'seconds since its kubelet was heard of' },
          unschedulable: { const: true, description: 'cordoned' },
          roles: { type: 'array', items: { type: 'string' } },
          addresses: {
            type: 'array',
            items: object({ type: addressTypes, address: { type: 'string' } }),
          },
          troubles: {
            type: 'array',
            items: object({ type: { type: 'string' }, reason: { type: 'string' }, since: time }, ['since']),
            description: 'pressures, and a network that is not set up',
          },
        },
        ['reason', 'since', 'stale', 'kubelet', 'pods', 'leaseAge', 'unschedulable'],
        { description: 'what the API server says of it, where a cluster is watched' },
      ),
      node: object(
        {
          name: { type: 'string' },
          link: { oneOf: [{ $ref: '#/$defs/link' }, { type: 'null' }] },
          facts: object(
            Object.fromEntries(facts.map(({ id, meaning }) => [id, { type: 'string', description: meaning }])),
            facts.map(({ id }) => id),
          ),
          readings: object(Object.fromEntries(catalogue.map((metric) => [metric.id, reading(metric)]))),
          kubernetes: { $ref: '#/$defs/kubernetes' },
          pods: {
            type: 'array',
            items: { $ref: '#/$defs/pod' },
            description: 'those of its pods that have figures of their own, where a cluster is watched',
          },
        },
        ['kubernetes', 'pods'],
      ),
      pod: object({
        namespace: { type: 'string' },
        name: { type: 'string' },
        readings: object(Object.fromEntries(podMetrics.map((metric) => [metric, podFigure(metric)])), podMetrics),
      }),
    },
  }
}
