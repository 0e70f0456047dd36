import { limitedTo } from '../limited.ts'
import type { NodeFlags } from '../probe.ts'

/** Programs that ask a URL, the better one first. */
const getters = ['curl', 'wget'] as const
export type Getter = (typeof getters)[number]

/**
 * The one that a node has; undefined: none. wget's own limits are for each read, and who answers a byte now and then keeps it for
 * good: it needs `timeout`.
 */
export const getterOf = ({ tools }: Pick<NodeFlags, 'tools'>): Getter | undefined =>
  getters.find((getter) => tools.has(getter) && (getter === 'curl' || tools.has('timeout')))

/** Seconds that an answer may take, whole. */
export const patience = 3

/** Either, up to what differs from one question to the other. */
export const beginnings = {
  curl: `curl -q -g -s -f --max-time ${patience}`,
  wget: `${limitedTo(patience)} wget -q -t 1 -O -`,
} as const satisfies Readonly<Record<Getter, string>>

/** Why there is nothing to ask with. `whom`: what would be asked. */
export const noGetter = (whom: string): string =>
  `neither curl, nor wget with timeout, is here to ask ${whom}: install curl`

/**
 * What a script begins with that asks a port on the node: proxies and the user's own settings of the tools (found through
 * HOME) are left aside, and memory is limited, because anybody on the node may listen there and answer with one endless line.
 */
export const plainRequests = `unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY WGETRC
HOME=/dev; export HOME
ulimit -v 150000 2>/dev/null`
