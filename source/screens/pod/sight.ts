import type { TabName } from '../../events/looks.ts'
import { isDear, isListed } from '../../store/listings.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { agreedTo, type Consent } from './consent.ts'
import {
  hasLook,
  onceSeen,
  plainSight,
  type Shown,
  type Sight,
  shownOf,
  silent,
  startOf,
  type WithLook,
} from './seen.ts'
import { inquiryOf, nodeOf, type Target } from './target.ts'

/** The last listing of a pod's part of a table that was dear, or that a question came after. */
const listingOf = (snapshot: Snapshot, target: Target): WithLook | undefined => {
  const node = nodeOf(target)
  if (node === undefined) return undefined
  const start = startOf(target, node)
  let newest: WithLook | undefined
  for (const [key, report] of snapshot.reports)
    if (key.startsWith(start) && hasLook(report) && report.look.tab === 'conntrack' && isDear(key, report))
      if (newest === undefined || report.at >= newest.at) newest = report
  return newest
}

/** What was listed stays until there is another listing. */
const withListing = (sight: Sight, listing: Shown, isAgreed: boolean): Sight => {
  switch (sight.state) {
    case 'live':
    case 'past': {
      const { look } = sight
      if (look.tab !== 'conntrack' || isListed(look) || !look.isQuestion) return sight
      if (sight.state === 'live') return { state: 'dated', ...listing, next: { state: 'question', look } }
      // What was counted long ago is counted anew, now that it is asked again.
      return sight.cause === silent
        ? { state: 'dated', ...listing, next: { state: 'waiting', isAgreed } }
        : { state: 'past', ...listing, cause: sight.cause }
    }
    case 'waiting':
      return { state: 'dated', ...listing, next: { state: 'waiting', isAgreed } }
    case 'refused':
    case 'impossible':
      return { state: 'past', ...listing, cause: sight.cause }
    default:
      return sight
  }
}

/** What is seen of a target, or was seen last of it. `consent`: that of its inquiry, where one was given. */
export const sightOf = (snapshot: Snapshot, target: Target, tab: TabName, consent?: Consent): Sight => {
  const inquiry = inquiryOf(snapshot, target, tab)
  const agreed = inquiry && agreedTo(inquiry, consent)
  const sight = agreed === undefined ? plainSight(snapshot, target, tab, inquiry) : onceSeen(snapshot, agreed)
  const listing = tab === 'conntrack' ? listingOf(snapshot, target) : undefined
  return listing === undefined ? sight : withListing(sight, shownOf(listing), agreed !== undefined)
}
