import type { Painted } from '../text/colour.ts'
import { fitHeight, fitLine, segment } from './lines.ts'
import type { Size } from './screen.ts'
import type { Theme } from './theme.ts'

const textOf = (error: unknown): readonly string[] =>
  error instanceof Error ? (error.stack ?? error.message).split('\n') : [String(error)]

/**
 * What is shown instead of a picture that cannot be drawn: a fault of the program, which must not take the other screens, or
 * what is being collected, with it.
 */
export const drawFault = (error: unknown, terminal: Size, theme: Theme): readonly Painted[] => {
  const lines = [
    [segment(' kntop has a fault and cannot draw this screen', 'critical')],
    [segment(' collecting goes on: <esc> goes back, <:> opens another screen, ctrl-c twice quits')],
    [],
    ...textOf(error).map((text) => [segment(` ${text}`, 'dim')]),
  ]
  return fitHeight(
    lines.map((line) => fitLine(line, terminal.columns, theme)),
    terminal.rows,
    terminal.columns,
  )
}
