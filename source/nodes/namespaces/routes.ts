import type { Footing, Lack, RoutesLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { inNamespace, takes } from './by-hand.ts'
import { isJson, lostIn, rowsIn } from './ip-json.ts'
import { byteOrderOf } from './kernel-addresses.ts'
import type { LookKind, Seen } from './look-kind.ts'
import { neighbourFromFile, route6FromFile, routeFromFile } from './route-files.ts'
import { isNeighbour, isRule, neighbourFrom, routesFrom, ruleFrom } from './route-rows.ts'

const batch = String.raw`rule show\nneigh show\nroute show table all\n`

type Found = Omit<RoutesLook, 'tab' | 'footing'>

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

/**
 * By what `ip` says. The table local is left out: it has the node's or the pod's own addresses once more, several lines for
 * each; that a range is taken for its own is a route of kind `local` in another table, which stays.
 */
const fromIp = ({ sections, footing, cut }: Seen): Found => {
  const rows = ([4, 6] as const).flatMap((family) =>
    rowsIn(sections.get(`ip${family}`)).map((row) => ({ row, family, isRoute: !isRule(row) && !isNeighbour(row) })),
  )
  const all = rows.flatMap(({ row, family, isRoute }) => (isRoute ? routesFrom(row, family) : []))
  const routes = all.filter(({ table }) => table !== 'local')
  const local = all.length - routes.length
  const [byHand = clean(''), byHandAll = clean('')] = inNamespace(footing, [
    'ip route show table local',
    'ip route show table all',
  ])
  const lost = cut ? 0 : lostIn(sections.get('ip4')) + lostIn(sections.get('ip6'))
  return {
    routes,
    rules: rows.flatMap(({ row, family }) => (isRule(row) ? ruleFrom(row, family) : [])),
    neighbours: rows.flatMap(({ row }) => (isNeighbour(row) ? neighbourFrom(row) : [])),
    lacks: [
      ...(cut ? [lack('the last routes', 'more than 512 KB: run the commands by hand')] : []),
      ...(lost === 0 ? [] : [lack(`${lost} routes or neighbours`, `what ip wrote is no JSON: ${byHandAll}`)]),
      ...(local === 0 ? [] : [lack(`${local} routes of the table local`, `its own addresses once more: ${byHand}`)]),
    ],
    byHand: inNamespace(footing, [
      'ip -4 route show table all',
      'ip -6 route show table all',
      'ip -4 rule show',
      'ip -6 rule show',
      'ip neigh show',
    ]),
  }
}

const unseen = (footing: Footing): readonly Lack[] => [
  { what: clean('rules of policy routing'), advice: takes(footing, 'ip rule show') },
  { what: clean('IPv6 neighbours, and states of the others'), advice: takes(footing, 'ip neigh show') },
  {
    what: clean('IPv4 tables other than main, further next hops, protocols and scopes'),
    advice: takes(footing, 'ip route show table all'),
  },
]

const fromFiles = ({ sections, footing, cut }: Seen): Found => {
  const order = byteOrderOf(sections.get('order'))
  const lines = sections.get('files') ?? []
  const files = ['route', 'arp', 'ipv6_route'].map(
    (file) => `/proc/${footing.isHost ? '' : `${footing.pid}/`}net/${file}`,
  )
  return {
    routes: [...lines.flatMap((line) => routeFromFile(line, order)), ...lines.flatMap(route6FromFile)],
    rules: [],
    neighbours: lines.flatMap(neighbourFromFile),
    lacks: [...(cut ? [lack('the last routes', 'more than 512 KB: run the command by hand')] : []), ...unseen(footing)],
    byHand: [clean(`cat ${files.join(' ')}`)],
  }
}

/** Routes, rules and neighbours of both families. */
export const routesLook: LookKind<RoutesLook> = {
  tab: 'routes',
  every: 5,
  limit: 512 * 1024,
  cost: 'two runs of nsenter and ip, 7 to 12 ms of CPU on a small machine; without root two processes, 3 to 5 ms',
  runs: [
    ...([4, 6] as const).map((family) => ({
      command: `printf '${batch}' | nsenter -t PID -n -- ip -j -${family} -force -batch -`,
      needs: 'root' as const,
    })),
    { command: 'od -An -tx2 -N2 /proc/self/status', needs: 'nothing' },
    { command: 'cat /proc/PID/net/route /proc/PID/net/arp /proc/PID/net/ipv6_route', needs: 'nothing' },
  ],
  // Routes come last: of what is cut they are the part that is longest. `ip` writes the table local after all others.
  script: `
said=
enters && for f in 4 6; do
section "ip$f"
printf '${batch}' | become ip -j "-$f" -force -batch - && said=yes
done
[ -n "$said" ] || {
section order; od -An -tx2 -N2 /proc/self/status
section files; cat "$net/route" "$net/arp" "$net/ipv6_route"
}
`,
  read(seen) {
    const { sections, footing } = seen
    const isSaid = isJson([...(sections.get('ip4') ?? []), ...(sections.get('ip6') ?? [])])
    return { tab: 'routes', footing, ...(isSaid ? fromIp(seen) : fromFiles(seen)) }
  },
}
