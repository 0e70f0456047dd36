import type { Neighbour, Route, RoutesLook, RoutingRule } from '../../../events/looks.ts'
import { segment } from '../../../interface/lines.ts'
import type { Known } from '../../../store/known.ts'
import { neighbourOf, withNeighbour } from '../address-names.ts'
import { listOf, numbers, words } from '../list.ts'
import { type Fact, type Setting, tab } from '../tab.ts'

/** Kinds of routes that lead nowhere. */
const refusing: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw'])

/** The tables that routing begins with; what every machine has in `local` is of least interest. */
const tableRank = ({ table, kind }: Pick<Route, 'table' | 'kind'>): number =>
  table === 'local' || kind === 'local' || kind === 'broadcast' ? 4 : table === 'main' || table === '' ? 0 : 2

const routeWords = (route: Route, known: Known): readonly string[] => {
  const { kind, destination, gateway, device, source, metric, protocol, scope, table, family } = route
  return [
    `IPv${family} ${kind === '' || kind === 'unicast' ? '' : `${kind} `}${destination}`,
    ...(gateway === '' ? [] : [`via ${withNeighbour(known, gateway)}`]),
    ...(device === '' ? [] : [`on ${device}`]),
    ...(source === '' ? [] : [`from ${source}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(protocol === '' ? [] : [`by ${protocol}`]),
    ...(scope === '' ? [] : [`scope ${scope}`]),
    ...(table === '' ? [] : [`table ${table}`]),
  ]
}

const routes = listOf<RoutesLook, Route>({
  title: 'routes',
  items: ({ routes }) => routes,
  idOf: ({ family, table, kind, destination, gateway, device, metric = '' }) =>
    [family, table, kind, destination, gateway, device, metric].join(' '),
  columns: [
    words(
      { id: 'destination', heading: 'DESTINATION', width: 18, most: 43, priority: 0 },
      (route) => route.destination,
    ),
    words({ id: 'gateway', heading: 'VIA', width: 15, most: 39, priority: 1 }, (route) => route.gateway),
    words({ id: 'owner', heading: 'WHO', width: 13, most: 40, priority: 4 }, (route, known) =>
      neighbourOf(known, route.gateway),
    ),
    words({ id: 'device', heading: 'DEVICE', width: 8, most: 15, priority: 1 }, (route) => route.device),
    words({ id: 'source', heading: 'SOURCE', width: 15, most: 39, priority: 3 }, (route) => route.source),
    words({ id: 'kind', heading: 'KIND', width: 9, most: 11, priority: 2 }, ({ kind }) =>
      segment(kind, refusing.has(kind) ? 'warning' : 'plain'),
    ),
    words({ id: 'table', heading: 'TABLE', width: 6, most: 10, priority: 5 }, (route) => route.table),
    numbers({ id: 'metric', heading: 'METRIC', width: 6, most: 10, priority: 6 }, (route) => route.metric),
    words({ id: 'protocol', heading: 'PROTO', width: 7, priority: 7 }, (route) => route.protocol),
    words({ id: 'scope', heading: 'SCOPE', width: 6, priority: 8 }, (route) => route.scope),
  ],
  rank: (route) => tableRank(route) + (route.destination === 'default' ? 0 : 1),
  words: routeWords,
  empty: 'no route was told of',
})

const rules = listOf<RoutesLook, RoutingRule>({
  title: 'rules',
  items: ({ rules }) => rules,
  idOf: ({ family, priority, selector, action }) => [family, priority, selector, action].join(' '),
  columns: [
    numbers({ id: 'priority', heading: 'PRIORITY', width: 8, priority: 1 }, ({ priority }) => priority),
    words({ id: 'selector', heading: 'APPLIES TO', width: 24, most: 60, priority: 0 }, ({ selector }) => selector),
    words({ id: 'action', heading: 'LEADS TO', width: 20, most: 40, priority: 0 }, ({ action }) => action),
    words({ id: 'family', heading: 'FAMILY', width: 6, priority: 2 }, ({ family }) => `IPv${family}`),
  ],
  rank: ({ family }) => family,
  words: ({ family, priority, selector, action }) => [`IPv${family} rule ${priority}`, selector, action],
  empty: 'no rule was told of',
})

/** Where nobody answered, packets to that address wait and are dropped. */
const isSilent = ({ state }: Neighbour): boolean => state === 'FAILED' || state === 'INCOMPLETE'

const neighbours = listOf<RoutesLook, Neighbour>({
  title: 'neighbours',
  items: ({ neighbours }) => neighbours,
  idOf: ({ address, device }) => `${address} ${device}`,
  columns: [
    words({ id: 'address', heading: 'NEIGHBOUR', width: 18, most: 39, priority: 0 }, ({ address }) => address),
    words({ id: 'owner', heading: 'WHO', width: 16, most: 46, priority: 2 }, ({ address }, known) =>
      neighbourOf(known, address),
    ),
    words({ id: 'mac', heading: 'MAC', width: 17, priority: 1 }, ({ mac }) => mac),
    words({ id: 'device', heading: 'DEVICE', width: 8, most: 15, priority: 3 }, ({ device }) => device),
    words({ id: 'state', heading: 'STATE', width: 10, priority: 1 }, (neighbour) =>
      segment(neighbour.state, isSilent(neighbour) ? 'warning' : 'plain'),
    ),
  ],
  rank: (neighbour) => (isSilent(neighbour) ? 0 : 1),
  words: ({ address, mac, device, state }, known) => [
    withNeighbour(known, address),
    mac === '' ? 'nobody answers for it' : `at ${mac}`,
    `on ${device}`,
    state,
  ],
  empty: 'no neighbour is known: nothing was sent on a link yet, or nobody may see it',
})

const defaultWords = (route: Route, known: Known): string =>
  [
    `IPv${route.family}`,
    ...(refusing.has(route.kind) ? [route.kind] : []),
    ...(route.gateway === '' ? [] : [`via ${withNeighbour(known, route.gateway)}`]),
    ...(route.device === '' ? [] : [`on ${route.device}`]),
  ].join(' ')

const defaultFacts = ({ routes }: RoutesLook, { known }: Setting): readonly Fact[] => {
  const found = routes.filter(
    (route) => route.destination === 'default' && tableRank(route) === 0 && !refusing.has(route.kind),
  )
  if (routes.length === 0) return []
  return found.length === 0
    ? [{ label: 'Default', text: 'none: what no other route names cannot be reached', style: 'warning' }]
    : [{ label: 'Default', text: found.map((route) => defaultWords(route, known)).join('; ') }]
}

/** Where packets go: routes, rules and neighbours of both families. */
export const routesTab = tab<RoutesLook>({
  name: 'routes',
  purpose: 'routes, routing rules and neighbours of a pod or a host',
  facts(look, setting) {
    const silent = look.neighbours.filter(isSilent)
    return [
      ...defaultFacts(look, setting),
      ...(silent.length === 0
        ? []
        : [
            {
              label: 'Silent',
              text: `nobody answers for ${silent.map(({ address }) => withNeighbour(setting.known, address)).join(', ')}`,
              style: 'warning' as const,
            },
          ]),
    ]
  },
  lists: [routes, rules, neighbours],
})
