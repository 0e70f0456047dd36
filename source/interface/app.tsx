import { useInput, usePaste, useWindowSize } from 'ink'
import { useLayoutEffect, useSyncExternalStore } from 'react'
import type { Snapshot } from '../store/snapshot.ts'
import type { Painted } from '../text/colour.ts'
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
  /** Takes each picture, whole: a line for each row of the terminal. */
  readonly show: (lines: readonly Painted[]) => void
}

/**
 * The whole interface: keys go to the session, one pure function draws the screen, a picture a commit. The picture does not
 * pass through Ink's own output; `terminal/presenter` says why.
 */
export const App = ({ session, theme, snapshot, onPaint, now, dropped, show }: AppProps) => {
  const terminal = useWindowSize()
  const model = useSyncExternalStore(session.subscribe, session.model)
  const current = useSyncExternalStore(onPaint, snapshot)

  useInput((input, key) => session.press(keyName(input, key), terminal))
  usePaste(session.paste)

  const lines = drawFrame(model, current, terminal, { at: now(), dropped: dropped() }, theme)
  useLayoutEffect(() => show(lines))
  return null
}
