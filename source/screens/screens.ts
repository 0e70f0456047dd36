import type { ScreenEntry } from '../interface/screen.ts'
import { contextsScreen } from './contexts/screen.ts'
import { explainScreen } from './explain/screen.ts'
import { flowsByHandScreen } from './flows/by-hand.ts'
import { flowsScreen } from './flows/screen.ts'
import { helpScreen } from './help/screen.ts'
import { linksScreen } from './links/screen.ts'
import { namespacesScreen } from './namespaces/screen.ts'
import { nodeScreen } from './node/screen.ts'
import { nodesScreen } from './nodes/screen.ts'
import { optInsScreen } from './opt-ins/screen.ts'
import { byHandScreen } from './pod/by-hand.ts'
import { podScreen } from './pod/screen.ts'
import { podsScreen } from './pods/screen.ts'
import { questionScreen } from './questions/question.ts'
import { questionsScreen } from './questions/screen.ts'
import { serviceScreen } from './service/screen.ts'
import { servicesScreen } from './services/screen.ts'

const subjects: readonly ScreenEntry[] = [
  nodesScreen,
  nodeScreen,
  flowsScreen,
  podsScreen,
  podScreen,
  servicesScreen,
  serviceScreen,
  namespacesScreen,
  contextsScreen,
  linksScreen,
  explainScreen,
  byHandScreen,
  flowsByHandScreen,
  optInsScreen,
  questionsScreen,
  questionScreen,
]

/** Every screen, the landing one first: a new one is a folder and a place in this list. */
export const screens: readonly ScreenEntry[] = [...subjects, helpScreen(subjects)]
