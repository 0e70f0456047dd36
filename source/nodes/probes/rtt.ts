import type { MetricId } from '../../metrics/catalogue.ts'
import { clean } from '../../text/clean.ts'
import { perSettings } from '../per-settings.ts'
import type { CommandOutput, CommandTier, Probe, ProbeContext, ProbeSettings, Script, Step } from '../probe.ts'
import { refuse } from '../refuse.ts'
import { type Detail, describe, miss, missAll, nothingTaken, type Taken, take } from '../taken.ts'
import { noRoundTrips, passed, type RoundTrips, takeRoundTrips } from './round-trips.ts'
import { socketsTier } from './sockets/tier.ts'
import { addressesHere, isEligible, type OwnEnd, ownEnd } from './ss-eligible.ts'
import { type Listing, place, readListing, rowLength } from './ss-listing.ts'

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

/** The script of every node. */
const usualListing = listingScript()

/** Ends of kntop's own connections as the settings name them. */
const namedEnds = perSettings(({ ownPeers }) => ownPeers.map(ownEnd))

/** Those, and that of the session in which the listing was made. */
const ownOf = (settings: ProbeSettings, client: string | undefined): readonly OwnEnd[] => {
  const named = namedEnds(settings)
  return client === undefined ? named : [...named, ownEnd(client)]
}

/** What the sockets of one run tell that speak of the network now. */
interface Times {
  /** Microseconds, sorted. */
  readonly values: Uint32Array
  /** Milliseconds, infinite where none of them tells it. */
  readonly least: number
  readonly tellLeast: number
}

/** Microseconds of the sockets that were found eligible so far. */
const gathered: number[] = []

const timesOf = (listing: Listing, own: readonly OwnEnd[]): Times => {
  const { rows, sockets } = listing
  const here = addressesHere(listing)
  let count = 0
  let least = Number.POSITIVE_INFINITY
  let tellLeast = 0
  for (let row = 0; row < sockets * rowLength; row += rowLength) {
    if (!isEligible(listing, row, here, own)) continue
    gathered[count] = Math.round((rows[row + place.rtt] ?? Number.NaN) * 1000)
    count += 1
    const minimum = rows[row + place.minimum] ?? Number.NaN
    if (!(minimum > 0)) continue
    tellLeast += 1
    least = Math.min(least, minimum)
  }
  const values = new Uint32Array(count)
  for (let index = 0; index < count; index += 1) values[index] = gathered[index] ?? 0
  return { values: values.sort(), least, tellLeast }
}

const takeMinimum = (taken: Taken, { least, tellLeast }: Times): void => {
  if (tellLeast > 0) take(taken, 'rtt.min', least, { observations: tellLeast })
  else miss(taken, 'rtt.min', 'no-kernel', 'ss tells no minrtt here: kernel 4.6 and an iproute2 of that age do.')
}

/** Whether some socket tells a round-trip time at all. */
const tellTimes = ({ rows, sockets }: Listing): boolean => {
  for (let row = 0; row < sockets * rowLength; row += rowLength) if (!Number.isNaN(rows[row + place.rtt])) return true
  return false
}

/** Why a listing says nothing of round-trip times; undefined: it does. */
const failure = (
  listing: Listing,
  cut: boolean,
): readonly ['no-tool' | 'no-data' | 'no-kernel', string] | undefined => {
  const { status } = listing
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
  if (listing.sockets > 0 && !tellTimes(listing))
    return ['no-kernel', 'ss tells no round-trip times here: the kernel needs inet_diag and tcp_diag.']
  return undefined
}

const described = (words: string): Detail => ({ words: clean(words) })

/** What is said of the figures, by whether only some sockets were asked for, and whether some of them were cut off. */
const details = {
  whole: [described(''), described('cut')],
  filtered: [described(filterWords), described(`${filterWords}, cut`)],
} as const

const step = (state: RoundTrips, output: CommandOutput, { settings }: ProbeContext): Step<RoundTrips> => {
  const taken = nothingTaken()
  const { seconds, cut } = output
  const listing = readListing(output.text)
  const failed = failure(listing, cut)
  if (failed !== undefined) {
    missAll(taken, metrics, ...failed)
    return { state: passed(state, seconds), taken }
  }
  const times = timesOf(listing, ownOf(settings, listing.client))
  const said = details[listing.filtered ? 'filtered' : 'whole'][cut ? 1 : 0]
  const among = listing.filtered ? ` (${filterWords})` : ''
  const run = { values: times.values, words: said.words ?? '', seconds, cut, among }
  const next = takeRoundTrips(taken, state, run)
  if (times.values.length > 0) takeMinimum(taken, times)
  describe(taken, metrics, said)
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
  scripts: () => [usualListing],
  program: (context) => {
    const { flags } = context
    // What those of all namespaces are too few for yet, such as a percentile, is no reason to list the host's beside them.
    if (context.has('rtt.sockets')) return refuse('not-applicable', 'the sockets of all namespaces are read here')
    return flags.tools.has('ss')
      ? usualListing
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
