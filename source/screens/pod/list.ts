import type { Look } from '../../events/looks.ts'
import { cutMiddle, segment } from '../../interface/lines.ts'
import type { Column, RowId } from '../../interface/table/column.ts'
import type { Table } from '../../interface/table/table.ts'
import type { Known } from '../../store/known.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { formatValue, type Unit } from '../../text/units.ts'
import type { Target } from './target.ts'

/** A list of a tab, whatever its rows are. */
export interface List {
  readonly title: string
  readonly count: number
  /** What it lists was looked at: an empty list says that there is nothing, and so is not shown where nobody looked. */
  readonly isTold: boolean
  readonly table: Table
  /** All of a row, in words: its cells may be cut. */
  words(snapshot: Snapshot, row: RowId): readonly string[]
}

/** What a list may rest on besides its look. */
export interface ListSetting {
  readonly snapshot: Snapshot
  readonly target: Target
  /** What was known when it was looked at; not there: what is known now. */
  readonly known?: Known
}

/** A column that is told the item of a row, not its id, and by what its addresses are named. */
export type ItemColumn<Item> = (
  itemOf: (row: RowId) => Item | undefined,
  knownIn: (snapshot: Snapshot) => Known,
) => Column

type Shape = Pick<Column, 'id' | 'heading' | 'width' | 'priority'> & Partial<Pick<Column, 'most' | 'align'>>

/** Words, cut in the middle where they are long: addresses and names differ at their ends. Sentences are cut at their end. */
export const words =
  <Item>(
    shape: Shape,
    of: (item: Item, known: Known, width: number, snapshot: Snapshot) => Segment | string,
    cutAt: 'middle' | 'end' = 'middle',
  ): ItemColumn<Item> =>
  (itemOf, knownIn) => {
    const said = (snapshot: Snapshot, row: RowId, width = Number.POSITIVE_INFINITY): Segment => {
      const item = itemOf(row)
      const word = item === undefined ? '' : of(item, knownIn(snapshot), width, snapshot)
      return typeof word === 'string' ? segment(word) : word
    }
    return {
      align: 'left',
      ...shape,
      cell(snapshot, row, width, theme) {
        const { text, style } = said(snapshot, row, width)
        if (text === '') return segment('-', 'missing')
        return { text: cutAt === 'end' ? text : cutMiddle(text, width, theme.glyphs.ellipsis), style }
      },
      sortKey: (snapshot, row) => said(snapshot, row).text || undefined,
      text: (snapshot, row) => said(snapshot, row).text,
    }
  }

/** A number that is a name, not an amount: whole, whatever its size. */
export const numbers =
  <Item>(shape: Shape, of: (item: Item) => number | undefined): ItemColumn<Item> =>
  (itemOf) => {
    const value = (row: RowId): number | undefined => {
      const item = itemOf(row)
      return item === undefined ? undefined : of(item)
    }
    return {
      align: 'right',
      ...shape,
      cell: (_, row) => {
        const number = value(row)
        return number === undefined ? segment('-', 'missing') : segment(String(number))
      },
      sortKey: (_, row) => value(row),
    }
  }

/** A figure; undefined: it was not told. */
export const figures =
  <Item>(
    shape: Shape & { readonly unit: Unit },
    of: (item: Item) => number | undefined,
    styleOf: (value: number, item: Item) => Segment['style'] = () => 'plain',
  ): ItemColumn<Item> =>
  (itemOf) => {
    const { unit, ...others } = shape
    const value = (row: RowId): number | undefined => {
      const item = itemOf(row)
      return item === undefined ? undefined : of(item)
    }
    return {
      align: 'right',
      ...others,
      cell(_, row, width) {
        const [item, figure] = [itemOf(row), value(row)]
        return item === undefined || figure === undefined
          ? segment('-', 'missing')
          : { text: formatValue(figure, unit, width), style: styleOf(figure, item) }
      },
      sortKey: (_, row) => value(row),
    }
  }

/** One list of a kind of look. */
export interface ListOf<Kind extends Look, Item> {
  readonly title: string
  /** Undefined: it was not looked at, and the list is not shown. */
  items(look: Kind, setting: ListSetting): readonly Item[] | undefined
  /** What tells an item from the others, from one look to the next: the cursor follows it. */
  idOf(item: Item): string
  readonly columns: readonly ItemColumn<Item>[]
  /** Its place in the usual order: the least first; what ties stays as it was told. */
  rank(item: Item): number
  words(item: Item, known: Known, snapshot: Snapshot): readonly string[]
  readonly empty: string
}

const byId = <Item>(items: readonly Item[], idOf: (item: Item) => string): ReadonlyMap<RowId, Item> => {
  const rows = new Map<RowId, Item>()
  for (const item of items) {
    const id = idOf(item)
    let row = id
    for (let other = 2; rows.has(row); other++) row = `${id} #${other}`
    rows.set(row, item)
  }
  return rows
}

/** Makes the list of a look; `isOld`: it is of the past, and drawn so. */
export const listOf =
  <Kind extends Look, Item>(definition: ListOf<Kind, Item>) =>
  (look: Kind, isOld: boolean, setting: ListSetting): List => {
    const items = definition.items(look, setting)
    const rows = byId(items ?? [], definition.idOf)
    const knownIn = (snapshot: Snapshot): Known => setting.known ?? snapshot
    const columns = definition.columns.map((column) => column((row) => rows.get(row), knownIn))
    const names = [...rows.keys()]
    const rankOf = (row: RowId): number => {
      const item = rows.get(row)
      return item === undefined ? 0 : definition.rank(item)
    }
    const usual = names
      .map((row) => ({ row, rank: rankOf(row) }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ row }) => row)
    return {
      title: definition.title,
      count: rows.size,
      isTold: items !== undefined,
      table: {
        columns: () => columns,
        rows: () => names,
        defaultOrder(_, wanted) {
          if (wanted.length === usual.length) return usual
          const kept = new Set(wanted)
          return usual.filter((row) => kept.has(row))
        },
        empty: definition.empty,
        isOld: () => isOld,
      },
      words(snapshot, row) {
        const item = rows.get(row)
        return item === undefined ? [] : definition.words(item, knownIn(snapshot), snapshot).map((word) => clean(word))
      },
    }
  }
