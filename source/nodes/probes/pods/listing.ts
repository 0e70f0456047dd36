import { isNamespaceKey, type NamespaceKey } from '../../sampler/take.ts'

/** A network namespace beside the host's. */
export interface FoundNamespace {
  readonly key: NamespaceKey
  /** Of the pod that it is of, as its control group has it; `-`: of no pod. */
  readonly uid: string
  /** Entries of a conntrack table of its own; NaN: not told. */
  readonly entries: number
}

/** A container whose CPU is limited, with its counters since it began. */
export interface LimitedContainer {
  readonly uid: string
  readonly id: string
  readonly periods: number
  readonly throttled: number
}

/** What the search said. */
export interface PodListing {
  /** Numbers of namespaces: that of process 1, and that in which the search ran; undefined: not to be seen. */
  readonly host: string | undefined
  readonly own: string | undefined
  readonly lacks: ReadonlySet<'hidden' | 'nostat'>
  /** The oldest first. */
  readonly namespaces: readonly FoundNamespace[]
  readonly containers: readonly LimitedContainer[]
}

const podUid = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/
const containerId = /^[0-9a-f]{12,64}$/
const digits = /^\d{1,19}$/

const uidOf = (text: string): string => (podUid.test(text) ? text : '-')

const startOf = (key: NamespaceKey): number => Number(key.split(':')[1])

/** Reads what `searchScript` prints. Lines that make no sense are left out: what names a process or a pod is in digits and dashes. */
export const parsePodListing = (text: string): PodListing => {
  let [host, own]: (string | undefined)[] = []
  const lacks = new Set<'hidden' | 'nostat'>()
  const namespaces = new Map<NamespaceKey, FoundNamespace>()
  const containers = new Map<string, LimitedContainer>()
  for (const line of text.split('\n')) {
    const [word, first = '', second = '', third = '', fourth = ''] = line.split(' ')
    if (word === 'host' && digits.test(first)) host = first
    else if (word === 'own' && digits.test(first)) own = first
    else if (line === 'hidden' || line === 'nostat') lacks.add(line)
    else if (word === 'n' && isNamespaceKey(first)) {
      const entries = /^[0-9a-f]{1,16}$/i.test(third) ? Number.parseInt(third, 16) : Number.NaN
      namespaces.set(first, { key: first, uid: uidOf(second), entries })
    } else if (word === 'c' && containerId.test(second) && digits.test(third) && digits.test(fourth))
      containers.set(second, {
        uid: uidOf(first),
        id: second,
        periods: Number(third),
        throttled: Number(fourth),
      })
  }
  return {
    host,
    own,
    lacks,
    namespaces: [...namespaces.values()].toSorted((one, other) => startOf(one.key) - startOf(other.key)),
    containers: [...containers.values()],
  }
}
