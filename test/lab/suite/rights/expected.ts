import type { JsonNode } from '../../../../source/export/json.ts'
import type { MetricId } from '../../../../source/metrics/catalogue.ts'
import { valueOf } from '../kntop.ts'
import type { Right } from './accounts.ts'

/** Something of a node in a stream of JSON, and the resources without which it is missing. */
export interface Figure {
  readonly what: string
  readonly needs: readonly string[]
  /** Only on nodes that a pod of CoreDNS runs on. */
  readonly onlyWithDns?: true
  isThere(node: JsonNode): boolean
  /** The reading that says why it is missing. */
  readonly metric?: MetricId
}

const has = (node: JsonNode, metric: MetricId): boolean => !Number.isNaN(valueOf(node, metric))

export const figures: readonly Figure[] = [
  { what: 'a live connection', needs: ['nodes'], isThere: ({ link }) => link?.state === 'live' },
  ...(['conntrack.fill', 'cpu.busy'] as const).map((metric) => ({
    what: metric,
    needs: ['nodes'],
    isThere: (node: JsonNode) => has(node, metric),
  })),
  { what: 'Ready', needs: ['nodes'], isThere: ({ kubernetes }) => kubernetes?.ready === 'yes' },
  {
    what: 'the number of pods',
    needs: ['nodes', 'pods'],
    isThere: ({ kubernetes }) => (kubernetes?.pods ?? 0) > 0,
  },
  {
    what: 'what CoreDNS counts',
    needs: ['nodes', 'pods', 'endpointslices', 'pods/proxy'],
    onlyWithDns: true,
    metric: 'coredns.queries',
    isThere: (node) => has(node, 'coredns.queries'),
  },
]

/** A screen, what is typed for it, and whose records it shows: first those of its rows, then those of some cells. */
export interface Screen {
  readonly typed: string
  readonly title: RegExp
  readonly needs: readonly string[]
  /** Stands there where its rows may be read. */
  readonly row: RegExp
}

export const screens: readonly Screen[] = [
  { typed: ':pods\r', title: /─ pods\(/, needs: ['pods'], row: /coredns-/ },
  { typed: ':services\r', title: /─ services\(/, needs: ['services', 'endpointslices'], row: /payments +shop / },
  { typed: ':namespaces\r', title: /─ namespaces/, needs: ['namespaces', 'pods', 'services'], row: /kube-node-lease/ },
  { typed: ':nodes\r', title: /─ nodes\(/, needs: ['nodes'], row: /worker-1 / },
]

/** The page of a node as the API server knows it; asked for on the screen of nodes. */
export const page = {
  keys: ['\x1b[C', 'x'],
  needs: ['leases', 'pods'],
  heard: /Lease +its kubelet was heard of/,
} as const

/** Whether a right is needed for any of these at all; who may only not watch still lists. */
export const isLost = (needs: readonly string[], lacks: Right | undefined): boolean =>
  lacks !== undefined && lacks.verb !== 'watch' && needs.includes(lacks.permission.resource)
