import { isLoopback } from '../address.ts'

/**
 * Where the one capture of a node listens. `loopback`: the interface lo. `pods`: the bridge or cable of its pods.
 * `uplink`: the interface of the default route.
 */
export type Vantage = 'loopback' | 'pods' | 'uplink'

/** Whose answer it is. `lookups`: to this node's own clients. `served`: by this node, to others. `upstream`: to a resolver here. */
export type Role = 'lookups' | 'served' | 'upstream'

/** What is known of addresses at the time of an answer. */
export type Neighbourhood = {
  /** Addresses of this node and of its pods (loopback need not be among them). */
  readonly own: (address: string) => boolean
  /** Addresses that serve DNS: what they receive from port 53 are answers to a forwarder. */
  readonly server: (address: string) => boolean
}

/**
 * Says whose answer went from `server` to `client`, or undefined for one that merely passes by.
 *
 * On lo both ends are this machine and several programs share 127.0.0.1, so every answer there is a lookup. Elsewhere
 * the client decides: a resolver of this node asked upstream, any other own address looked something up, and a foreign
 * client was served if the server is ours.
 */
export const classify = (
  vantage: Vantage,
  server: string,
  client: string,
  { own, server: serves }: Neighbourhood,
): Role | undefined => {
  const ours = (address: string): boolean => isLoopback(address) || own(address)
  if (ours(client)) return vantage !== 'loopback' && serves(client) ? 'upstream' : 'lookups'
  return vantage !== 'loopback' && ours(server) ? 'served' : undefined
}
