import { type Inquiry, inquiryKey, type Report } from '../../events/inquiry.ts'
import type { FlowsLook } from '../../events/looks.ts'
import type { NodeName } from '../../events/subject.ts'
import type { Table } from '../../interface/table/table.ts'
import type { TableState } from '../../interface/table/table-state.ts'
import type { Level } from '../../store/fill.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Clean } from '../../text/clean.ts'

export interface State {
  readonly node: NodeName | undefined
  readonly level: Level
  /** A newer look is wanted than the one of this time; undefined: whatever was seen will do. */
  readonly after: number | undefined
  /** When a person said yes, for the look that is wanted and for no other: our monotonic ms. */
  readonly consent: number | undefined
  /** One for each level, the same as long as the screen is open: what was worked out for it is known by it. */
  readonly tables: Readonly<Record<Level, Table>>
  readonly table: TableState
}

const inquiry = (node: NodeName, consent?: number): Inquiry => ({
  node,
  place: { kind: 'host' },
  tab: 'flows',
  ...(consent === undefined ? {} : { consent }),
})

export interface Sight {
  readonly look: FlowsLook
  readonly at: number
}

const sightIn = (report: Report | undefined): Sight | undefined =>
  report !== undefined && 'look' in report && report.look.tab === 'flows'
    ? { look: report.look, at: report.at }
    : undefined

/** What was seen last of a node, with or without a consent. */
export const sightOf = (snapshot: Snapshot, { node }: Pick<State, 'node'>): Sight | undefined => {
  if (node === undefined) return undefined
  const plain = inquiryKey(inquiry(node))
  let newest: Sight | undefined
  for (const [key, report] of snapshot.reports) {
    const sight = key === plain || key.startsWith(`${plain} `) ? sightIn(report) : undefined
    if (sight !== undefined && !(newest !== undefined && newest.at >= sight.at)) newest = sight
  }
  return newest
}

/** What is to be asked: nothing once it was answered, so that nothing is listed again by itself. */
export const asksOf = (snapshot: Snapshot, { node, after, consent }: State): readonly Inquiry[] => {
  if (node === undefined || !snapshot.nodes.has(node)) return []
  const sight = sightOf(snapshot, { node })
  const isAnswered = sight !== undefined && (after === undefined || sight.at > after)
  return isAnswered ? [] : [inquiry(node, consent)]
}

/** Why what is asked cannot be had; undefined: it is waited for, or nothing is asked. */
export const causeOf = (snapshot: Snapshot, state: State): Clean | undefined => {
  const [asked] = asksOf(snapshot, state)
  const report = asked === undefined ? undefined : snapshot.reports.get(inquiryKey(asked))
  return report?.state === 'refused' || report?.state === 'ended' ? report.cause : undefined
}

/** It is to be said whether so many entries are to be listed. */
export const isQuestion = (snapshot: Snapshot, state: State): boolean => {
  const sight = sightOf(snapshot, state)
  return sight !== undefined && sight.look.listed === undefined && asksOf(snapshot, state).length === 0
}
