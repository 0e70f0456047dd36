import xterm from '@xterm/headless'
import type { Size } from '../../source/terminal/screen.ts'

/** One row as seen: its text, and each cell with its look. Spaces that show nothing are all alike. */
export type SeenRow = { readonly text: string; readonly cells: readonly string[] }

export type Emulator = {
  write(bytes: string | Uint8Array): Promise<void>
  /** What is to be seen, row by row. */
  seen(): readonly SeenRow[]
  text(): readonly string[]
  resize(size: Size): void
  readonly isAlternate: boolean
  readonly isCursorHidden: boolean
  readonly cursor: { readonly row: number; readonly column: number }
  /** Calls back with each sequence that the terminal answers by itself. */
  onData(listener: (data: string) => void): void
  dispose(): void
}

const look = (cell: NonNullable<ReturnType<NonNullable<ReturnType<xterm.IBuffer['getLine']>>['getCell']>>): string => {
  const glyph = cell.getChars() || ' '
  const background = `${cell.getBgColorMode()}:${cell.getBgColor()}`
  const lines = `${cell.isUnderline()}${cell.isStrikethrough()}${cell.isOverline()}${cell.isInverse()}`
  const isShown = glyph !== ' ' || !cell.isBgDefault() || /[1-9]/.test(lines)
  const attributes = `${cell.isBold()}${cell.isDim()}${cell.isItalic()}${cell.isBlink()}${cell.isInvisible()}`
  const foreground = `${cell.getFgColorMode()}:${cell.getFgColor()}`
  return isShown ? `${glyph}/${cell.getWidth()}/${foreground}/${background}/${lines}/${attributes}` : ' '
}

/** A terminal in memory. */
export const createEmulator = (size: Size): Emulator => {
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true, scrollback: 0 })
  const seenRow = (row: number): SeenRow => {
    const buffer = terminal.buffer.active
    const line = buffer.getLine(buffer.viewportY + row)
    const cells = Array.from({ length: terminal.cols }, (_, column) => {
      const cell = line?.getCell(column)
      return cell ? look(cell) : ' '
    })
    return { text: line?.translateToString(true, 0, terminal.cols).trimEnd() ?? '', cells }
  }
  const seen = (): readonly SeenRow[] => Array.from({ length: terminal.rows }, (_, row) => seenRow(row))
  return {
    write: (bytes) => new Promise((resolve) => terminal.write(bytes, resolve)),
    seen,
    text: () => seen().map((row) => row.text),
    resize: ({ columns, rows }) => terminal.resize(columns, rows),
    get isAlternate() {
      return terminal.buffer.active.type === 'alternate'
    },
    get isCursorHidden() {
      // The only trace of the mode that the headless terminal lets out.
      const core = (terminal as unknown as { _core: { coreService: { isCursorHidden: boolean } } })._core
      return core.coreService.isCursorHidden
    },
    get cursor() {
      return { row: terminal.buffer.active.cursorY, column: terminal.buffer.active.cursorX }
    },
    onData: (listener) => {
      terminal.onData(listener)
    },
    dispose: () => terminal.dispose(),
  }
}
