import type { Tally } from '../../events/event.ts'
import { fitHeight, fitLine, segment } from '../../interface/lines.ts'
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
  columns: number,
  rows: number,
  theme: Theme,
): readonly (readonly Segment[])[] => {
  const shown = tally.rows.slice(0, Math.max(0, rows - 3))
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
  ]
}

/** Who asks for which names: two lists side by side, or the reason why there are none. */
export const drawLookups = (node: NodeView, size: Size, theme: Theme): readonly Painted[] => {
  const names = node.tallies.get('lookup-names')
  const clients = node.tallies.get('lookup-clients')
  if (names === undefined || clients === undefined) {
    const reading = node.reading('dns.lookups')
    const why = reading.kind === 'missing' ? `${reading.missing}: ${reading.advice}` : 'nothing was counted yet'
    return fitHeight([fitLine([segment(why, 'missing')], size.columns, theme)], size.rows, size.columns)
  }
  const right = Math.min(48, Math.floor(size.columns / 2))
  const left = size.columns - right - 2
  const lists = [
    tallyLines('names', names, left, size.rows, theme),
    tallyLines('clients', clients, right, size.rows, theme),
  ] as const
  const lines = Array.from({ length: size.rows }, (_, index) =>
    row(fitLine(lists[0][index] ?? [], left, theme), blanks(2), fitLine(lists[1][index] ?? [], right, theme)),
  )
  return fitHeight(lines, size.rows, size.columns)
}
