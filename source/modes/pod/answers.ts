import { type Inquiry, inquiryKey } from '../../events/inquiry.ts'
import type { TabName } from '../../events/looks.ts'
import type { NodeName } from '../../events/subject.ts'
import type { PodAnswer } from '../../export/pod.ts'
import { deniedWords, isRead } from '../../interface/cluster/sources.ts'
import { placeOf, type Target } from '../../screens/pod/target.ts'
import type { Snapshot } from '../../store/snapshot.ts'

/** What is asked of a node for these tabs. `consent`: when a person said yes to what asks first, monotonic ms. */
export const inquiriesOf = (
  target: Target,
  node: NodeName,
  tabs: readonly TabName[],
  consent: number | undefined,
): readonly Inquiry[] =>
  tabs.map((tab) => ({
    node,
    tab,
    place: target.kind === 'pod' ? placeOf(target.record) : { kind: 'host' },
    ...(consent === undefined ? {} : { consent }),
  }))

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
export const waitWords = (snapshot: Snapshot, node: NodeName): string => {
  const link = snapshot.nodes.get(node)?.link
  if (link === undefined) return `${node} is not connected yet`
  return link.state === 'live'
    ? `${node} has not answered`
    : `${node} is ${link.state}${link.cause === '' ? '' : `: ${link.cause}`}`
}
