import { type Inquiry, inquiryKey, type Pace } from '../../events/inquiry.ts'
import type { ConntrackLook, Look, TabName } from '../../events/looks.ts'
import type { NodeName } from '../../events/subject.ts'
import type { Known } from '../../store/known.ts'
import type { Kept } from '../../store/reports.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { nodeOf, type Target, troubleOf } from './target.ts'

/** What a node showed. */
export interface Shown {
  readonly look: Look
  /** Our monotonic ms. */
  readonly at: number
  /** What was known then; not there: nothing was, or it names nobody. */
  readonly known?: Known
}

/** What is to follow a listing that a person said yes to: it is counted anew, asks for another yes, or is listed again. */
export type Next =
  | { readonly state: 'question'; readonly look: ConntrackLook }
  | { readonly state: 'waiting'; readonly isAgreed: boolean }

/** What there is to show of a target in a tab. */
export type Sight =
  | (Shown & { readonly state: 'live'; readonly pace?: Pace })
  /** It was taken once, because a person said yes to what it costs. */
  | (Shown & { readonly state: 'dated'; readonly next?: Next })
  | (Shown & { readonly state: 'past'; readonly cause: Clean })
  /** It is taken once, when a person wants it. */
  | (Shown & { readonly state: 'taken'; readonly isTakenAgain?: true })
  | { readonly state: 'untaken'; readonly cause: Clean }
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly cause: Clean }
  /** Nothing can be asked, and nothing was ever seen. */
  | { readonly state: 'impossible'; readonly cause: Clean }

export type Seen = Extract<Sight, Shown>

export type WithLook = Extract<Kept, { look: Look }>

export const hasLook = (report: Kept | undefined): report is WithLook => report !== undefined && 'look' in report

export const shownOf = ({ look, at, known }: Shown): Shown => ({ look, at, ...(known === undefined ? {} : { known }) })

/** What the keys of all inquiries about a pod begin with, whatever containers it had; of a node itself they are all of its own. */
export const startOf = (target: Target, node: NodeName): string =>
  target.kind === 'pod' ? `${node} ${target.record.uid} ` : `${node} host `

/** What was seen last of a pod under other ids of its containers than `own` has: they are others each time that one is started anew. */
const lastOf = (snapshot: Snapshot, target: Target, tab: TabName, own?: Inquiry): WithLook | undefined => {
  const node = nodeOf(target)
  if (target.kind !== 'pod' || node === undefined) return undefined
  const start = startOf(target, node)
  const known = own && inquiryKey(own)
  const isOther = (key: string): boolean => key !== known && !key.startsWith(`${known} consent `)
  const found = [...snapshot.reports].findLast(
    ([key, report]) =>
      key.startsWith(start) &&
      (key.endsWith(` ${tab}`) || key.includes(` ${tab} consent `)) &&
      isOther(key) &&
      hasLook(report),
  )?.[1]
  return hasLook(found) ? found : undefined
}

/** Seconds after which what was seen is of the past, also where nobody says so: the slowest looks are taken each 30 s. */
const lateAfter = 40

/** How many periods make a look late whose period is stretched. */
const lateBy = 2.5

/** Nobody says why. */
export const silent = clean('the node has not answered')

const asSight = (snapshot: Snapshot, report: Kept | undefined, last: WithLook | undefined): Sight => {
  if (hasLook(report)) {
    const shown = shownOf(report)
    if (report.state === 'ended') return { state: 'past', ...shown, cause: report.cause }
    const { pace } = report
    return snapshot.at - shown.at > Math.max(lateAfter, lateBy * (pace?.seconds ?? 0)) * 1000
      ? { state: 'past', ...shown, cause: silent }
      : { state: 'live', ...shown, ...(pace === undefined ? {} : { pace }) }
  }
  const cause = report?.state === 'refused' ? report.cause : clean('its containers were started anew')
  if (last !== undefined) return { state: 'past', ...shownOf(last), cause }
  return report?.state === 'refused' ? report : { state: 'waiting' }
}

/** Seconds by which a look may be newer than the last figure of a node that fell silent right after it. */
const together = 2

/**
 * Why nothing more comes of a node whose link is not live; undefined: it is, or looks come while figures do not. A link that nobody
 * closes ends no look, and the next one may be due much later.
 */
const silenceOf = (snapshot: Snapshot, target: Target, at: number): Clean | undefined => {
  const node = nodeOf(target)
  const view = node === undefined ? undefined : snapshot.nodes.get(node)
  const link = view?.link
  if (view === undefined || link === undefined || link.state === 'live') return undefined
  if (!((snapshot.at - at) / 1000 > view.newest - together)) return undefined
  return clean(`${node} is ${link.state}${link.cause === '' ? '' : `: ${link.cause}`}`)
}

const orSilent = (snapshot: Snapshot, target: Target, sight: Sight): Sight => {
  const cause = sight.state === 'live' ? silenceOf(snapshot, target, sight.at) : undefined
  return sight.state === 'live' && cause !== undefined ? { state: 'past', ...shownOf(sight), cause } : sight
}

/** What came of a look that a person said yes to. */
export const onceSeen = (snapshot: Snapshot, inquiry: Inquiry): Sight => {
  const report = snapshot.reports.get(inquiryKey(inquiry))
  if (hasLook(report)) return { state: 'dated', ...shownOf(report) }
  return report?.state === 'refused' ? report : { state: 'waiting' }
}

/** What is seen of a target without a yes, or was seen last of it. */
export const plainSight = (snapshot: Snapshot, target: Target, tab: TabName, inquiry: Inquiry | undefined): Sight => {
  const last = lastOf(snapshot, target, tab, inquiry)
  if (inquiry !== undefined)
    return orSilent(snapshot, target, asSight(snapshot, snapshot.reports.get(inquiryKey(inquiry)), last))
  const cause = clean(troubleOf(snapshot, target) ?? '')
  return last === undefined ? { state: 'impossible', cause } : { state: 'past', ...shownOf(last), cause }
}
