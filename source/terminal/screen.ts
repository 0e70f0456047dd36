import { type Brush, paintRow } from './paint-row.ts'
import { createPens } from './pens.ts'
import { type Row, readRow } from './row.ts'
import {
  beginFrame,
  endFrame,
  enterAlternate,
  hideCursor,
  knownState,
  leaveAlternate,
  plainPen,
  showCursor,
  toCell,
} from './sequences.ts'

/** A terminal's size in cells. */
export type Size = { readonly columns: number; readonly rows: number }

/** A whole picture: its lines with their SGR sequences, and where the cursor stands if it is to be seen. */
export type Frame = {
  readonly lines: readonly string[]
  readonly cursor: { readonly row: number; readonly column: number } | undefined
}

/** What the terminal shows by our knowledge, and what takes it to the next frame. */
export type Screen = {
  /**
   * The bytes that turn the screen into this frame, as one synchronized update of absolute addresses; empty if it shows
   * it already. What does not fit into the size is cut right and below.
   */
  paint(frame: Frame, size: Size): string
  /** Takes note of a sequence that went to the terminal beside the frames. */
  note(control: string): void
  /** From now on nobody knows what the screen shows: the next frame is drawn in full. */
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
  let cursor: Frame['cursor'] | 'unknown' = 'unknown'

  const paintRows = (brush: Brush, frame: Frame, size: Size): Line[] =>
    Array.from({ length: size.rows }, (_, line) => {
      const text = frame.lines[line] ?? ''
      const before = shown?.[line]
      if (before?.text === text) return before
      const row = readRow(text, size.columns, pens)
      paintRow(brush, pens, before?.row, row, line, size.columns)
      return { text, row }
    })

  /** Shows or hides the cursor after painting; while painting it is hidden, so that it does not run along. */
  const placeCursor = (wanted: Frame['cursor'], isPainted: boolean): string => {
    if (wanted === undefined) return isPainted || cursor === undefined ? '' : hideCursor
    const isThere = cursor !== 'unknown' && cursor?.row === wanted.row && cursor.column === wanted.column
    return isThere && !isPainted ? '' : toCell(wanted.row, wanted.column) + showCursor
  }

  return {
    paint(frame, size) {
      if (size.columns !== shownSize.columns || size.rows !== shownSize.rows || pens.size > mostPens) shown = undefined
      if (shown === undefined) pens = createPens()
      const brush: Brush = { text: shown === undefined ? knownState : '', pen: 0 }
      shown = paintRows(brush, frame, size)
      shownSize = size
      const isPainted = brush.text !== ''
      const hidden = isPainted && cursor !== undefined ? hideCursor : ''
      const placed = placeCursor(frame.cursor, isPainted)
      cursor = frame.cursor
      if (!isPainted && placed === '') return ''
      return beginFrame + hidden + brush.text + (brush.pen === 0 ? '' : plainPen) + placed + endFrame
    },
    note(control) {
      const isOtherScreen = control === enterAlternate || control === leaveAlternate
      if (isOtherScreen) shown = undefined
      if (isOtherScreen || control === showCursor) cursor = 'unknown'
      if (control === hideCursor) cursor = undefined
    },
    forget() {
      shown = undefined
    },
  }
}
