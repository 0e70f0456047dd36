import type { NodeFlags } from '../probe.ts'

/** Programs that ask a URL, the better one first. */
const getters = ['curl', 'wget'] as const
export type Getter = (typeof getters)[number]

/** The one that a node has; undefined: none. */
export const getterOf = ({ tools }: Pick<NodeFlags, 'tools'>): Getter | undefined =>
  getters.find((getter) => tools.has(getter))

/**
 * What a script begins with that asks a port on the node: proxies and the user's own settings of the tools (found through
 * HOME) are left aside, and memory is limited, because anybody on the node may listen there and answer with one endless line.
 */
export const plainRequests = `unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY WGETRC
HOME=/dev; export HOME
ulimit -v 150000 2>/dev/null`
