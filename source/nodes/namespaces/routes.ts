import type { RoutesLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import type { LookKind } from './look-kind.ts'

/** Routes, rules and neighbours of both families. */
export const routesLook: LookKind<RoutesLook> = {
  tab: 'routes',
  every: 5,
  limit: 256 * 1024,
  cost: 'two processes',
  script: `
[ "$right" = root ] && for f in 4 6; do
section "ip$f"
printf 'route show table all\\nrule show\\nneigh show\\n' | inside ip -j "-$f" -force -batch -
done
`,
  read: ({ footing }) => ({
    tab: 'routes',
    footing,
    lacks: [],
    byHand: [clean(`nsenter -t ${footing.pid} -n ip route show table all`)],
    routes: [],
    rules: [],
    neighbours: [],
  }),
}
