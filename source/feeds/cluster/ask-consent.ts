import type { ClusterIdentity } from '../../events/cluster.ts'
import { clean } from '../../text/clean.ts'
import type { SshDoor } from '../ssh-door.ts'
import { linesOf, questionOf } from './consent.ts'

/** Ways that are shown with the question. */
const shownWays = 8

/** Asks whether hosts may be logged in to, with whom the ssh configuration names for some of them. Contacts nobody. */
export const askConsent = async (
  { fleet, requests }: SshDoor,
  { context, server }: ClusterIdentity,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<'yes' | 'no' | 'always'> => {
  const ways = await Promise.allSettled(hosts.slice(0, shownWays).map((host) => fleet.wayTo(host)))
  const known = ways.flatMap((way) => (way.status === 'fulfilled' ? [way.value] : []))
  const users = [...new Set(known.map(({ user }) => user))].join(', ') || 'whom your ssh configuration names'
  const routes = known.map(({ route }) => route)
  const lines = linesOf(routes, hosts.length).map((line) => clean(line))
  return requests.consent(questionOf(context ?? server, hosts.length, users), lines, signal)
}
