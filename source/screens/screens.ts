import type { ScreenEntry } from '../interface/screen.ts'
import { explainScreen } from './explain/screen.ts'
import { helpScreen } from './help/screen.ts'
import { nodeScreen } from './node/screen.ts'
import { nodesScreen } from './nodes/screen.ts'
import { optInsScreen } from './opt-ins/screen.ts'

const subjects: readonly ScreenEntry[] = [nodesScreen, nodeScreen, explainScreen, optInsScreen]

/** Every screen, the landing one first: a new one is a folder and a place in this list. */
export const screens: readonly ScreenEntry[] = [...subjects, helpScreen(subjects)]
