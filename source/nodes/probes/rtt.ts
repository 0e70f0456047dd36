import type { MetricId } from '../../metrics/catalogue.ts'
import { isLoopback } from '../address.ts'
import type { CommandOutput, CommandTier, Probe, ProbeContext, Script, Step } from '../probe.ts'
import { refuse } from '../refuse.ts'
import { detail, miss, missAll, nothingTaken, type Taken, take } from '../taken.ts'
import { freshness, noRoundTrips, passed, type RoundTrips, takeRoundTrips } from './round-trips.ts'
import { socketsTier } from './sockets/tier.ts'
import { addressOf, canonicalEnd, type Listing, parseListing, type TcpSocket } from './ss.ts'

const metrics = ['rtt.p50', 'rtt.p99', 'rtt.min', 'rtt.sockets'] as const satisfies readonly MetricId[]

/** Sockets above which the kernel is asked for some ports only: ss takes 8 ms of CPU for a thousand. */
const mostSockets = 20_000

/** Peers' ports that are asked for then: what a node of a cluster talks to, and HTTPS. */
const ports = [443, 2379, 2380, 6443, 10250]
const filterWords = `filtered: ports ${ports.join(' ')}`

/** Seconds that ss may take. */
const patience = 4

const listing = `timeout -k 1 ${patience} ss -tinH state established`

const wanted = '^(end )?[0-9].*| (min)?rtt:[^ /]+| last(snd|ack):[0-9]+'

const filter = `( ${ports.map((port) => `dport = :${port}`).join(' or ')} )`

/**
 * Lists established TCP sockets. $1: sockets above which the filter $2 applies, which the kernel runs before anything is
 * printed. Their number comes from sockstat, where each address family counts its own. No -O: it came with iproute2 5.2, and
 * the output without it says the same. GNU grep leaves a fifth
 * of the bytes, at no measurable CPU beside ss.
 */
const text = `
n=0
for f in /proc/net/sockstat /proc/net/sockstat6; do
  [ -r $f ] || continue
  while read -r family w count rest; do case $family in TCP:|TCP6:) n=$((n + count)) ;; esac; done <$f
done
echo "client \${SSH_CONNECTION-}"
if [ "$n" -gt "$1" ]; then echo filtered; set -- "$2"; else set --; fi
{ ${listing} "$@"; echo "end $?"; } |
  grep -oE '${wanted}'
`

/** The script that a node runs; the limit can be set by tests that have no 20,000 sockets at hand. */
export const listingScript = (most = mostSockets): Script => ({
  text,
  args: [String(most), filter],
  shown: listing,
  runs: [{ command: `${listing} | grep -oE '${wanted}'` }, { command: `${listing} '${filter}'` }],
})

/**
 * The sockets whose round-trip time speaks of the network now. srtt moves only when one's own data is acknowledged, so a
 * socket that only receives keeps the value of its handshake. What goes to the machine itself never leaves it: loopback,
 * and every address that some listed socket has as its own. `own`: canonical ends of kntop's connections.
 */
export const eligible = (sockets: readonly TcpSocket[], own: ReadonlySet<string>): readonly TcpSocket[] => {
  const here = addressesOf(sockets)
  return sockets.filter(({ local, peer, rtt, sent, acknowledged }) => {
    if (!(rtt > 0 && sent < freshness && acknowledged < freshness) || own.has(peer) || own.has(local)) return false
    const to = addressOf(peer)
    return !isLoopback(to) && !here.has(to)
  })
}

/** The local addresses. Neighbours in the list mostly have the same one, which is then looked at once. */
const addressesOf = (sockets: readonly TcpSocket[]): ReadonlySet<string> => {
  const addresses = new Set<string>()
  let last = ''
  for (const { local } of sockets) {
    if (last !== '' && local.startsWith(last) && local.lastIndexOf(':') === last.length) continue
    last = addressOf(local)
    addresses.add(last)
  }
  return addresses
}

const takeMinimum = (taken: Taken, sockets: readonly TcpSocket[]): void => {
  let told = 0
  let least = Number.POSITIVE_INFINITY
  for (const { minimum } of sockets) {
    if (!(minimum > 0)) continue
    told += 1
    least = Math.min(least, minimum)
  }
  if (told > 0) take(taken, 'rtt.min', least, { observations: told })
  else miss(taken, 'rtt.min', 'no-kernel', 'ss tells no minrtt here: kernel 4.6 and an iproute2 of that age do.')
}

