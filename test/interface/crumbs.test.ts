import { describe, expect, test } from 'vitest'
import { crumbLine } from '../../source/interface/crumbs.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { lineText } from '../../source/text/colour.ts'

const theme = createTheme('none', 'block')
const drawn = (width: number): string => lineText(crumbLine(['nodes', 'node', 'explain'], width, theme))

describe('the screens that are open', () => {
  test('stand in the order in which they were opened', () => {
    expect(drawn(80)).toBe(' <nodes> <node> <explain>')
  })

  test('lose the oldest first where there is no room', () => {
    expect(drawn(24)).toBe(` ${theme.glyphs.ellipsis} <node> <explain>`)
    expect(drawn(17)).toBe(` ${theme.glyphs.ellipsis} <explain>`)
  })

  test('never lose the current one', () => {
    expect(drawn(3)).toBe(' <explain>')
  })
})
