import { drawFrame } from '../../source/interface/frame.ts'
import { createSession } from '../../source/interface/session.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { screens } from '../../source/screens/screens.ts'
import type { Store } from '../../source/store/store.ts'

/** Fifty rows of a table, every column. */
const size = { columns: 200, rows: 60 }

/** Draws the pods of all namespaces as they are now. */
export const createPodFrames = (store: Store): (() => void) => {
  const theme = createTheme('256', 'block')
  const session = createSession({ screens, snapshot: store.snapshot, onEffect: () => undefined, now: () => 0 })
  for (const key of [':', 'p', 'o', 'd', 's', 'enter']) session.press(key, size)
  return () => {
    const lines = drawFrame(session.model(), store.snapshot(), size, { at: 0, dropped: 0 }, theme)
    if (!lines.some((line) => line.includes('pods(all)'))) throw new Error(`no pods on the screen: ${lines.join('\n')}`)
  }
}
