import type { ScreenEntry } from '../interface/screen.ts'
import { explainScreen } from './explain/screen.ts'
import { helpScreen } from './help/screen.ts'
import { linksScreen } from './links/screen.ts'
import { nodeScreen } from './node/screen.ts'
import { nodesScreen } from './nodes/screen.ts'
import { optInsScreen } from './opt-ins/screen.ts'
import { questionScreen } from './questions/question.ts'
import { questionsScreen } from './questions/screen.ts'

const subjects: readonly ScreenEntry[] = [
  nodesScreen,
  nodeScreen,
  linksScreen,
  explainScreen,
  optInsScreen,
  questionsScreen,
  questionScreen,
]

/** Every screen, the landing one first: a new one is a folder and a place in this list. */
export const screens: readonly ScreenEntry[] = [...subjects, helpScreen(subjects)]
