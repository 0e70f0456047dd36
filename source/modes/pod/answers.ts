import { type Inquiry, inquiryKey } from '../../events/inquiry.ts'
import type { TabName } from '../../events/looks.ts'
import type { ServiceId } from '../../events/names.ts'
import type { NodeName } from '../../events/subject.ts'
import type { PodAnswer } from '../../export/pod.ts'
import { deniedWords, isRead } from '../../interface/cluster/sources.ts'
import { rulesInquiry } from '../../screens/pod/rules-sight.ts'
import { placeOf, type Target } from '../../screens/pod/target.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Clean } from '../../text/clean.ts'

/** What is asked of a node in one tab; a text: why there is nothing to be asked. */
export interface Asked {
  readonly tab: TabName
  readonly inquiry: Inquiry | string
}

/** What a person said beside the tabs. */
export interface Said {
  /** When it was agreed to what asks first, monotonic ms. */
  readonly consent: number | undefined
  /** When what is taken once was wanted, monotonic ms. */
  readonly wanted: number
  /** The service that is meant, as it was typed. */
  readonly service: Clean | undefined
}

/** What is asked of a node for these tabs. */
export const askedOf = (
  snapshot: Snapshot,
  target: Target,
  { node, tabs, said }: { readonly node: NodeName; readonly tabs: readonly TabName[]; readonly said: Said },
): readonly Asked[] =>
  tabs.map((tab) => {
    const { service, consent, wanted } = said
    if (tab === 'rules') {
      const isUnknown =
        service !== undefined && snapshot.records.services.get(service as string as ServiceId) === undefined
      const inquiry = isUnknown
        ? `no service ${service} is known`
        : rulesInquiry(snapshot, target, { aim: service, taken: wanted, how: '--service NAMESPACE/NAME names one' })
      return { tab, inquiry }
    }
    const place = target.kind === 'pod' ? placeOf(target.record) : ({ kind: 'host' } as const)
    return { tab, inquiry: { node, tab, place, ...(consent === undefined ? {} : { consent }) } }
  })

type Missing = Extract<PodAnswer, { missing: unknown }>

/** Why nothing can be asked of a node; undefined: it can, or may be soon. */
const linkTrouble = (snapshot: Snapshot, node: NodeName): Missing | undefined => {
  const link = snapshot.nodes.get(node)?.link
  if (link === undefined) {
    if (snapshot.cluster === undefined || snapshot.records.nodes.get(node) !== undefined) return undefined
    const denied = deniedWords(snapshot, 'nodes')
    if (denied !== undefined) return { missing: 'denied', cause: `how to reach its node ${node} is ${denied}` }
    return isRead(snapshot, 'nodes')
      ? { missing: 'lost', cause: `its node ${node} is none that the API server tells of` }
      : undefined
  }
  const cause = link.cause === '' ? '' : `: ${link.cause}`
  switch (link.state) {
    case 'live':
    case 'connecting':
      return undefined
    case 'not-asked':
      return { missing: 'not-asked', cause: `kntop does not log in to ${node}${cause}` }
    case 'denied':
      return { missing: 'denied', cause: `${node} is denied${cause}` }
    case 'lost':
    case 'no-data':
    case 'backing-off':
      return { missing: 'lost', cause: `${node} is ${link.state}${cause}` }
  }
}

/** What has come of an inquiry; undefined: it is not answered yet. */
export const answerOf = (snapshot: Snapshot, inquiry: Inquiry): PodAnswer | undefined => {
  const report = snapshot.reports.get(inquiryKey(inquiry))
  if (report !== undefined && 'look' in report) return { look: report.look, at: report.at }
  const trouble = linkTrouble(snapshot, inquiry.node)
  if (trouble !== undefined) return trouble
  const isLive = snapshot.nodes.get(inquiry.node)?.link?.state === 'live'
  return isLive && report?.state === 'refused' ? { missing: 'no-data', cause: report.cause } : undefined
}

/** Why there is no answer yet, in words for a person. */
export const waitWords = (snapshot: Snapshot, node: NodeName, late: string): string => {
  const link = snapshot.nodes.get(node)?.link
  if (link?.state === 'live') return `${node} has not answered ${late}`
  const why = link === undefined || link.cause === '' ? '' : `: ${link.cause}`
  return `${node} was not reached ${late}${why}`
}
