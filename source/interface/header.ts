import { metricOf } from '../metrics/catalogue.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { clean } from '../text/clean.ts'
import { lineText, type Painted, row, type Segment } from '../text/colour.ts'
import { formatValue } from '../text/units.ts'
import { blanks, widthOf } from '../text/width.ts'
import { type Binding, generalBindings, tableBindings } from './binding.ts'
import { fitHeight, fitLine, segment, timeOfDay } from './lines.ts'
import { type Model, topOf } from './model.ts'
import type { Theme } from './theme.ts'

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** Where we are: connection, nodes, time. */
const place = (snapshot: Snapshot, frozen: boolean): readonly (readonly Segment[])[] => {
  const nodes = [...snapshot.nodes.values()]
  const live = nodes.filter(({ link }) => link?.state === 'live').length
  const transports = [...new Set(nodes.map(({ link }) => link?.transport ?? 'local'))].join(' ')
  const { shown } = snapshot.history
  const label = (text: string): Segment => segment(text.padEnd(9), 'dim')
  return [
    [label('Context'), segment(`${transports || 'none'} [RO]`, 'title')],
    [label('Nodes'), segment(`${live} of ${nodes.length} live`, live === nodes.length ? 'plain' : 'critical')],
    [label('Time UTC'), segment(timeOfDay(snapshot.wall)), ...(frozen ? [segment(' FROZEN', 'warning')] : [])],
    [label('History'), segment(`${formatValue(shown.seconds, 's')} + ${formatValue(shown.minutes * 60, 's')}`)],
  ]
}

/** The worst crossings, with since when; what finds no room is counted. */
const alarms = (snapshot: Snapshot, rows: number, theme: Theme): readonly (readonly Segment[])[] => {
  const { crossings } = snapshot
  const lost = [...snapshot.nodes.values()].filter(
    ({ link, worst }) => link?.state !== 'live' && worst() === 'critical',
  )
  const lines: (readonly Segment[])[] = [
    ...lost.map((node) => [
      segment(
        `${theme.glyphs.standing.critical} ${node.name} ${node.link?.state ?? ''}: ${node.link?.cause ?? ''}`,
        'critical',
      ),
    ]),
    ...crossings.map(({ node, metric, value, band, since }) => [
      segment(`${theme.glyphs.standing[band]} ${node}`, band),
      segment(` ${metric} ${formatValue(value, metricOf(metric).unit)}`),
      segment(` since ${timeOfDay(since).slice(0, 5)}`, 'dim'),
    ]),
  ]
  if (lines.length === 0)
    return [[segment(`${theme.glyphs.bullet} ${counted(snapshot.nodes.size, 'node')} quiet`, 'ok')]]
  if (lines.length <= rows) return lines
  return [...lines.slice(0, rows - 1), [segment(`${lines.length - rows + 1} more`, 'dim')]]
}

const keyHints = (model: Model): readonly Binding[] => {
  const top = topOf(model)
  return [...top.bindings, ...(top.table ? tableBindings : []), ...generalBindings]
    .filter((binding) => binding.header !== undefined)
    .toSorted((one, other) => (one.header ?? 0) - (other.header ?? 0))
}

const hintOf = ({ keys, label }: Binding): readonly Segment[] => [
  segment(`<${keys[0]}>`, 'key'),
  segment(` ${label} `, 'dim'),
]

const hintWidth = (binding: Binding): number => widthOf(lineText(hintOf(binding)))

/** Keys in columns, each as wide as it needs; what has no room is in the help. */
const menu = (model: Model, rows: number, width: number): readonly (readonly Segment[])[] => {
  const hints = keyHints(model)
  const lines: Segment[][] = Array.from({ length: rows }, () => [])
  for (let from = 0, used = 0; from < hints.length; from += rows) {
    const column = hints.slice(from, from + rows)
    const wide = Math.max(...column.map(hintWidth))
    used += wide
    if (used > width) break
    column.forEach((binding, line) =>
      lines[line]?.push(...hintOf(binding), segment(' '.repeat(wide - hintWidth(binding)))),
    )
  }
  return lines
}

/** The one-line header of a small terminal, or of one that wants the room. */
const small = (snapshot: Snapshot, frozen: boolean, width: number, theme: Theme): Painted => {
  const [context = [], nodes = []] = place(snapshot, frozen)
  const alarm = alarms(snapshot, 1, theme)[0] ?? []
  return fitLine(
    [
      ...context.slice(1),
      segment('  '),
      ...nodes.slice(1),
      segment('  '),
      ...alarm,
      ...(frozen ? [segment('  FROZEN', 'warning')] : []),
    ],
    width,
    theme,
  )
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
  const left = Math.min(30, Math.floor(width * 0.32))
  const right = Math.min(52, Math.floor(width * 0.36))
  const middle = width - left - right - 1
  const parts = [place(snapshot, frozen), menu(model, rows, middle), alarms(snapshot, rows, theme)] as const
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
