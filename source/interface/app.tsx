import { Box, Text, useInput, useWindowSize } from 'ink'
import { useEffect, useReducer, useRef } from 'react'
import type { Snapshot } from '../store/snapshot.ts'
import { drawFrame } from './frame.ts'
import { keyName } from './key-name.ts'
import { initialModel } from './model.ts'
import type { ScreenEntry } from './screen.ts'
import type { Theme } from './theme.ts'
import { type Outward, update } from './update.ts'

/** What the interface is given; nothing in it is global. */
export interface AppProps {
  readonly screens: readonly ScreenEntry[]
  readonly theme: Theme
  /** The newest state of things. */
  readonly snapshot: () => Snapshot
  /** Calls back when there is something new to paint; returns how to stop that. */
  readonly onPaint: (listener: () => void) => () => void
  readonly onEffect: (effect: Outward) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Frames that the terminal did not get in the last second. */
  readonly dropped: () => number
}

/** The whole interface: keys go through one reducer, the screen is drawn by one pure function, a `Text` a line. */
export const App = ({ screens, theme, snapshot, onPaint, onEffect, now, dropped }: AppProps) => {
  const { columns, rows } = useWindowSize()
  // The model changes between two commits when keys come fast: a reference holds the newest, a commit shows it.
  const model = useRef(initialModel(screens))
  const [, commit] = useReducer((count: number) => count + 1, 0)

  useEffect(() => onPaint(commit), [onPaint])

  useInput((input, key) => {
    const moment = { snapshot: model.current.frozen ?? snapshot(), terminal: { columns, rows }, at: now() }
    const updated = update(model.current, keyName(input, key), moment)
    model.current = updated.model
    for (const effect of updated.effects) onEffect(effect)
    commit()
  })

  const lines = drawFrame(model.current, snapshot(), { columns, rows }, { at: now(), dropped: dropped() }, theme)
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      {lines.map((line, index) => (
        // The line's place is its identity: nothing in it has state.
        // oxlint-disable-next-line react/no-array-index-key
        <Text key={index} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  )
}
