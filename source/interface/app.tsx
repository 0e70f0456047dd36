import { Box, Text, useInput, usePaste, useWindowSize } from 'ink'
import { useSyncExternalStore } from 'react'
import type { Snapshot } from '../store/snapshot.ts'
import { drawFrame } from './frame.ts'
import { keyName } from './key-name.ts'
import type { Session } from './session.ts'
import type { Theme } from './theme.ts'

export interface AppProps {
  readonly session: Session
  readonly theme: Theme
  /** The state of things to paint: the same value until there is something new. */
  readonly snapshot: () => Snapshot
  /** Calls back when there is something new to paint; returns how to stop that. */
  readonly onPaint: (listener: () => void) => () => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Frames that the terminal did not get in the last second. */
  readonly dropped: () => number
}

/** The whole interface: keys go to the session, the screen is drawn by one pure function, a `Text` a line. */
export const App = ({ session, theme, snapshot, onPaint, now, dropped }: AppProps) => {
  const terminal = useWindowSize()
  const model = useSyncExternalStore(session.subscribe, session.model)
  const current = useSyncExternalStore(onPaint, snapshot)

  useInput((input, key) => session.press(keyName(input, key), terminal))
  usePaste(session.paste)

  const lines = drawFrame(model, current, terminal, { at: now(), dropped: dropped() }, theme)
  return (
    <Box flexDirection="column" width={terminal.columns} height={terminal.rows}>
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
