import type { Painted, Segment } from '../text/colour.ts'
import type { Binding } from './binding.ts'
import { fitHeight, fitLine, segment } from './lines.ts'
import type { Size } from './screen.ts'
import { clamp } from './table/table-state.ts'
import type { Theme } from './theme.ts'

/** Keys of screens that are a text to scroll. */
export const scrollBindings: readonly Binding[] = [
  { action: 'down', keys: ['j', 'down'], label: 'down' },
  { action: 'up', keys: ['k', 'up'], label: 'up' },
  { action: 'page-down', keys: ['ctrl-f', 'pagedown', 'space'], label: 'page down' },
  { action: 'page-up', keys: ['ctrl-b', 'pageup'], label: 'page up' },
  { action: 'top', keys: ['g', 'home'], label: 'top' },
  { action: 'bottom', keys: ['G', 'end'], label: 'bottom' },
]

/** The first line to show after an action, of a text of `length` lines in `rows` rows, the last of which may be taken. */
export const scrollBy = (top: number, action: string, length: number, rows: number): number => {
  const page = Math.max(1, rows - 1)
  const moves: Readonly<Record<string, number>> = {
    down: top + 1,
    up: top - 1,
    'page-down': top + page,
    'page-up': top - page,
    top: 0,
    bottom: length,
  }
  return clamp(moves[action] ?? top, 0, Math.max(0, length - rows))
}

/** As much of a text as there is room for; the last line says how much is below, and how to see it. */
export const drawText = (
  lines: readonly (readonly Segment[])[],
  top: number,
  size: Size,
  theme: Theme,
  how = 'j or space',
): readonly Painted[] => {
  const from = clamp(top, 0, Math.max(0, lines.length - size.rows))
  const below = lines.length - from - size.rows
  const shown =
    below > 0
      ? [...lines.slice(from, from + size.rows - 1), [segment(`${below + 1} more lines below: ${how}`, 'dim')]]
      : lines.slice(from)
  return fitHeight(
    shown.map((line) => fitLine(line, size.columns, theme)),
    size.rows,
    size.columns,
  )
}
