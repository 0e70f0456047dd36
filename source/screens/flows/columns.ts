import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import { countColumn, nameColumn, type Shape, wordColumn } from '../../interface/table/column-kinds.ts'
import type { Level, Share } from '../../store/fill.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../../text/clean.ts'
import type { Unit } from '../../text/units.ts'
import { formatCell } from '../../text/units.ts'
import { partyCell } from './words.ts'

type ShareAt = (snapshot: Snapshot, row: string) => Share | undefined

/** A column of figures; NaN: not known. `isLeast`: whether there may be more. */
const figureColumn = (
  shape: Shape,
  unit: Unit,
  figureOf: (snapshot: Snapshot, row: string) => number,
  isLeast: (snapshot: Snapshot, row: string) => boolean,
  format: (figure: number, unit: Unit, width: number) => Clean = formatCell,
): Column => ({
  ...countColumn(shape, figureOf),
  cell: (snapshot, row, width, { glyphs }) => {
    const figure = figureOf(snapshot, row)
    if (Number.isNaN(figure)) return segment('-', 'missing')
    const text = isLeast(snapshot, row)
      ? joinClean([glyphs.least, format(figure, unit, width - 1)])
      : format(figure, unit, width)
    return { text, style: 'plain' }
  },
})

/** To the last entry: it is held against what a person counts. */
const exact = (figure: number, unit: Unit, width: number): Clean => {
  const text = String(figure)
  return text.length <= width ? clean(text) : formatCell(figure, unit, width)
}

const several = <What>(all: readonly { readonly what: What }[], wordOf: (what: What) => string): string => {
  const [first] = all
  if (first === undefined) return ''
  return all.length === 1 ? wordOf(first.what) : `${wordOf(first.what)} +${all.length - 1}`
}

const portWords = ({ protocol, port }: Share): string => (port === undefined ? protocol : `${protocol} ${port}`)

/** Rows of who has connections with whom. */
export const flowColumns = (shareAt: ShareAt, level: Level): readonly Column[] => {
  const number = (key: 'entries' | 'share' | 'began' | 'expected') => (snapshot: Snapshot, row: string) =>
    shareAt(snapshot, row)?.[key] ?? Number.NaN
  const word = (wordOf: (share: Share) => string) => (snapshot: Snapshot, row: string) => {
    const share = shareAt(snapshot, row)
    const text = share === undefined ? '' : wordOf(share)
    return text === '' ? undefined : segment(text)
  }
  const name = (nameOf: (share: Share) => string) => (snapshot: Snapshot, row: string) => {
    const share = shareAt(snapshot, row)
    return share === undefined ? undefined : nameOf(share)
  }
  const least = (key: 'isLeast' | 'isLeastNew') => (snapshot: Snapshot, row: string) =>
    shareAt(snapshot, row)?.[key] ?? false
  const [more, moreNew] = [least('isLeast'), least('isLeastNew')]
  const isDetail = level === 'detail'
  return [
    nameColumn(
      { id: 'client', heading: 'CLIENT', width: isDetail ? 13 : 19, most: 40, priority: 1 },
      name((share) => partyCell(share.client)),
    ),
    nameColumn(
      { id: 'destination', heading: 'TO', width: isDetail ? 13 : 19, most: 40, priority: 1 },
      name((share) => partyCell(share.destination)),
    ),
    wordColumn({ id: 'port', heading: 'PORT', width: isDetail ? 7 : 9, most: 12, priority: 2 }, word(portWords)),
    nameColumn(
      { id: 'backend', heading: 'BACKEND', width: 12, most: 50, priority: isDetail ? 3 : 7 },
      name(({ backends }) => several(backends, partyCell)),
    ),
    wordColumn(
      { id: 'state', heading: 'STATE', width: 11, most: 24, priority: isDetail ? 4 : 6 },
      word(({ states }) => several(states, (state) => state)),
    ),
    figureColumn({ id: 'entries', heading: 'ENTRIES', width: 7, priority: 0 }, 'count', number('entries'), more, exact),
    figureColumn({ id: 'share', heading: 'SHARE%', width: 6, priority: 1 }, '%', number('share'), more),
    ...(isDetail
      ? []
      : [
          figureColumn({ id: 'began', heading: 'NEW/s', width: 6, priority: 3 }, '/s', number('began'), moreNew),
          figureColumn(
            { id: 'expected', heading: 'EXPECT', width: 6, priority: 5 },
            'count',
            number('expected'),
            moreNew,
          ),
        ]),
  ]
}
