import type { LinkState } from '../../events/link.ts'
import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import type { Theme } from '../../interface/theme.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'

/** Seconds from which on a node without a newer figure is stale, beside our own lateness: three missed ticks. */
const staleFrom = 3

/** How a state is called where the cell has to hold an age too. */
const wordOf = (state: LinkState): string => (state === 'backing-off' ? 'backoff' : state)

const isStale = (snapshot: Snapshot, { link, newest }: NodeView): boolean =>
  link?.state !== 'live' || !(newest <= staleFrom + snapshot.late / 1000)

const ageCell = (snapshot: Snapshot, node: NodeView, theme: Theme): Segment => {
  const { link, newest } = node
  if (link === undefined) return segment('?', 'missing')
  const age = Number.isNaN(newest) ? '' : formatAge(newest)
  if (!isStale(snapshot, node))
    return link.remark === undefined ? segment(age) : segment(`${age} ${theme.glyphs.standing.warning}`, 'warning')
  if (link.state === 'live') return age === '' ? segment('waiting', 'missing') : segment(`stale ${age}`, 'stale')
  if (age === '') return segment(wordOf(link.state), 'stale')
  return segment(`${link.state === 'connecting' ? 'stale' : wordOf(link.state)} ${age}`, 'stale')
}

/** The age of a node's newest figure, and why there is none that is newer; marked where its link lives, but not well. */
export const ageColumn: Column = {
  id: 'age',
  heading: 'AGE',
  width: 11,
  priority: 2,
  align: 'left',
  cell: (snapshot, row, _, theme) => {
    const node = snapshot.nodes.get(row as NodeName)
    return node === undefined ? segment('') : ageCell(snapshot, node, theme)
  },
  sortKey: (snapshot, row) => snapshot.nodes.get(row as NodeName)?.newest,
}
