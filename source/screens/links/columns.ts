import type { Link } from '../../events/link.ts'
import type { NodeName } from '../../events/subject.ts'
import { nameCell, segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column } from '../../interface/table/column.ts'
import { type Shape, wordColumn } from '../../interface/table/column-kinds.ts'
import { clamp } from '../../interface/table/table-state.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import { causeSegment, rankOf, stateCell } from './standing.ts'

export const nodeOf = (snapshot: Snapshot, row: string): NodeView | undefined => snapshot.nodes.get(row as NodeName)

const unknown = segment('-', 'missing')

/** Seconds until the next attempt; undefined where none is awaited. */
export const untilNext = ({ at }: Snapshot, link: Link | undefined): number | undefined =>
  link?.until === undefined || link.state === 'live' ? undefined : Math.max(0, (link.until - at) / 1000)

/** Seconds in which the link has been in its state, or has not been live any more. */
export const heldFor = ({ wall }: Snapshot, { linkSince }: NodeView): number => Math.max(0, (wall - linkSince) / 1000)

const linkColumn = (shape: Shape, wordOf: (link: Link) => string | undefined): Column =>
  wordColumn(shape, (snapshot, row) => {
    const link = nodeOf(snapshot, row)?.link
    const word = link === undefined ? undefined : wordOf(link)
    return word === undefined ? undefined : segment(word)
  })

/** A column of figures, which no filter finds. */
const figureColumn = (
  shape: Shape,
  valueOf: (snapshot: Snapshot, node: NodeView) => number | undefined,
  written: (value: number) => string,
  absent: Segment = unknown,
): Column => {
  const of = (snapshot: Snapshot, row: string): number | undefined => {
    const node = nodeOf(snapshot, row)
    return node?.link === undefined ? undefined : valueOf(snapshot, node)
  }
  return {
    align: 'right',
    cell: (snapshot, row) => {
      const value = of(snapshot, row)
      return value === undefined ? absent : segment(written(value))
    },
    sortKey: of,
    ...shape,
  }
}

const nameColumn = (longest: number): Column => ({
  id: 'node',
  heading: 'NODE',
  width: clamp(longest, 8, 20),
  most: longest,
  priority: 0,
  align: 'left',
  cell: (_, row, width, theme) => nameCell(row, width, theme),
  sortKey: (_, row) => row,
  text: (_, row) => row,
})

const stateColumn: Column = {
  id: 'state',
  heading: 'STATE',
  width: 13,
  priority: 0,
  align: 'left',
  cell: (snapshot, row, _, theme) => {
    const node = nodeOf(snapshot, row)
    return node === undefined ? unknown : stateCell(node, theme)
  },
  sortKey: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    // The greatest comes first when a column is sorted by: the worst.
    return node === undefined ? undefined : -rankOf(node)
  },
  text: (snapshot, row) => nodeOf(snapshot, row)?.link?.state ?? '?',
}

const causeColumn: Column = {
  id: 'cause',
  heading: 'CAUSE OR REMARK',
  width: 26,
  most: Number.POSITIVE_INFINITY,
  priority: 1,
  align: 'left',
  cell: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    return node === undefined ? unknown : causeSegment(node)
  },
  sortKey: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    return node === undefined ? undefined : causeSegment(node).text || undefined
  },
  text: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    return node === undefined ? '' : causeSegment(node).text
  },
}

const longestOf = (texts: Iterable<string>): number => {
  let longest = 0
  for (const { length } of texts) longest = Math.max(longest, length)
  return longest
}

/** The columns of the links: those that say what is wrong stay longest. */
export const linkColumns = perSnapshot((snapshot): readonly Column[] => {
  const nodes = [...snapshot.nodes.values()]
  return [
    nameColumn(longestOf(snapshot.nodes.keys())),
    stateColumn,
    figureColumn({ id: 'for', heading: 'FOR', width: 4, priority: 3 }, heldFor, formatAge),
    figureColumn(
      { id: 'next', heading: 'NEXT', width: 4, priority: 2 },
      (snapshot, { link }) => untilNext(snapshot, link),
      (seconds) => (seconds === 0 ? 'now' : formatAge(Math.ceil(seconds))),
      segment(''),
    ),
    linkColumn({ id: 'via', heading: 'VIA', width: 7, priority: 4 }, ({ transport }) => transport),
    figureColumn(
      { id: 'logins', heading: 'LOGINS', width: 6, priority: 5 },
      (_, { link }) => link?.logins,
      (logins) => formatValue(logins, 'count', 6),
    ),
    figureColumn(
      { id: 'lease', heading: 'LEASE', width: 5, priority: 6 },
      (_, { link }) => link?.lease,
      (lease) => formatValue(lease, 's', 5),
    ),
    linkColumn(
      {
        id: 'route',
        heading: 'ROUTE',
        width: 20,
        most: longestOf(nodes.map(({ link }) => link?.route ?? '')),
        priority: 7,
      },
      ({ route }) => route,
    ),
    causeColumn,
  ]
})
