import type { TalkPartner } from '../../events/look-path.ts'
import type { PathLook } from '../../events/looks.ts'
import type { PodId, ServiceId } from '../../events/names.ts'
import type { NodeName } from '../../events/subject.ts'
import type { Known } from '../../store/known.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { ownerOf } from './address-names.ts'

/** Who is at the other end, by what the API server tells. */
export type Other =
  | { readonly kind: 'service'; readonly id: ServiceId }
  /** `node`: that it ran on; undefined: none that is known. */
  | { readonly kind: 'pod'; readonly id: PodId; readonly node: NodeName | undefined }
  /** The node itself, or a pod on its network. */
  | { readonly kind: 'node'; readonly name: NodeName }
  /** `isOutside`: surely none of the cluster. */
  | { readonly kind: 'other'; readonly address: Clean; readonly isOutside: boolean }

/** All sockets with one other end, whatever its ports. */
export interface Talk {
  /** What it is chosen by: the id of a service or a pod, the name of a node, an address; after `from` where it was accepted. */
  readonly key: Clean
  readonly other: Other
  /** They were opened by the other end. */
  readonly isAccepted: boolean
  readonly sockets: number
  /** Of them those whose connection is over. */
  readonly over: number
  readonly partners: readonly TalkPartner[]
}

const otherAt = (known: Known, { address }: TalkPartner): Other => {
  const { serviceAt, podAt, nodeAt } = known.records.relations
  const service = serviceAt(address)
  if (service !== undefined) return { kind: 'service', id: service }
  const pod = podAt(address)
  if (pod !== undefined) return { kind: 'pod', id: pod, node: known.records.pods.get(pod)?.node }
  const node = nodeAt(address)
  if (node !== undefined) return { kind: 'node', name: node }
  const text = clean(address)
  return { kind: 'other', address: text, isOutside: ownerOf(known, text).text === 'external' }
}

const keyOf = (other: Other): Clean =>
  other.kind === 'other' ? other.address : other.kind === 'node' ? clean(other.name) : other.id

/** Whom somebody talks to: those whom it addresses itself first, of them the ones with most sockets. */
export const talksOf = (known: Known, { partners }: Pick<PathLook, 'partners'>): readonly Talk[] => {
  const talks = new Map<string, Talk>()
  for (const partner of partners) {
    const other = otherAt(known, partner)
    const isAccepted = partner.port === 0
    const key = isAccepted ? clean(`from ${keyOf(other)}`) : keyOf(other)
    const before = talks.get(key)
    talks.set(key, {
      ...{ key, other, isAccepted },
      sockets: (before?.sockets ?? 0) + partner.sockets,
      over: (before?.over ?? 0) + partner.over,
      partners: [...(before?.partners ?? []), partner],
    })
  }
  return [...talks.values()].sort(
    (one, another) =>
      Number(one.isAccepted) - Number(another.isAccepted) ||
      another.sockets - one.sockets ||
      (one.key < another.key ? -1 : 1),
  )
}

/** The one that was chosen, else the first. A service may be chosen that nobody talks to now. */
export const chosenTalk = (snapshot: Snapshot, talks: readonly Talk[], aim: Clean | undefined): Talk | undefined => {
  if (aim === undefined) return talks[0]
  const found = talks.find(({ key }) => key === aim)
  if (found !== undefined) return found
  const service = snapshot.records.services.get(aim as string as ServiceId)
  return service === undefined
    ? talks[0]
    : { key: aim, other: { kind: 'service', id: service.id }, isAccepted: false, sockets: 0, over: 0, partners: [] }
}

/** `service payments/shop`, `pod web/a`, `10.9.8.7 (external)`. */
export const otherWords = (other: Other): string => {
  switch (other.kind) {
    case 'service':
      return `service ${other.id}`
    case 'pod':
      return `pod ${other.id}`
    case 'node':
      return `node ${other.name}`
    case 'other':
      return other.isOutside ? `${other.address} (external)` : other.address
  }
}
