import { type Inquiry, inquiryKey } from '../../events/inquiry.ts'
import type { ServicePlace } from '../../events/look-rules.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { type Shown, type Sight, shownOf } from './seen.ts'
import { chosenService, servicePlaceOf, serviceTrouble } from './service-choice.ts'
import { nodeOf, type Target, troubleOf } from './target.ts'

/** What is chosen in the tab of the rules. */
export interface RulesChoice {
  readonly aim: Clean | undefined
  /** When a person asked for them, our monotonic ms: they are taken once for each time, and never by themselves. */
  readonly taken: number | undefined
}

/** The node has them, whosever pod is looked at. */
const inquiry = (target: Target, service: ServicePlace, consent?: number): Inquiry | undefined => {
  const node = nodeOf(target)
  if (node === undefined) return undefined
  return { node, place: { kind: 'host' }, tab: 'rules', service, ...(consent === undefined ? {} : { consent }) }
}

/** What was taken last, whenever that was asked for. */
const lastOf = (snapshot: Snapshot, key: string): Shown | undefined => {
  let newest: Shown | undefined
  for (const [other, report] of snapshot.reports)
    if ((other === key || other.startsWith(`${key} consent `)) && 'look' in report)
      if (newest === undefined || report.at >= newest.at) newest = report
  return newest && shownOf(newest)
}

/** What there is to show of a service's rules: what was taken last, dated. */
export const rulesSight = (snapshot: Snapshot, target: Target, { aim, taken }: RulesChoice): Sight => {
  const service = chosenService(snapshot, target, aim)
  const trouble = troubleOf(snapshot, target) ?? serviceTrouble(snapshot, target, service)
  const place = service === undefined ? undefined : servicePlaceOf(service)
  const plain = place === undefined ? undefined : inquiry(target, place)
  const last = plain === undefined ? undefined : lastOf(snapshot, inquiryKey(plain))
  if (trouble !== undefined || plain === undefined || service === undefined)
    return last === undefined
      ? { state: 'impossible', cause: clean(trouble ?? '') }
      : { state: 'past', ...last, cause: clean(trouble ?? '') }
  const report = taken === undefined ? undefined : snapshot.reports.get(inquiryKey({ ...plain, consent: taken }))
  if (report?.state === 'refused' && last === undefined) return report
  if (report?.state === 'refused' && last !== undefined) return { state: 'past', ...last, cause: report.cause }
  if (last !== undefined && (taken === undefined || last.at >= taken)) return { state: 'taken', ...last }
  if (taken !== undefined)
    return last === undefined ? { state: 'waiting' } : { state: 'taken', ...last, isTakenAgain: true }
  return { state: 'untaken', cause: clean(`r takes the rules of ${service.id} on ${plain.node}, once`) }
}

/** What is asked of a node, whether it can be reached or not; a text: why there is nothing to be asked. */
export const rulesInquiry = (
  snapshot: Snapshot,
  target: Target,
  { aim, taken, how }: { readonly aim: Clean | undefined; readonly taken: number; readonly how?: string },
): Inquiry | string => {
  const service = chosenService(snapshot, target, aim)
  const trouble = serviceTrouble(snapshot, target, service, how)
  if (trouble !== undefined || service === undefined) return trouble ?? 'no service is meant'
  return inquiry(target, servicePlaceOf(service), taken) ?? 'it is on no node'
}

/** What is to be asked: nothing before a person wants it, and nothing once it was answered. */
export const rulesAsks = (snapshot: Snapshot, target: Target, { aim, taken }: RulesChoice): readonly Inquiry[] => {
  if (taken === undefined || troubleOf(snapshot, target) !== undefined) return []
  const wanted = rulesInquiry(snapshot, target, { aim, taken })
  if (typeof wanted === 'string') return []
  const report = snapshot.reports.get(inquiryKey(wanted))
  return report === undefined || report.state === 'waiting' || report.state === 'refused' ? [wanted] : []
}
