import { type Inquiry, inquiryKey } from '../../events/inquiry.ts'
import type { FlowsLook } from '../../events/looks.ts'
import type { NodeName } from '../../events/subject.ts'
import type { Parameters } from '../../interface/screen.ts'
import type { Table } from '../../interface/table/table.ts'
import type { TableState } from '../../interface/table/table-state.ts'
import type { Level } from '../../store/fill.ts'
import type { Records } from '../../store/records.ts'
import type { Kept } from '../../store/reports.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Clean } from '../../text/clean.ts'

/** What is wanted of which node. */
export interface Asking {
  readonly node: NodeName | undefined
  /** A newer look is wanted than the one of this time; undefined: whatever was seen will do. */
  readonly after: number | undefined
  /** When a person said yes, for the look that is wanted and for no other: our monotonic ms. */
  readonly consent: number | undefined
}

export interface State extends Asking {
  readonly level: Level
  /** One for each level, the same as long as the screen is open: what was worked out for it is known by it. */
  readonly tables: Readonly<Record<Level, Table>>
  readonly table: TableState
}

export const askingOf = ({ node }: Parameters): Asking => ({ node, after: undefined, consent: undefined })

const inquiry = (node: NodeName, consent?: number): Inquiry => ({
  node,
  place: { kind: 'host' },
  tab: 'flows',
  ...(consent === undefined ? {} : { consent }),
})

export interface Sight {
  readonly look: FlowsLook
  readonly at: number
  /** By which addresses are told by name: as it was known when the table was listed, or today's where nothing was known yet. */
  readonly records: Records
}

const sightIn = (report: Kept, { records }: Snapshot): Sight | undefined =>
  'look' in report && report.look.tab === 'flows'
    ? { look: report.look, at: report.at, records: report.records ?? records }
    : undefined

const newest = (
  snapshot: Snapshot,
  node: NodeName | undefined,
  isMeant: (look: FlowsLook) => boolean,
): Sight | undefined => {
  if (node === undefined) return undefined
  const plain = inquiryKey(inquiry(node))
  let newest: Sight | undefined
  for (const [key, report] of snapshot.reports) {
    const sight = key === plain || key.startsWith(`${plain} `) ? sightIn(report, snapshot) : undefined
    if (sight !== undefined && isMeant(sight.look) && !(newest !== undefined && newest.at >= sight.at)) newest = sight
  }
  return newest
}

/** What was seen last of a node, with or without a consent. */
export const sightOf = (snapshot: Snapshot, { node }: Pick<Asking, 'node'>): Sight | undefined =>
  newest(snapshot, node, () => true)

/** The last listing of a node's table: a question that came later does not take it away. */
export const listingOf = (snapshot: Snapshot, node: NodeName | undefined): Sight | undefined =>
  newest(snapshot, node, ({ listed }) => listed !== undefined)

/** What is to be asked: nothing once it was answered, so that nothing is listed again by itself. */
export const asksOf = (snapshot: Snapshot, { node, after, consent }: Asking): readonly Inquiry[] => {
  if (node === undefined || !snapshot.nodes.has(node)) return []
  const sight = sightOf(snapshot, { node })
  const isAnswered = sight !== undefined && (after === undefined || sight.at > after)
  return isAnswered ? [] : [inquiry(node, consent)]
}

/** Why what is asked cannot be had; undefined: it is waited for, or nothing is asked. */
export const causeOf = (snapshot: Snapshot, state: Asking): Clean | undefined => {
  const [asked] = asksOf(snapshot, state)
  const report = asked === undefined ? undefined : snapshot.reports.get(inquiryKey(asked))
  return report?.state === 'refused' || report?.state === 'ended' ? report.cause : undefined
}

/** It is to be said whether so many entries are to be listed. */
export const isQuestion = (snapshot: Snapshot, state: Asking): boolean => {
  const sight = sightOf(snapshot, state)
  return sight !== undefined && sight.look.listed === undefined && asksOf(snapshot, state).length === 0
}
