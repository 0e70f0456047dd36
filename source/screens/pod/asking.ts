import { type Inquiry, inquiryKey } from '../../events/inquiry.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { agreedTo } from './consent.ts'
import { rulesAsks } from './rules-sight.ts'
import type { State, View } from './state.ts'
import { inquiryOf, type Target, targetOf } from './target.ts'

/** It is to be said whether what is shown is to be listed whole. */
export const isQuestion = ({ sight }: Pick<View, 'sight'>): boolean =>
  sight.state === 'dated'
    ? sight.next?.state === 'question'
    : sight.state === 'live' && sight.look.tab === 'conntrack' && sight.look.isQuestion

/** With a yes to what the tab in front asks of its target. */
export const withConsent = (snapshot: Snapshot, state: State, target: Target): State => {
  const inquiry = inquiryOf(snapshot, target, state.tab)
  return inquiry === undefined ? state : { ...state, consent: { of: inquiryKey(inquiry), at: snapshot.at } }
}

/** What is to be asked of a node: nothing once it has answered what took a yes, so that nothing is listed again by itself. */
export const asksOf = (snapshot: Snapshot, state: State): readonly Inquiry[] => {
  const target = targetOf(snapshot, state)
  if (state.tab === 'rules') return rulesAsks(snapshot, target, { aim: state.aims.rules, taken: state.taken })
  const inquiry = inquiryOf(snapshot, target, state.tab)
  if (inquiry === undefined) return []
  const agreed = agreedTo(inquiry, state.consent)
  const report = agreed && snapshot.reports.get(inquiryKey(agreed))
  return report !== undefined && 'look' in report ? [] : [agreed ?? inquiry]
}
