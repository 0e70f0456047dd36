// The control sequences this folder writes (ECMA-48, and xterm's list of private modes).

/** A private mode switched on or off (DECSET, DECRST). */
const mode = (numbers: readonly number[], on: boolean): string =>
  numbers.map((number) => `\u001b[?${number}${on ? 'h' : 'l'}`).join('')

/** Opens and closes a synchronized update: the terminal shows what is between them at once. Others ignore both. */
export const beginFrame = mode([2026], true)
export const endFrame = mode([2026], false)

/** The alternate screen, with the cursor's place saved on entry and restored on leaving. */
export const enterAlternate = mode([1049], true)
export const leaveAlternate = mode([1049], false)

export const showCursor = mode([25], true)
export const hideCursor = mode([25], false)

/** Mouse buttons and wheel as SGR reports. The terminal's own text selection then needs shift. */
export const mouseOn = mode([1000, 1006], true)
export const mouseOff = mode([1006, 1000], false)

/** Pasted text arrives between marks, so that it is never taken for keys. */
export const bracketedPasteOn = mode([2004], true)
export const bracketedPasteOff = mode([2004], false)

/** Wrapping at the last column, on unless we write a glyph there whose width we are not sure of. */
export const wrapOn = mode([7], true)
export const wrapOff = mode([7], false)

export const plainPen = '\u001b[m'
export const eraseToLineEnd = '\u001b[K'

/**
 * Undoes what a foreign writer may have left: line-drawing characters, colours, a scroll region, relative addressing,
 * insert mode. Any of them would put our cells in the wrong place.
 */
export const knownState = `\u000f\u001b(B${plainPen}\u001b[r\u001b[?6l\u001b[4l`

/** Ends whatever sequence was cut off half-written (CAN). */
export const cancel = '\u0018'

/** To a cell, counted from 0. */
export const toCell = (row: number, column: number): string => `\u001b[${row + 1};${column + 1}H`

/** To a column of the same row, counted from 0. */
export const toColumn = (column: number): string => `\u001b[${column + 1}G`
