/* oxlint-disable no-control-regex -- control sequences are what this file reads */
import type { Frame } from './screen.ts'
import { beginFrame, endFrame, hideCursor, showCursor } from './sequences.ts'

// One sequence that is no part of a picture. SGR and hyperlinks are: they may begin a line.
const control =
  /\u001b\[(?<mark>[<-?]?)(?<numbers>[\d;:]*)[ -/]*(?<final>[@-~])|(?:\u001b\](?!8;)[^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[P_^X][^]*?\u001b\\|\u001b[ -/]*[0-OQ-WYZ\\`-~]|\u0007)/y
const cursorSuffix = /(?:\u001b\[\d*[ABG])*\u001b\[\?25h$/

/**
 * Reads what Ink 8 writes (standard mode, alternate screen) and says what it means: pictures, and everything else in
 * order. Ink writes, each by a `write` of its own:
 *
 * - begin-sync, then lines erased upward and a whole picture, or home and erase and a whole picture, then end-sync;
 * - the same with console output or `useStdout().write()` between the erasure and the picture: the picture is the last
 *   text of a bracket, and everything else in it is dropped, because nobody knows where it comes from;
 * - erased lines alone, outside a bracket, when the terminal became narrower and on `clear()`: no picture, because the
 *   next one says what is to be seen;
 * - cursor moves with show or hide, inside a bracket, where `useCursor` put the cursor: a picture with that cursor;
 * - alternate screen, cursor, keyboard and paste modes, outside: kept in order;
 * - text outside a bracket only in modes that are not used here (debug, not interactive): dropped.
 *
 * A sequence never comes in two writes. Whoever has a sequence for the terminal itself (a clipboard, a mode) writes it to
 * the stream, outside Ink's brackets.
 */
export const createInkReader = (onFrame: (frame: Frame) => void, onControl: (sequence: string) => void) => {
  let isOpen = false
  let isChanged = false
  let lines: readonly string[] = []
  let row = 0
  let column = 0
  let isVisible = false

  const deliver = (): void => {
    if (isChanged) onFrame({ lines, cursor: isVisible ? { row, column } : undefined })
    isChanged = false
  }

  const draw = (text: string): void => {
    lines = text.split('\n')
    row = lines.length - 1
    isChanged = true
  }

  const move = (numbers: string, final: string): boolean => {
    const count = Number(numbers.split(';')[0] || 1)
    if (final === 'A') row = Math.max(0, row - count)
    else if (final === 'B') row += count
    else if (final === 'G') column = count - 1
    else if (final === 'H') row = column = 0
    else if (final === 'J' && isOpen) draw('')
    return 'ABGHJK'.includes(final)
  }

  const obey = (sequence: string, groups: Readonly<Record<string, string>>): void => {
    const { mark, numbers = '', final = '' } = groups
    if (mark === '' && move(numbers, final)) return
    const isCursor = sequence === showCursor || sequence === hideCursor
    if (!isOpen) onControl(sequence)
    // Outside a bracket a cursor is shown for another program, not in a picture.
    if (!isCursor || (!isOpen && sequence === showCursor)) return
    isVisible = sequence === showCursor
    isChanged ||= isOpen
  }

  /** Obeys the control sequences at the start of a text and says where they end. */
  const obeyLeading = (text: string): number => {
    for (let at = 0; ; ) {
      control.lastIndex = at
      const found = control.exec(text)
      if (!found || (found.groups?.['final'] === 'm' && found.groups['mark'] === '')) return at
      obey(found[0], found.groups ?? {})
      at += found[0].length
    }
  }

  const readPart = (part: string): void => {
    if (part === beginFrame || part === endFrame) {
      isOpen = part === beginFrame
      if (!isOpen) deliver()
      return
    }
    const text = part.slice(obeyLeading(part))
    if (text === '' || !isOpen) return
    const suffix = text.endsWith(showCursor) ? (cursorSuffix.exec(text)?.[0] ?? '') : ''
    draw(text.slice(0, text.length - suffix.length))
    obeyLeading(suffix)
  }

  return (chunk: string): void => {
    for (const part of chunk.split(/(\u001b\[\?2026[hl])/)) if (part !== '') readPart(part)
  }
}
