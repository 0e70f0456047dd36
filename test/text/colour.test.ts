import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clean, joinClean } from '../../source/text/clean.ts'
import {
  type ColourDepth,
  colourDepthOf,
  createPainter,
  lineText,
  paintedWidth,
  paintLine,
  row,
  type Style,
  unpainted,
} from '../../source/text/colour.ts'
import { defaultPalette } from '../../source/text/palette.ts'
import { widthOf } from '../../source/text/width.ts'
import { outsideText } from './arbitraries.ts'

const depths: readonly ColourDepth[] = ['none', '16', '256', 'truecolor']
const styles = Object.keys(defaultPalette) as Style[]
const anyDepth = () => fc.constantFrom(...depths)
const anyStyle = () => fc.constantFrom(...styles)

describe('painting', () => {
  test('says a style at the depth of the terminal', () => {
    const text = clean('97')
    expect(depths.map((depth) => createPainter(depth)(text, 'critical'))).toEqual([
      '97',
      '\u001b[1;31m97\u001b[22;39m',
      '\u001b[1;38;5;161m97\u001b[22;39m',
      '\u001b[1;38;2;215;30;50m97\u001b[22;39m',
    ])
  })

  test('without colour only the cursor row is marked, by reverse video', () => {
    const paint = createPainter('none')
    expect(paint(clean('cp-1'), 'cursor')).toBe('\u001b[7mcp-1\u001b[27m')
    for (const style of styles.filter((style) => style !== 'cursor')) expect(paint(clean('cp-1'), style)).toBe('cp-1')
  })

  test('an empty text costs nothing', () => {
    expect(createPainter('16')(clean(''), 'critical')).toBe('')
  })

  test('a coloured cell does not end the cursor row around it', () => {
    const paint = createPainter('16')
    const painted = paint(row(clean('cp-1 '), paint(clean('97'), 'warning'), clean(' %')), 'cursor')
    expect(painted).toBe('\u001b[7mcp-1 \u001b[33m97\u001b[39m %\u001b[27m')
  })

  test('never changes the text or its width', () => {
    fc.assert(
      fc.property(outsideText(), anyStyle(), anyDepth(), (text, style, depth) => {
        const painted = createPainter(depth)(clean(text), style)
        expect(unpainted(painted)).toBe(clean(text))
        expect(paintedWidth(painted)).toBe(widthOf(clean(text)))
      }),
    )
  })

  test('a row is as wide as its parts together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(outsideText(), anyStyle()), { maxLength: 4 }), anyDepth(), (cells, depth) => {
        const line = cells.map(([text, style]) => ({ text: clean(text), style }))
        const painted = paintLine(line, createPainter(depth))
        expect(unpainted(painted)).toBe(lineText(line))
        expect(lineText(line)).toBe(joinClean(line.map(({ text }) => text)))
        expect(paintedWidth(painted)).toBe(line.reduce((sum, { text }) => sum + widthOf(text), 0))
      }),
    )
  })

  test('ends what it began, and nothing else', () => {
    const ends = depths.flatMap((depth) => styles.map((style) => createPainter(depth)(clean('x'), style).split('x')))
    for (const [begun = '', ended = ''] of ends) expect(ended === '').toBe(begun === '')
    expect(new Set(ends.map(([, ended]) => ended))).toEqual(
      new Set(['', '\u001b[22m', '\u001b[27m', '\u001b[39m', '\u001b[22;39m']),
    )
  })
})

test.each<[Record<string, string>, ColourDepth]>([
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
  [{ TERM: 'xterm-direct' }, 'truecolor'],
  [{ TERM: 'tmux-256color' }, '256'],
  [{ TERM: 'linux' }, '16'],
  [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 'none'],
  [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'none'],
  [{ TERM: 'xterm-256color', NO_COLOR: '', CI: '' }, '256'],
])('the environment %j asks for depth %s', (environment, depth) => {
  expect(colourDepthOf(environment)).toBe(depth)
})
