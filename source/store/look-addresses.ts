import type { FlowGroups, Look } from '../events/looks.ts'

const ofGroups = (flows: FlowGroups | undefined): readonly string[] =>
  (flows?.groups ?? []).flatMap(({ source, destination, answerer, answered }) => [
    source,
    destination,
    answerer,
    answered,
  ])

/** The addresses in a look that are told by name, as they stand there; undefined: it is told by none, or by other means. */
export const addressesIn = (look: Look): readonly string[] | undefined => {
  switch (look.tab) {
    case 'routes':
      return [...look.routes.map(({ gateway }) => gateway), ...look.neighbours.map(({ address }) => address)]
    case 'sockets':
      return look.sockets.map(({ peerAddress }) => peerAddress)
    case 'dns':
      return look.servers
    case 'conntrack':
      return [look.flows?.client, look.flows?.backend, look.own?.flows].flatMap(ofGroups)
    case 'rules':
      return look.backends.map(({ address }) => address)
    case 'path':
      return look.partners.map(({ address }) => address)
    // A listing of a node's table is told by all records of its time.
    case 'flows':
    case 'overview':
    case 'stack':
      return undefined
  }
}
