import type { Snapshot } from '../store/snapshot.ts'
import { clean, joinClean } from '../text/clean.ts'
import { lineText, type Painted, row, type Segment } from '../text/colour.ts'
import { formatValue } from '../text/units.ts'
import { asAscii, fit, repeat, widthOf } from '../text/width.ts'
import { alarmLines } from './alarms.ts'
import { apiCounts } from './cluster/place.ts'
import { crumbLine } from './crumbs.ts'
import { drawFault } from './fault.ts'
import { drawHeader } from './header.ts'
import { type Layout, layoutOf, least } from './layout.ts'
import { fitHeight, fitLine, segment, twoEnds, wrapInto } from './lines.ts'
import { type Model, topOf } from './model.ts'
import { perSnapshot } from './per-snapshot.ts'
import { promptLines } from './prompt-lines.ts'
import type { Size } from './screen.ts'
import type { Theme } from './theme.ts'

/** What only the terminal knows of itself. */
export interface Paint {
  /** Monotonic milliseconds now. */
  readonly at: number
  /** Frames that a slow terminal did not get in the last second. */
  readonly dropped: number
}

/** Milliseconds of own lateness from which on it is told. */
const lateFrom = 200

const borderTop = (title: string, width: number, theme: Theme): Painted => {
  const { border, ellipsis } = theme.glyphs
  const text = fit(clean(` ${title} `), Math.min(widthOf(clean(title)) + 2, width - 4), 'left', ellipsis)
  const rest = width - 3 - widthOf(text)
  return row(
    theme.paint(joinClean([border.topLeft, border.horizontal]), 'border'),
    theme.paint(text, 'title'),
    theme.paint(joinClean([repeat(border.horizontal, rest), border.topRight]), 'border'),
  )
}

const borderBottom = (width: number, theme: Theme): Painted => {
  const { border } = theme.glyphs
  return theme.paint(joinClean([border.bottomLeft, repeat(border.horizontal, width - 2), border.bottomRight]), 'border')
}

/** Below the table: what is typed, else what has just happened, else what stands under the cursor. */
const lastLines = (
  model: Model,
  snapshot: Snapshot,
  layout: Layout,
  paint: Paint,
  width: number,
  theme: Theme,
): readonly Painted[] => {
  const { flash } = model
  const note =
    flash !== undefined && flash.until > paint.at
      ? wrapInto(flash.text, width - 2, layout.hint).map((text) => [segment(' '), { text, style: 'accent' as const }])
      : undefined
  const hint =
    promptLines(model, { columns: width, rows: layout.hint }, theme) ??
    note ??
    topOf(model).hint(snapshot, layout.body) ??
    []
  // Whatever has no room: that a person is waited for is told.
  const first = waiting(snapshot, theme)
  const names = model.stack.map((open) => open.crumb())
  const crumbs = [...first, ...crumbLine(names, width - widthOf(lineText(first)), theme)]
  const lines = hint.map((line) => fitLine(line, width, theme))
  return [...fitHeight(lines, layout.hint, width), twoEnds(crumbs, status(snapshot, paint), width, theme)]
}

/** How many nodes are reached in which way. */
const transports = perSnapshot((snapshot) => {
  const counts = new Map<string, number>()
  for (const { link } of snapshot.nodes.values())
    if (link && link.state !== 'not-asked') counts.set(link.transport, (counts.get(link.transport) ?? 0) + 1)
  return counts
})

/** That somebody waits for an answer, and the key that leads there. */
const waiting = ({ requests }: Snapshot, theme: Theme): readonly Segment[] => {
  const { size } = requests
  if (size === 0) return []
  const what = size === 1 ? '1 question waits' : `${size} questions wait`
  return [
    segment(` ${theme.glyphs.standing.warning} ${what}: `, 'warning'),
    segment('<!>', 'key'),
    segment(' answers ', 'warning'),
  ]
}

const status = (snapshot: Snapshot, paint: Paint): readonly Segment[] => {
  const parts: Segment[] = []
  if (paint.dropped > 0) parts.push(segment(`link slow: ${paint.dropped} frames left out  `, 'warning'))
  if (snapshot.late > lateFrom) parts.push(segment(`kntop ${formatValue(snapshot.late, 'ms')} late  `, 'warning'))
  for (const [transport, count] of transports(snapshot)) parts.push(segment(`${transport} ${count}  `, 'dim'))
  parts.push(...apiCounts(snapshot))
  if (snapshot.self)
    parts.push(
      segment(`kntop ${formatValue(snapshot.self.cpu, '%')} ${formatValue(snapshot.self.memory, 'bytes')} `, 'dim'),
    )
  return parts
}

const tooSmall = (size: Size, snapshot: Snapshot, theme: Theme): readonly Painted[] => {
  const lines = [
    [segment(`${size.columns}x${size.rows} is too small`, 'warning')],
    [segment(`kntop needs ${least.columns}x${least.rows}`)],
    ...alarmLines(snapshot, Math.max(1, size.rows - 2), size.columns, theme),
  ]
  return fitHeight(
    lines.map((line) => fitLine(line, size.columns, theme)),
    size.rows,
    size.columns,
  )
}

// With the character before, so that a letter and its marks become one.
// oxlint-disable-next-line no-control-regex -- SGR sequences begin with one, and stay
const foreign = /[ -~]?[^\u001b -~]+/g

/** What comes from outside may hold anything; a terminal that shows only ASCII gets only that, in the same cells. */
const asciiOnly = (line: Painted): Painted => line.replace(foreign, (text) => asAscii(clean(text))) as Painted

const drawAll = (model: Model, snapshot: Snapshot, terminal: Size, paint: Paint, theme: Theme): readonly Painted[] => {
  if (terminal.columns < least.columns || terminal.rows < least.rows) return tooSmall(terminal, snapshot, theme)
  const layout = layoutOf(terminal, model.header)
  const { header, body } = layout
  const top = topOf(model)
  const title = top.filterText === '' ? top.title(snapshot) : `${top.title(snapshot)} </${top.filterText}>`
  const side = theme.paint(theme.glyphs.border.vertical, 'border')
  const space = clean(' ')
  return [
    ...drawHeader(model, snapshot, header, terminal.columns, theme),
    borderTop(title, terminal.columns, theme),
    ...fitHeight(top.body(snapshot, body, theme), body.rows, body.columns).map((line) =>
      row(side, space, line, space, side),
    ),
    borderBottom(terminal.columns, theme),
    ...lastLines(model, snapshot, layout, paint, terminal.columns, theme),
  ]
}

const drawOrFault: typeof drawAll = (model, snapshot, terminal, paint, theme) => {
  try {
    return drawAll(model, snapshot, terminal, paint, theme)
  } catch (error) {
    return drawFault(error, terminal, theme)
  }
}

/**
 * The whole screen: exactly `terminal.rows` lines of exactly `terminal.columns` cells, whatever there is to show. At glyph
 * level `ascii` it holds nothing else.
 */
export const drawFrame = (
  model: Model,
  live: Snapshot,
  terminal: Size,
  paint: Paint,
  theme: Theme,
): readonly Painted[] => {
  const lines = drawOrFault(model, model.frozen ?? live, terminal, paint, theme)
  return theme.level === 'ascii' ? lines.map(asciiOnly) : lines
}