/** Why a listing says nothing of round-trip times; undefined: it does. */
const failure = (
  { status, sockets }: Listing,
  cut: boolean,
): readonly ['no-tool' | 'no-data' | 'no-kernel', string] | undefined => {
  const missed = status === undefined ? !cut : status !== 0
  if (status === 126 || status === 127)
    return ['no-tool', 'Install iproute2 (ss) and coreutils (timeout) on this node.']
  // 124 is coreutils' word for it, 143 busybox's; 137 where it took a SIGKILL.
  if (status === 124 || status === 137 || status === 143)
    return ['no-data', `ss did not answer within ${patience} s: look at the load of this node.`]
  if (missed)
    return [
      'no-data',
      `ss ${status === undefined ? 'broke off before its end' : `ended with status ${status}`}: run ss -tin state established on this node.`,
    ]
  if (sockets.length > 0 && sockets.every(({ rtt }) => Number.isNaN(rtt)))
    return ['no-kernel', 'ss tells no round-trip times here: the kernel needs inet_diag and tcp_diag.']
  return undefined
}

const microseconds = (sockets: readonly TcpSocket[]): Uint32Array => {
  const values = new Uint32Array(sockets.length)
  for (let index = 0; index < values.length; index += 1)
    values[index] = Math.round((sockets[index]?.rtt ?? Number.NaN) * 1000)
  return values.sort()
}

const wordsOf = (listing: Listing, cut: boolean): string =>
  [...(listing.filtered ? [filterWords] : []), ...(cut ? ['cut'] : [])].join(', ')

const step = (state: RoundTrips, output: CommandOutput, { settings }: ProbeContext): Step<RoundTrips> => {
  const taken = nothingTaken()
  const { seconds, cut } = output
  const listing = parseListing(output.text)
  const failed = failure(listing, cut)
  if (failed !== undefined) {
    missAll(taken, metrics, ...failed)
    return { state: passed(state, seconds), taken }
  }
  const own = new Set([
    ...settings.ownPeers.map(canonicalEnd),
    ...(listing.client === undefined ? [] : [listing.client]),
  ])
  const sockets = eligible(listing.sockets, own)
  const values = microseconds(sockets)
  const words = wordsOf(listing, cut)
  const among = listing.filtered ? ` (${filterWords})` : ''
  const next = takeRoundTrips(taken, state, { values, words, seconds, cut, among })
  if (sockets.length > 0) takeMinimum(taken, sockets)
  for (const metric of taken.metrics) detail(taken, metric, words)
  return { state: next, taken }
}

const listingTier: CommandTier<RoundTrips> = {
  kind: 'command',
  tier: 'ss',
  metrics,
  start: noRoundTrips,
  every: 5,
  // At most 180 bytes a socket are left of IPv6, 100 of IPv4.
  limit: mostSockets * 200,
  cost: '8 ms of CPU for a thousand sockets; above 20,000 only those to some ports are listed',
  scripts: () => [listingScript()],
  program: (context) => {
    const { flags } = context
    // What those of all namespaces are too few for yet, such as a percentile, is no reason to list the host's beside them.
    if (context.has('rtt.sockets')) return refuse('not-applicable', 'the sockets of all namespaces are read here')
    return flags.tools.has('ss')
      ? listingScript()
      : refuse('no-tool', 'Install iproute2 on this node: ss reads round-trip times from the kernel.')
  },
  step,
  // Each reading bears its time, and a percentile says how far its window reaches: that there was none for a while is no
  // figure of that time.
  carry: (state) => state,
}

/**
 * Round-trip times as the kernel smooths them (TCP_INFO), in milliseconds: of the sockets of all namespaces, or of the host's.
 * `rtt.p50`: median over the sockets of one run, from one socket on. `rtt.p99`: over all socket readings of the last runs,
 * at most five minutes of them, from 500 on; a node with many sockets looks back less, as far as 2,000 readings.
 * `rtt.min`: the least minrtt of the same sockets.
 */
export const rttProbe: Probe = { name: 'rtt', takes: {}, tiers: [socketsTier, listingTier] }
