import type { ScreenEntry } from '../../interface/screen.ts'
import { screen } from '../../interface/screen.ts'
import { drawText, scrollBindings, scrollBy } from '../../interface/scroll.ts'
import { clean } from '../../text/clean.ts'
import { helpLines } from './lines.ts'

interface State {
  readonly from: string | undefined
  readonly top: number
}

/** The help of all screens given; itself is added to them. */
export const helpScreen = (others: readonly ScreenEntry[]): ScreenEntry => {
  const fromOf = (state: State): ScreenEntry | undefined => others.find(({ name }) => name === state.from)
  return screen<State>({
    name: 'help',
    aliases: ['h', '?'],
    purpose: 'keys, signs and columns',
    table: false,
    bindings: [...scrollBindings, { action: 'leave', keys: ['?', 'enter'], label: 'back', group: 'screen' }],
    initial: ({ screen: from }) => ({ from, top: 0 }),
    press: (state, action, _, size) =>
      action === 'leave'
        ? { state, effects: [{ type: 'back' }] }
        : {
            state: { ...state, top: scrollBy(state.top, action, helpLines(fromOf(state), others).length, size.rows) },
            effects: [],
          },
    title: () => clean('help'),
    body: (_, state, size, theme) =>
      drawText(helpLines(fromOf(state), others, theme.glyphs, size.columns), state.top, size, theme),
  })
}
