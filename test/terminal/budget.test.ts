import { describe, expect, test } from 'vitest'
import { createTable, patterns, tableSize } from '../../bench/terminal-frames.ts'
import { createScreen } from '../../source/terminal/screen.ts'

/** The bytes of a picture in which so many cells changed, on average over 20. */
const bytesOf = (changes: number): { readonly sent: number; readonly whole: number } => {
  const table = createTable()
  const screen = createScreen()
  screen.paint(table.next(0), tableSize)
  let sent = 0
  let whole = 0
  for (let turn = 0; turn < 20; turn++) {
    const lines = table.next(changes)
    sent += Buffer.byteLength(screen.paint(lines, tableSize)) / 20
    whole += Buffer.byteLength(lines.join('\n')) / 20
  }
  return { sent, whole }
}

describe('bytes to the terminal for one tick, 50 rows of 12 columns at 200 x 55', () => {
  test('with 10 % of the cells changed are at most 2 KB', () => {
    expect(bytesOf(patterns['10 % of cells']).sent).toBeLessThanOrEqual(2048)
  })

  test('with one cell changed are less than a hundred', () => {
    expect(bytesOf(patterns['one cell']).sent).toBeLessThanOrEqual(100)
  })

  test('with all cells changed are no more than the whole picture', () => {
    const { sent, whole } = bytesOf(patterns['all cells'])
    expect(sent).toBeLessThanOrEqual(whole)
  })
})
