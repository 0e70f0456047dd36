import type { Snapshot } from '../store/snapshot.ts'
import { clean } from '../text/clean.ts'
import { lineText, type Painted, row, type Segment } from '../text/colour.ts'
import { formatValue } from '../text/units.ts'
import { blanks, widthOf } from '../text/width.ts'
import { alarmLines } from './alarms.ts'
import { type Binding, bindingFor, bindingsFor } from './binding.ts'
import { fitHeight, fitLine, segment, timeOfDay, twoEnds } from './lines.ts'
import { type Model, topOf } from './model.ts'
import { perSnapshot } from './per-snapshot.ts'
import type { Theme } from './theme.ts'

type Line = readonly Segment[]

/** Cells of the place, so that freezing moves nothing. */
const leastPlace = 23
/** Cells in which a crossing is told in short; the keys give way to it. */
const leastAlarm = 28

const placeOf = perSnapshot((snapshot) => {
  const nodes = [...snapshot.nodes.values()]
  const live = nodes.filter(({ link }) => link?.state === 'live').length
  const transports = [...new Set(nodes.map(({ link }) => link?.transport ?? 'local'))].join(' ') || 'none'
  return { transports, live, total: nodes.length }
})

/** Where we are: connection, nodes, time, and how far back the history goes. */
const place = (snapshot: Snapshot, frozen: boolean): readonly Line[] => {
  const { transports, live, total } = placeOf(snapshot)
  const { shown } = snapshot.history
  const label = (text: string): Segment => segment(text.padEnd(8), 'dim')
  return [
    [label('Context'), segment(`${transports} [RO]`, 'title')],
    [label('Nodes'), segment(`${live} of ${total} live`, live === total ? 'plain' : 'critical')],
    [label('UTC'), segment(timeOfDay(snapshot.wall)), ...(frozen ? [segment(' FROZEN', 'warning')] : [])],
    [label('History'), segment(`${formatValue(shown.seconds, 's')}, ${formatValue(shown.minutes * 60, 's')} coarse`)],
  ]
}

/** Bindings that stand in the header and that a key still reaches: a screen's own key goes before a general one. */
const keyHints = (model: Model): readonly Binding[] => {
  const tables = bindingsFor(topOf(model))
  return tables
    .flat()
    .filter((binding) => binding.header !== undefined && bindingFor(binding.keys[0], tables) === binding)
    .toSorted((one, other) => (one.header ?? 0) - (other.header ?? 0))
}

const hintOf = ({ keys, label, hint }: Binding): Line => [
  segment(`<${hint?.keys ?? keys[0]}>`, 'key'),
  segment(` ${hint?.label ?? label}`, 'dim'),
]

const hintWidth = (binding: Binding): number => widthOf(lineText(hintOf(binding)))

/** Keys in columns, each as wide as it needs; what has no room is in the help. */
const menu = (model: Model, rows: number, width: number): readonly Line[] => {
  const hints = keyHints(model)
  const lines: Segment[][] = Array.from({ length: rows }, () => [])
  for (let from = 0, used = 0; from < hints.length; from += rows) {
    const column = hints.slice(from, from + rows)
    const wide = Math.max(...column.map(hintWidth))
    if (used + wide > width) break
    column.forEach((binding, line) =>
      lines[line]?.push(
        segment(from === 0 ? '' : ' '),
        ...hintOf(binding),
        segment(' '.repeat(wide - hintWidth(binding))),
      ),
    )
    used += wide + 1
  }
  return lines
}

/** The one-line header of a small terminal, or of one that wants the room. */
const small = (snapshot: Snapshot, frozen: boolean, width: number, theme: Theme): Painted => {
  const { transports, live, total } = placeOf(snapshot)
  const help = [segment('<?>', 'key'), segment(' help', 'dim')]
  const left = [
    segment(' '),
    ...(frozen ? [segment('FROZEN ', 'warning')] : []),
    segment(`${transports} [RO] `, 'title'),
    segment(`${live}/${total} live  `, live === total ? 'plain' : 'critical'),
  ]
  const used = widthOf(lineText(left))
  // Where it is narrow what is wrong goes before the help.
  const room =
    width - used >= leastAlarm + widthOf(lineText(help)) ? width - used - widthOf(lineText(help)) - 1 : width - used
  const alarm = alarmLines(snapshot, 1, room, theme)[0] ?? []
  return twoEnds([...left, ...alarm], help, width, theme)
}

/** Left: place. Middle: keys. Right: what crosses its bands. Exactly `rows` lines of exactly `width` cells. */
export const drawHeader = (
  model: Model,
  snapshot: Snapshot,
  rows: number,
  width: number,
  theme: Theme,
): readonly Painted[] => {
  const frozen = model.frozen !== undefined
  if (rows === 1) return [small(snapshot, frozen, width, theme)]
  const where = place(snapshot, frozen)
  const widest = Math.max(leastPlace, ...where.map((line) => widthOf(lineText(line))))
  const left = Math.min(30, Math.floor(width * 0.45), widest + 2)
  const right = Math.min(52, Math.max(Math.floor(width * 0.36), Math.min(leastAlarm, width - left - 1)))
  const middle = Math.max(0, width - left - right - 1)
  const parts = [where, menu(model, rows, middle), alarmLines(snapshot, rows, right, theme)] as const
  const lines = Array.from({ length: rows }, (_, index) =>
    row(
      clean(' '),
      fitLine(parts[0][index] ?? [], left - 1, theme),
      fitLine(parts[1][index] ?? [], middle, theme),
      blanks(1),
      fitLine(parts[2][index] ?? [], right, theme),
    ),
  )
  return fitHeight(lines, rows, width)
}
