import type { ScreenEntry } from '../../interface/screen.ts'
import { screen } from '../../interface/screen.ts'
import { drawText, scrollBindings, scrollBy } from '../../interface/scroll.ts'
import { clean } from '../../text/clean.ts'
import { type Glyphs, glyphsFor } from '../../text/glyphs.ts'
import { helpLines } from './lines.ts'

interface State {
  readonly from: string | undefined
  readonly top: number
}

/** The help of all screens given; itself is added to them. */
export const helpScreen = (others: readonly ScreenEntry[]): ScreenEntry => {
  const linesOf = ({ from }: State, glyphs: Glyphs, width: number) =>
    helpLines(
      [...others, itself].find(({ name }) => name === from),
      [...others, itself],
      glyphs,
      width,
    )
  const itself: ScreenEntry = screen<State>({
    name: 'help',
    aliases: ['h', '?'],
    purpose: 'keys, signs and columns',
    table: false,
    bindings: [...scrollBindings, { action: 'leave', keys: ['?', 'enter'], label: 'back' }],
    initial: ({ screen: from }) => ({ from, top: 0 }),
    press(state, action, _, size) {
      if (action === 'leave') return { state, effects: [{ type: 'back' }] }
      // Symbols are one cell each at every level: the text is as long with any.
      const { length } = linesOf(state, glyphsFor('ascii'), size.columns)
      return { state: { ...state, top: scrollBy(state.top, action, length, size.rows) }, effects: [] }
    },
    title: (_, { from }) => clean(from === undefined ? 'help' : `help(${from})`),
    body: (_, state, size, theme) => drawText(linesOf(state, theme.glyphs, size.columns), state.top, size, theme),
  })
  return itself
}
