import type { Script } from '../../probe.ts'
import { canonicalEnd } from '../ss.ts'
import { walk } from './walk.ts'

/** The most sockets that one run tells. */
export const mostSockets = 20_000

/** Groups of sockets that are told apart; those of the smallest ones are put together. */
const mostGroups = 2000

/** Questions to the connection tracking in one run, some 20 us each. */
const mostQuestions = 5000

const text = 'exec perl -e "$1" "$2" "$3" "$4" "$5"'

const ownEnd = (end: string): string => {
  const canonical = canonicalEnd(end)
  const colon = canonical.lastIndexOf(':')
  return `${canonical.slice(0, colon)} ${canonical.slice(colon + 1)}`
}

/**
 * Reads the sockets of all namespaces; nothing is written. `ownPeers`: ends of kntop's own connections. `most`: sockets, groups
 * and questions, where a test wants fewer.
 */
export const socketsScript = (
  ownPeers: readonly string[],
  most: readonly [number, number, number] = [mostSockets, mostGroups, mostQuestions],
): Script => ({
  text,
  args: [walk.trim(), ...most.map(String), ownPeers.map(ownEnd).join(',')],
  shown: "perl -e '...; setns NAMESPACE; TCPDIAG_GETSOCK; IPCTNL_MSG_CT_GET; ...'",
  runs: [{ command: 'perl -e PROGRAM NUMBER NUMBER NUMBER PEERS', where: { PROGRAM: walk.trim() } }],
  needs: 'root',
})
