import { expect, test } from 'vitest'
import { createTheme } from '../../../source/interface/theme.ts'
import { helpLines } from '../../../source/screens/help/lines.ts'
import { screens } from '../../../source/screens/screens.ts'
import { lineText } from '../../../source/text/colour.ts'
import { widthOf } from '../../../source/text/width.ts'

const { glyphs } = createTheme('none', 'block')

test.each(screens.map((screen) => [screen.name, screen] as const))(
  'the help tells whole what %s is for, also where the terminal is narrow',
  (name, screen) => {
    const width = 40
    const lines = helpLines(screen, screens, glyphs, width).map(lineText)
    const words = [`keys of ${name}:`, ...screen.purpose.split(' ')]
    const end = lines.findIndex((line) => line.startsWith('tab') || line.startsWith('enter') || line === '')
    const head = lines.slice(0, Math.max(1, end)).join(' ')
    for (const word of words) expect(head).toContain(word)
    for (const line of lines.slice(0, end)) expect(widthOf(line)).toBeLessThanOrEqual(width)
  },
)
