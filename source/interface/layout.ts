import type { Size } from './screen.ts'

/** The least terminal in which a table still says something. */
export const least: Size = { columns: 40, rows: 10 }

/** Rows of the header on a terminal that has room for it. */
export const headerRows = 4

/** What each part of the frame gets. */
export interface Layout {
  readonly header: number
  /** Inside the border, with one blank on each side. */
  readonly body: Size
}

/** Divides a terminal: header, a bordered body, one line for hint or prompt, one for crumbs. */
export const layoutOf = (terminal: Size, headerWanted: boolean): Layout => {
  const header = headerWanted && terminal.rows >= 18 ? headerRows : 1
  return {
    header,
    body: { columns: Math.max(0, terminal.columns - 4), rows: Math.max(0, terminal.rows - header - 4) },
  }
}
