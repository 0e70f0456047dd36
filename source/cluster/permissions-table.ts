export type Verb = 'get' | 'list' | 'watch'

/** One right that kntop makes use of: a resource of the API, and what is missing without it. */
export interface Permission {
  /** The API group; empty: the core group. */
  readonly group: string
  /** As in a rule of RBAC: `pods`, or with its subresource `pods/proxy`. */
  readonly resource: string
  readonly verbs: readonly Verb[]
  /** What is lost without it. */
  readonly feeds: string
  /** The only namespace it is needed in; not there: everywhere. */
  readonly namespace?: string
  /** Nothing but what `feeds` names depends on it, and giving it wants a thought. */
  readonly optional?: true
}

const watched = ['list', 'watch'] as const

/**
 * Everything that kntop asks an API server for: it probes these, says which of them it misses, and `kntop rbac` prints
 * them. Never secrets, exec, attach, port-forward or nodes/proxy.
 */
export const permissions: readonly Permission[] = [
  { group: '', resource: 'nodes', verbs: watched, feeds: 'which nodes there are, their addresses and conditions' },
  { group: '', resource: 'pods', verbs: watched, feeds: 'which pods run on a node, and whose an address is' },
  { group: '', resource: 'services', verbs: watched, feeds: 'services, their addresses and types' },
  { group: '', resource: 'namespaces', verbs: watched, feeds: 'the list of namespaces' },
  {
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    verbs: watched,
    feeds: 'which endpoints of a service are ready',
  },
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['list'],
    feeds: 'how long ago the kubelet of a node without a live connection was heard of',
    namespace: 'kube-node-lease',
  },
  {
    group: '',
    resource: 'pods/proxy',
    verbs: ['get'],
    feeds: "CoreDNS's own figures",
    namespace: 'kube-system',
    optional: true,
  },
]
