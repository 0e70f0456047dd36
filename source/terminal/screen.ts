import { type Brush, paintRow } from './paint-row.ts'
import { createPens } from './pens.ts'
import { type Row, readRow } from './row.ts'
import { beginFrame, endFrame, enterAlternate, knownState, leaveAlternate, plainPen } from './sequences.ts'

/** A terminal's size in cells. */
export type Size = { readonly columns: number; readonly rows: number }

/** A whole picture: its lines with their SGR sequences. */
export type Picture = readonly string[]

/** What the terminal shows by our knowledge, and what takes it to the next picture. */
export type Screen = {
  /**
   * The bytes that turn the screen into this picture, as one synchronized update of absolute addresses; empty if it shows
   * it already. What does not fit into the size is cut right and below.
   */
  paint(picture: Picture, size: Size): string
  /** Takes note of a sequence that went to the terminal beside the pictures. */
  note(control: string): void
  /** From now on nobody knows what the screen shows: the next picture is drawn in full. */
  forget(): void
}

type Line = { readonly text: string; readonly row: Row }

// Far more looks than the screens have; a colour ramp in 24 bit that goes on for days starts over here.
const mostPens = 4096

/** A screen of which nothing is known yet. */
export const createScreen = (): Screen => {
  let pens = createPens()
  let shown: Line[] | undefined
  let shownSize: Size = { columns: 0, rows: 0 }

  const paintRows = (brush: Brush, picture: Picture, size: Size): Line[] =>
    Array.from({ length: size.rows }, (_, line) => {
      const text = picture[line] ?? ''
      const before = shown?.[line]
      if (before?.text === text) return before
      const row = readRow(text, size.columns, pens)
      paintRow(brush, pens, before?.row, row, line, size.columns)
      return { text, row }
    })

  return {
    paint(picture, size) {
      if (size.columns !== shownSize.columns || size.rows !== shownSize.rows || pens.size > mostPens) shown = undefined
      if (shown === undefined) pens = createPens()
      const brush: Brush = { text: shown === undefined ? knownState : '', pen: 0 }
      shown = paintRows(brush, picture, size)
      shownSize = size
      return brush.text === '' ? '' : beginFrame + brush.text + (brush.pen === 0 ? '' : plainPen) + endFrame
    },
    note(control) {
      if (control === enterAlternate || control === leaveAlternate) shown = undefined
    },
    forget() {
      shown = undefined
    },
  }
}
