import type { Event } from '../../events/event.ts'
import type { PodId, SliceId } from '../../events/names.ts'
import type { Absence } from '../../events/origin.ts'
import type { PodRecord, SliceRecord } from '../../events/records.ts'
import type { SourceStatus } from '../../events/sources.ts'
import type { NodeName } from '../../events/subject.ts'
import { clean } from '../../text/clean.ts'

const home = 'kube-system'
/** The service that every cluster calls its DNS by, whatever serves it. */
const dnsService = `${home}/kube-dns`

/** A pod behind the cluster's DNS. */
export interface DnsPod {
  readonly namespace: string
  readonly name: string
  readonly node: NodeName
  /** Another one after each restart: what it counts begins anew. */
  readonly incarnation: string
}

/** Follows which pods serve the cluster's DNS. */
export interface DnsPods {
  heard(events: readonly Event[]): void
  /** Why nobody knows; undefined: it was not told yet. */
  now(): readonly DnsPod[] | Absence | undefined
}

const needed = ['pods', 'endpointslices'] as const

/** Whether it is read, but not where the pods are. */
const isNarrow = ({ namespaces }: SourceStatus): boolean => namespaces?.every((name) => name !== home) ?? false

/** Why a source does not tell of the pods; undefined: it does, or will. */
const absenceOf = (name: string, status: SourceStatus | undefined): Absence | undefined => {
  if (status?.state === 'denied' || (status !== undefined && isNarrow(status))) {
    const rule = status.lacking[0]?.rule ?? `list, watch ${name}`
    return { missing: 'denied', advice: clean(`needs ${rule} to find the pods of CoreDNS in ${home}: see kntop rbac`) }
  }
  if (status?.state === 'absent')
    return { missing: 'no-data', advice: clean(`the pods of CoreDNS are not found without ${name}: ${status.cause}`) }
  return undefined
}

export const followDnsPods = (): DnsPods => {
  const slices = new Map<SliceId, SliceRecord>()
  const pods = new Map<PodId, PodRecord>()
  const states = new Map<string, SourceStatus>()
  return {
    heard(events) {
      for (const event of events) {
        if (event.type === 'source') states.set(event.source, event.status)
        if (event.type !== 'record') continue
        if (event.kind === 'endpointslice') {
          if (event.change === 'gone') slices.delete(event.id)
          else if (event.record.service === dnsService) slices.set(event.record.id, event.record)
        }
        if (event.kind !== 'pod') continue
        if (event.change === 'gone') pods.delete(event.id)
        else if (event.record.namespace === home) pods.set(event.record.id, event.record)
      }
    },
    now() {
      const [absence] = needed.flatMap((name) => absenceOf(name, states.get(name)) ?? [])
      if (absence !== undefined) return absence
      if (needed.some((name) => (states.get(name)?.state ?? 'starting') === 'starting')) return undefined
      const ids = new Set([...slices.values()].flatMap(({ endpoints }) => endpoints.flatMap(({ pod }) => pod ?? [])))
      return [...ids].flatMap((id): readonly DnsPod[] => {
        const pod = pods.get(id)
        if (pod?.node === undefined) return []
        const { namespace, name, node, uid, restarts } = pod
        return [{ namespace, name, node, incarnation: `${uid} ${restarts}` }]
      })
    },
  }
}
