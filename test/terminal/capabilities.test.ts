import { describe, expect, test } from 'vitest'
import { capabilitiesOf } from '../../source/terminal/capabilities.ts'

const utf8 = { LANG: 'en_US.UTF-8' }
const colourOf = (
  environment: Readonly<Record<string, string>>,
  colour?: 'auto' | 'none' | '16' | '256' | 'truecolor',
) => capabilitiesOf({ environment, colour }).colour

describe('colours', () => {
  test('are as many as the terminal says', () => {
    expect(colourOf({ TERM: 'xterm' })).toBe('16')
    expect(colourOf({ TERM: 'linux' })).toBe('16')
    expect(colourOf({ TERM: 'screen-256color' })).toBe('256')
    expect(colourOf({ TERM: 'xterm', COLORTERM: 'truecolor' })).toBe('truecolor')
    expect(colourOf({ TERM: 'xterm-direct' })).toBe('truecolor')
    expect(colourOf({ TERM: 'xterm-kitty' })).toBe('truecolor')
    expect(colourOf({ TERM: 'vt220' })).toBe('none')
    expect(colourOf({ TERM: 'dumb', COLORTERM: 'truecolor' })).toBe('none')
    expect(colourOf({})).toBe('none')
  })

  test('are off with NO_COLOR unless it is empty', () => {
    expect(colourOf({ TERM: 'xterm-kitty', NO_COLOR: '0' })).toBe('none')
    expect(colourOf({ TERM: 'xterm-256color', NO_COLOR: '' })).toBe('256')
  })

  test('are what the argument says, over everything', () => {
    expect(colourOf({ TERM: 'dumb', NO_COLOR: '1' }, '256')).toBe('256')
    expect(colourOf({ TERM: 'xterm-kitty' }, 'none')).toBe('none')
    expect(colourOf({ TERM: 'xterm' }, 'auto')).toBe('16')
  })
})

describe('symbols', () => {
  test('need a UTF-8 locale and a terminal that has them', () => {
    const glyphsOf = (environment: Readonly<Record<string, string>>) => capabilitiesOf({ environment }).glyphs
    expect(glyphsOf({ TERM: 'xterm', ...utf8 })).toBe('block')
    expect(glyphsOf({ TERM: 'xterm', LC_ALL: 'C', ...utf8 })).toBe('ascii')
    expect(glyphsOf({ TERM: 'linux', ...utf8 })).toBe('ascii')
    expect(glyphsOf({ TERM: 'dumb', ...utf8 })).toBe('ascii')
    expect(glyphsOf(utf8)).toBe('ascii')
    expect(capabilitiesOf({ environment: { TERM: 'linux' }, glyphs: 'braille' }).glyphs).toBe('braille')
  })
})

test('a terminal without a name cannot draw a screen', () => {
  const dumb = [{}, { TERM: '' }, { TERM: 'dumb' }, { TERM: 'unknown' }].map(
    (environment) => capabilitiesOf({ environment }).isDumb,
  )
  expect(dumb).toEqual([true, true, true, true])
  expect(capabilitiesOf({ environment: { TERM: 'vt100' } }).isDumb).toBe(false)
})
