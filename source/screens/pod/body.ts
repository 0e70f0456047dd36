import { fitHeight, fitLine, segment } from '../../interface/lines.ts'
import type { Size } from '../../interface/screen.ts'
import { drawTable } from '../../interface/table/table.ts'
import type { Theme } from '../../interface/theme.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Painted, Segment } from '../../text/colour.ts'
import { lineText, row } from '../../text/colour.ts'
import { blanks, widthOf } from '../../text/width.ts'
import { paragraph } from '../explain/paragraph.ts'
import { standingLines } from './standing.ts'
import { type State, tableStateOf, type View } from './state.ts'
import { tabs } from './tabs.ts'

type Line = readonly Segment[]

/** Rows that the list with the cursor keeps, if it has as many: a heading and some to move in. */
const leastForList = 6

const tabWords = ({ tab }: View): Line =>
  tabs.flatMap(({ name }) => [segment(` ${name} `, name === tab.name ? 'cursor' : 'dim'), segment(' ')])

const listWords = ({ lists, chosen }: View): Line =>
  lists.length < 2
    ? []
    : lists.flatMap(({ title, count }, index) => [
        segment(' '),
        segment(String(index + 1), 'key'),
        segment(` ${title} ${count}`, index === chosen ? 'title' : 'dim'),
        segment(' '),
      ])

/** All tabs, and the lists of the one in front: beside them where they have room. */
const tabLines = (view: View, width: number): readonly Line[] => {
  const [all, own] = [tabWords(view), listWords(view)]
  const isWide = widthOf(lineText([...all, ...own])) <= width
  return isWide ? [[...all, ...own]] : [all, own]
}

/** What is seen, in labelled lines; then what could be seen besides, and what that takes. */
export const factLines = (
  snapshot: Snapshot,
  { target, tab, sight, lookup, aim, isPrinted = false }: View,
  width: number,
): readonly Line[] => {
  if (!('look' in sight)) return []
  const { look, state, known = snapshot } = sight
  const facts = tab.facts(look, { snapshot, known, target, lookup, aim, isPrinted })
  return [
    ...facts.flatMap(({ label, text, style = 'plain' }) =>
      paragraph(label, text, width, state === 'past' ? 'stale' : style),
    ),
    ...look.lacks.flatMap(({ what, advice }) => paragraph('Not seen', `${what}: ${advice}`, width, 'dim')),
  ]
}

/** How the rows are shared out: what stands above, and what the lists get. */
export interface Share {
  readonly above: readonly Line[]
  readonly rows: number
  /** All lists have room, one below the other. */
  readonly isStacked: boolean
}

/** Lists one below the other, each with its heading, and a word where it is empty; a blank line between two. */
const stackedRows = ({ lists }: View): number =>
  lists.reduce((sum, { count }) => sum + Math.max(1, count) + 2, 0) - Math.min(1, lists.length)

const cutTo = (lines: readonly Line[], rows: number): readonly Line[] =>
  lines.length <= rows
    ? lines
    : rows < 1
      ? []
      : [...lines.slice(0, rows - 1), [segment(`${lines.length - rows + 1} more lines: x shows all`, 'dim')]]

export const shareOf = (snapshot: Snapshot, view: View, size: Size): Share => {
  const head = [...tabLines(view, size.columns), ...standingLines(snapshot, view.target, view.sight, size.columns)]
  const left = Math.max(0, size.rows - head.length)
  const active = view.lists[view.chosen]
  const kept = active === undefined ? 0 : Math.min(leastForList, Math.max(1, active.count) + 1)
  const facts = cutTo(factLines(snapshot, view, size.columns), Math.max(0, left - kept))
  const rows = Math.max(0, left - facts.length)
  return { above: [...head, ...facts], rows, isStacked: view.lists.length > 1 && stackedRows(view) <= rows }
}

/** The rows of the list that has the cursor. */
export const listSize = (view: View, { rows, isStacked }: Share, size: Size): Size => ({
  columns: size.columns,
  rows: isStacked ? Math.max(1, view.lists[view.chosen]?.count ?? 0) + 1 : Math.max(1, rows),
})

/** Only one list has a cursor. */
const withoutCursor = (theme: Theme): Theme => ({
  ...theme,
  paint: (text, style) => (style === 'cursor' ? row(text) : theme.paint(text, style)),
})

const drawLists = (
  snapshot: Snapshot,
  state: State,
  view: View,
  share: Share,
  size: Size,
  theme: Theme,
): readonly Painted[] => {
  const { lists, chosen } = view
  const shown = share.isStacked ? lists : lists.slice(chosen, chosen + 1)
  return shown.flatMap((list, position) => {
    const index = share.isStacked ? position : chosen
    const own = { columns: size.columns, rows: Math.max(1, list.count) + 1 }
    const room = share.isStacked ? own : listSize(view, share, size)
    const drawn = drawTable(
      list.table,
      snapshot,
      tableStateOf(state, index),
      room,
      index === chosen ? theme : withoutCursor(theme),
    )
    return position === 0 ? drawn : [row(blanks(size.columns)), ...drawn]
  })
}

/** The whole screen of a pod. */
export const drawView = (
  snapshot: Snapshot,
  state: State,
  view: View,
  size: Size,
  theme: Theme,
): readonly Painted[] => {
  const share = shareOf(snapshot, view, size)
  const above = share.above.map((line) => fitLine(line, size.columns, theme))
  const lists = drawLists(snapshot, state, view, share, size, theme)
  return fitHeight([...above, ...lists], size.rows, size.columns)
}
