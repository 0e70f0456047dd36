import type { TabName } from '../../events/looks.ts'
import { conntrackLook } from './conntrack.ts'
import { flowsLook } from './flows.ts'
import type { LookKind } from './look-kind.ts'
import { overviewLook } from './overview.ts'
import { pathLook } from './path.ts'
import { resolverLook } from './resolver.ts'
import { routesLook } from './routes.ts'
import { rulesLook } from './rules.ts'
import { socketsLook } from './sockets.ts'
import { stackLook } from './stack.ts'

// Each keeps its own type of look, which the engine hands back untouched.
// oxlint-disable-next-line typescript/no-explicit-any -- an existential type, which TypeScript cannot spell
type AnyLook = LookKind<any>

/** All that can be looked at in a namespace: a new one is a file and a line here. */
export const looks: readonly AnyLook[] = [
  overviewLook,
  routesLook,
  socketsLook,
  resolverLook,
  flowsLook,
  rulesLook,
  pathLook,
  conntrackLook,
  stackLook,
]

export const lookOf = (tab: TabName): AnyLook | undefined => looks.find((look) => look.tab === tab)
