import type { Snapshot } from '../../store/snapshot.ts'
import { serverAge } from '../../store/sources.ts'
import { formatAge } from '../../text/units.ts'
import { segment } from '../lines.ts'
import type { Column, RowId } from '../table/column.ts'

/** Seconds since a time that the API server wrote, by its own clock; NaN where that is not known. */
export const ageOf = (snapshot: Snapshot, time: number): number => serverAge(time, snapshot.sources, snapshot)

/** The wall time of a time that the API server wrote, by our clock, ms; NaN as above. */
export const wallOfServer = (snapshot: Snapshot, time: number): number => snapshot.wall - ageOf(snapshot, time) * 1000

/** The age of each row's object. */
export const ageColumn = (priority: number, createdOf: (snapshot: Snapshot, row: RowId) => number): Column => ({
  id: 'age',
  heading: 'AGE',
  width: 4,
  priority,
  align: 'right',
  cell: (snapshot, row) => {
    const age = ageOf(snapshot, createdOf(snapshot, row))
    return Number.isNaN(age) ? segment('?', 'missing') : segment(formatAge(age))
  },
  sortKey: (snapshot, row) => ageOf(snapshot, createdOf(snapshot, row)),
})
