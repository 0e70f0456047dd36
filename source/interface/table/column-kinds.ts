import { namespaceOf, type PodId, type ServiceId } from '../../events/names.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { nameCell, segment } from '../lines.ts'
import type { Theme } from '../theme.ts'
import type { Column, RowId } from './column.ts'
import { clamp } from './table-state.ts'

/** What a column is but for what it says. */
export type Shape = Pick<Column, 'id' | 'heading' | 'width' | 'priority'> & Partial<Column>

/** A column of names of objects, cut in the middle where they are long. */
export const nameColumn = (shape: Shape, nameOf: (snapshot: Snapshot, row: RowId) => string | undefined): Column => ({
  align: 'left',
  cell: (snapshot, row, width, theme) => {
    const name = nameOf(snapshot, row)
    return name === undefined || name === '' ? segment('-', 'missing') : nameCell(name, width, theme)
  },
  sortKey: (snapshot, row) => nameOf(snapshot, row) || undefined,
  text: (snapshot, row) => nameOf(snapshot, row) ?? '',
  objects: true,
  ...shape,
})

/** The namespaces of objects, where rows are of several. `longest`: cells of the longest one. */
export const namespaceColumn = (longest: number): Column =>
  nameColumn(
    { id: 'namespace', heading: 'NAMESPACE', width: clamp(longest, 9, 11), most: longest, priority: 0 },
    (_, row) => namespaceOf(row as PodId | ServiceId),
  )

/** A column of words, each in its style. `absent`: what stands where there is none. */
export const wordColumn = (
  shape: Shape,
  wordOf: (snapshot: Snapshot, row: RowId, theme?: Theme) => Segment | undefined,
  absent = '-',
): Column => ({
  align: 'left',
  cell: (snapshot, row, _, theme) => wordOf(snapshot, row, theme) ?? segment(absent, 'missing'),
  sortKey: (snapshot, row) => wordOf(snapshot, row)?.text,
  text: (snapshot, row) => wordOf(snapshot, row)?.text ?? '',
  ...shape,
})

/** A column of counts; NaN: not known. */
export const countColumn = (shape: Shape, countOf: (snapshot: Snapshot, row: RowId) => number): Column => ({
  align: 'right',
  cell: (snapshot, row) => {
    const count = countOf(snapshot, row)
    return Number.isNaN(count) ? segment('?', 'missing') : segment(String(count))
  },
  sortKey: countOf,
  ...shape,
})
