import type { Snapshot } from '../../store/snapshot.ts'
import type { Column, RowId } from './column.ts'
import { sortObjectNames } from './name-order.ts'

export interface Sort {
  readonly column: string
  readonly descending: boolean
}

/** One collator for all names: `localeCompare` makes a new one each time, and costs twenty times as much. */
const collator = new Intl.Collator('en', { numeric: true })

export const compareNames = (one: string, other: string): number => collator.compare(one, other)

const compareKeys = (one: number | string, other: number | string): number =>
  typeof one === 'number' && typeof other === 'number' ? one - other : compareNames(String(one), String(other))

interface Keyed {
  readonly row: RowId
  readonly key: number | string
}

/** Rows by their texts: each text is compared once, however many rows have it. */
const byText = (present: readonly Keyed[], { objects }: Column, descending: boolean): readonly RowId[] => {
  const rows = new Map<string, RowId[]>()
  for (const { row, key } of present) {
    const text = String(key)
    const same = rows.get(text)
    if (same === undefined) rows.set(text, [row])
    else same.push(row)
  }
  const found = [...rows.keys()]
  const texts = objects === true ? sortObjectNames(found) : found.sort(compareNames)
  return (descending ? texts.toReversed() : texts).flatMap((text) => rows.get(text) ?? [])
}

/** Rows by one column; rows without a value stand last whichever way it goes, and rows that tie stay as they came. */
export const sortRows = (
  snapshot: Snapshot,
  rows: readonly RowId[],
  column: Column,
  descending: boolean,
): readonly RowId[] => {
  const present: Keyed[] = []
  const absent: RowId[] = []
  for (const row of rows) {
    const key = column.sortKey(snapshot, row)
    if (key === undefined || Number.isNaN(key)) absent.push(row)
    else present.push({ row, key })
  }
  if (present.every(({ key }) => typeof key === 'string')) return [...byText(present, column, descending), ...absent]
  present.sort((one, other) => (descending ? compareKeys(other.key, one.key) : compareKeys(one.key, other.key)))
  return [...present.map(({ row }) => row), ...absent]
}
