import type { Tally } from '../../events/event.ts'
import { fitHeight, fitLine, segment, wrapInto } from '../../interface/lines.ts'
import type { Size } from '../../interface/screen.ts'
import type { Theme } from '../../interface/theme.ts'
import type { NodeView } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { type Painted, row, type Segment } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'
import { blanks, fit } from '../../text/width.ts'

const countWidth = 7

const tallyLines = (
  title: string,
  tally: Tally,
  { columns, rows }: Size,
  theme: Theme,
): readonly (readonly Segment[])[] => {
  const room = rows - 1
  const fits = tally.rows.length + (tally.left > 0 ? 1 : 0) <= room
  const shown = fits ? tally.rows : tally.rows.slice(0, Math.max(0, room - 1))
  const rest = tally.rows.slice(shown.length).reduce((sum, { count }) => sum + count, tally.left)
  const line = (count: number, name: Clean): readonly Segment[] => [
    segment(String(count).padStart(countWidth)),
    segment('  '),
    { text: fit(name, Math.max(1, columns - countWidth - 2), 'left', theme.glyphs.ellipsis), style: 'plain' },
  ]
  return [
    [segment(`${title}, last ${formatAge(tally.seconds)}`, 'title')],
    ...shown.map(({ count, name }) => line(count, name)),
    ...(rest > 0 ? [line(rest, clean('others'))] : []),
    ...(shown.length === 0 && rest === 0 ? [[segment('none', 'dim')]] : []),
  ]
}

/** Who asks for which names: two lists side by side, or the reason why there are none. */
export const drawLookups = (node: NodeView, size: Size, theme: Theme): readonly Painted[] => {
  const names = node.tallies.get('lookup-names')
  const clients = node.tallies.get('lookup-clients')
  const reading = node.reading('dns.lookups')
  // A second without a reading takes no list away; an end of the capture does.
  const ended = reading.kind === 'missing' && reading.missing !== 'no-data'
  if (names === undefined || clients === undefined || ended) {
    const why = reading.kind === 'missing' ? `${reading.missing}: ${reading.advice}` : 'nothing was counted yet'
    const lines = wrapInto(clean(why), size.columns, 2)
    return fitHeight(
      lines.map((text) => fitLine([{ text, style: 'missing' }], size.columns, theme)),
      size.rows,
      size.columns,
    )
  }
  const stale = reading.kind === 'stale' ? `, stale ${formatAge(reading.age)}` : ''
  const right = Math.min(48, Math.floor(size.columns / 2))
  const left = size.columns - right - 2
  const lists = [
    tallyLines(`names${stale}`, names, { columns: left, rows: size.rows }, theme),
    tallyLines('clients', clients, { columns: right, rows: size.rows }, theme),
  ] as const
  const lines = Array.from({ length: size.rows }, (_, index) =>
    row(fitLine(lists[0][index] ?? [], left, theme), blanks(2), fitLine(lists[1][index] ?? [], right, theme)),
  )
  return fitHeight(lines, size.rows, size.columns)
}
