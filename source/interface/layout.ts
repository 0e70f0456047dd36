import type { Size } from './screen.ts'

/** The least terminal in which a table still says something. */
export const least: Size = { columns: 40, rows: 10 }

/** Rows of the header on a terminal that has room for it. */
const headerRows = 4

/** What each part of the frame gets. */
export interface Layout {
  readonly header: number
  /** Rows for the hint, the prompt or a message. */
  readonly hint: number
  /** Inside the border, with one blank on each side. */
  readonly body: Size
}

/** Divides a terminal: header, a bordered body, hint or prompt, one line for crumbs. */
export const layoutOf = (terminal: Size, headerWanted: boolean): Layout => {
  const roomy = terminal.rows >= 18
  const header = headerWanted && roomy ? headerRows : 1
  const hint = roomy ? 2 : 1
  return {
    header,
    hint,
    body: { columns: Math.max(0, terminal.columns - 4), rows: Math.max(0, terminal.rows - header - hint - 3) },
  }
}

/** What the screen on top gets of a terminal. */
export const bodyOf = (terminal: Size, headerWanted: boolean): Size => layoutOf(terminal, headerWanted).body
