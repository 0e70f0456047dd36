import type { Inquiry } from '../../events/inquiry.ts'
import { segment } from '../../interface/lines.ts'
import { type Parameters, type ScreenEntry, said, screen } from '../../interface/screen.ts'
import { drawText, scrollBindings, scrollBy } from '../../interface/scroll.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { wrap } from '../../text/width.ts'

export type Line = readonly Segment[]

/** What a person would type on a node to see what a screen shows. */
export interface HandCommands {
  /** Where, and as whom: `On worker-1, as root:`. */
  readonly where: string
  readonly commands: readonly Clean[]
}

/** The screen of commands that show what another one shows. `Shown`: what that one is looked at with. */
export interface HandScreen<Shown> {
  readonly name: string
  readonly purpose: string
  shownOf(parameters: Parameters): Shown
  titleOf(shown: Shown): string
  /** Undefined: they are not known yet. */
  commandsOf(snapshot: Snapshot, shown: Shown): HandCommands | undefined
  /** What stands below the commands. */
  linesOf(snapshot: Snapshot, shown: Shown, width: number): readonly Line[]
  subjectOf(snapshot: Snapshot, shown: Shown): Parameters
  /** What is asked on, so that the screen behind it stays as it is. */
  asksOf(snapshot: Snapshot, shown: Shown): readonly Inquiry[]
}

interface State<Shown> {
  readonly shown: Shown
  readonly top: number
}

const commandLines = (commands: readonly Clean[], width: number): readonly Line[] =>
  commands.flatMap((command) =>
    wrap(command, Math.max(10, width - 2)).map(
      (text, index): Line => [segment(index === 0 ? '' : '  '), { text, style: 'accent' }],
    ),
  )

/** What a person would type on the node to see what a screen shows, to be copied. */
export const handScreen = <Shown>(definition: HandScreen<Shown>): ScreenEntry => {
  const linesOf = (snapshot: Snapshot, { shown }: State<Shown>, width: number): readonly Line[] => {
    const known = definition.commandsOf(snapshot, shown)
    const below = definition.linesOf(snapshot, shown, width)
    if (known === undefined) return [...below, [], [segment('the commands are known once something was seen', 'dim')]]
    return [
      [segment(known.where, 'title')],
      ...(known.commands.length === 0
        ? [[segment('there is no command that shows the same', 'dim')]]
        : commandLines(known.commands, width)),
      [],
      ...below,
    ]
  }
  return screen<State<Shown>>({
    name: definition.name,
    aliases: [],
    purpose: definition.purpose,
    table: false,
    bindings: [
      ...scrollBindings,
      { action: 'copy', keys: ['c'], label: 'copy the commands', header: 10 },
      { action: 'leave', keys: ['x', 'enter'], label: 'back', header: 20 },
    ],
    initial: (parameters) => ({ shown: definition.shownOf(parameters), top: 0 }),
    press(state, action, snapshot, size) {
      if (action === 'leave') return { state, effects: [{ type: 'back' }] }
      if (action === 'copy') {
        const commands = definition.commandsOf(snapshot, state.shown)?.commands ?? []
        return {
          state,
          effects: [
            commands.length === 0
              ? said('there is no command to copy yet')
              : { type: 'copy', text: commands.join('\n') },
          ],
        }
      }
      const { length } = linesOf(snapshot, state, size.columns)
      return { state: { ...state, top: scrollBy(state.top, action, length, size.rows) }, effects: [] }
    },
    title: (_, { shown }) => clean(definition.titleOf(shown)),
    body: (snapshot, state, size, theme) => drawText(linesOf(snapshot, state, size.columns), state.top, size, theme),
    subject: (snapshot, { shown }) => definition.subjectOf(snapshot, shown),
    asks: (snapshot, { shown }) => definition.asksOf(snapshot, shown),
  })
}
