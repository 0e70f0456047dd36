import { type Inquiry, inquiryKey, type Pace } from '../../events/inquiry.ts'
import type { Look, TabName } from '../../events/looks.ts'
import type { Known } from '../../store/known.ts'
import type { Kept } from '../../store/reports.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { agreedTo, type Consent } from './consent.ts'
import { inquiryOf, nodeOf, placeOf, type Target, troubleOf } from './target.ts'

/** What a node showed. */
export interface Shown {
  readonly look: Look
  /** Our monotonic ms. */
  readonly at: number
  /** What was known then; not there: nothing was, or it names nobody. */
  readonly known?: Known
}

/** What there is to show of a target in a tab. */
export type Sight =
  | (Shown & { readonly state: 'live'; readonly pace?: Pace })
  /** It was taken once, because a person said yes to what it costs. */
  | (Shown & { readonly state: 'dated' })
  | (Shown & { readonly state: 'past'; readonly cause: Clean })
  /** It is taken once, when a person wants it. */
  | (Shown & { readonly state: 'taken'; readonly isTakenAgain?: true })
  | { readonly state: 'untaken'; readonly cause: Clean }
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly cause: Clean }
  /** Nothing can be asked, and nothing was ever seen. */
  | { readonly state: 'impossible'; readonly cause: Clean }

export type Seen = Extract<Sight, Shown>

type WithLook = Extract<Kept, { look: Look }>

const hasLook = (report: Kept | undefined): report is WithLook => report !== undefined && 'look' in report

export const shownOf = ({ look, at, known }: Shown): Shown => ({ look, at, ...(known === undefined ? {} : { known }) })

/** What was seen last of a pod under other ids of its containers: they are others each time that one is started anew. */
const lastOf = (snapshot: Snapshot, target: Target, tab: TabName): WithLook | undefined => {
  const node = nodeOf(target)
  if (target.kind !== 'pod' || node === undefined) return undefined
  const start = inquiryKey({ node, place: { ...placeOf(target.record), containers: [] }, tab }).slice(
    0,
    -tab.length - 1,
  )
  const found = [...snapshot.reports].findLast(
    ([key, report]) =>
      key.startsWith(start) && (key.endsWith(` ${tab}`) || key.includes(` ${tab} consent `)) && hasLook(report),
  )?.[1]
  return hasLook(found) ? found : undefined
}

/** Seconds after which what was seen is of the past, also where nobody says so: the slowest looks are taken each 30 s. */
const lateAfter = 40

/** How many periods make a look late whose period is stretched. */
const lateBy = 2.5

const silent = clean('the node has not answered')

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

/** What came of a look that a person said yes to. */
const onceSeen = (snapshot: Snapshot, inquiry: Inquiry): Sight => {
  const report = snapshot.reports.get(inquiryKey(inquiry))
  if (hasLook(report)) return { state: 'dated', ...shownOf(report) }
  return report?.state === 'refused' ? report : { state: 'waiting' }
}

/** What is seen of a target, or was seen last of it. `consent`: that of its inquiry, where one was given. */
export const sightOf = (snapshot: Snapshot, target: Target, tab: TabName, consent?: Consent): Sight => {
  const inquiry: Inquiry | undefined = inquiryOf(snapshot, target, tab)
  const last = lastOf(snapshot, target, tab)
  const agreed = inquiry && agreedTo(inquiry, consent)
  if (agreed !== undefined) return onceSeen(snapshot, agreed)
  if (inquiry !== undefined) return asSight(snapshot, snapshot.reports.get(inquiryKey(inquiry)), last)
  const cause = clean(troubleOf(snapshot, target) ?? '')
  return last === undefined ? { state: 'impossible', cause } : { state: 'past', ...shownOf(last), cause }
}
