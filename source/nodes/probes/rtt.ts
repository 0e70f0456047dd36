import type { MetricId } from '../../metrics/catalogue.ts'
import { isLoopback } from '../address.ts'
import type { CommandOutput, CommandTier, Probe, ProbeContext, Script, Step } from '../probe.ts'
import { refuse } from '../refuse.ts'
import { detail, miss, missAll, nothingTaken, type Taken, take } from '../taken.ts'
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

/** Milliseconds within which a socket must have sent and been answered, so that its round-trip time is of now. */
const freshness = 5000

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

/** Value at a rank (0 to 100) of several sorted lists together, by nearest rank; NaN of none. Quick for ranks near 100. */
export const atRank = (lists: readonly ArrayLike<number>[], rank: number): number => {
  const count = lists.reduce((sum, { length }) => sum + length, 0)
  const left = lists.map(({ length }) => length)
  let value = Number.NaN
  // From the largest down: a 99th percentile is among the first hundredth.
  for (let above = count - Math.max(1, Math.ceil((rank / 100) * count)); above >= 0 && count > 0; above -= 1) {
    let largest = -1
    value = Number.NEGATIVE_INFINITY
    for (let list = 0; list < lists.length; list += 1) {
      const last = lists[list]?.[(left[list] ?? 0) - 1] ?? Number.NEGATIVE_INFINITY
      if (largest >= 0 && last <= value) continue
      value = last
      largest = list
    }
    left[largest] = (left[largest] ?? 0) - 1
  }
  return value
}

/** Median of sorted values: of an even number the mean of the middle two. */
export const median = (sorted: ArrayLike<number>): number => {
  const upper = sorted.length >> 1
  const high = sorted[upper] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[upper - 1] ?? Number.NaN)) / 2
}

/** The round-trip times of one run, sorted, in microseconds as the kernel has them. `at`: seconds on the state's own clock. */
interface Reading {
  readonly at: number
  readonly values: Uint32Array
}

interface State {
  /** Seconds of runs that follow one another. */
  readonly clock: number
  readonly readings: readonly Reading[]
  readonly words: string
}

/** Seconds that the percentile looks back at most, and socket readings that it needs, and after which it looks no further. */
const longestWindow = 300
const leastReadings = 500
const enoughReadings = 2000

/** Leaves out readings that are too old, and the oldest ones as long as {@link enoughReadings} remain. */
const recent = (readings: readonly Reading[], clock: number): readonly Reading[] => {
  let count = 0
  let first = readings.length
  while (first > 0) {
    const reading = readings[first - 1]
    if (reading === undefined || count >= enoughReadings) break
    if (clock - reading.at + freshness / 1000 > longestWindow) break
    count += reading.values.length
    first -= 1
  }
  return readings.slice(first)
}

const takePercentile = (taken: Taken, readings: readonly Reading[], clock: number): void => {
  const count = readings.reduce((sum, { values }) => sum + values.length, 0)
  if (count < leastReadings) {
    miss(taken, 'rtt.p99', 'no-data', `${count} of ${leastReadings} socket readings`)
    return
  }
  const oldest = readings[0]?.at ?? clock
  const value = atRank(
    readings.map(({ values }) => values),
    99,
  )
  take(taken, 'rtt.p99', value / 1000, { observations: count, window: clock - oldest + freshness / 1000 })
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

const step = (state: State, output: CommandOutput, { settings }: ProbeContext): Step<State> => {
  const taken = nothingTaken()
  const listing = parseListing(output.text)
  // At a first run there is nothing to go on from.
  const clock = output.seconds > 0 ? state.clock + output.seconds : 0
  const before = output.seconds > 0 ? state.readings : []
  const failed = failure(listing, output.cut)
  if (failed !== undefined) {
    missAll(taken, metrics, ...failed)
    return { state: { ...state, clock, readings: recent(before, clock) }, taken }
  }
  const own = new Set([
    ...settings.ownPeers.map(canonicalEnd),
    ...(listing.client === undefined ? [] : [listing.client]),
  ])
  const sockets = eligible(listing.sockets, own)
  const values = microseconds(sockets)
  const words = wordsOf(listing, output.cut)
  // Nor does it mix all sockets with some.
  const readings = recent([...(words === state.words ? before : []), { at: clock, values }], clock)

  take(taken, 'rtt.sockets', sockets.length, { bound: output.cut ? 1 : 0 })
  if (sockets.length === 0) {
    const among = listing.filtered ? ` (${filterWords})` : ''
    missAll(
      taken,
      ['rtt.p50', 'rtt.min'],
      'no-data',
      `no socket to another machine${among} sent and was answered within 5 s`,
    )
  } else {
    take(taken, 'rtt.p50', median(values) / 1000, { observations: sockets.length })
    takeMinimum(taken, sockets)
  }
  takePercentile(taken, readings, clock)

  for (const metric of taken.metrics) detail(taken, metric, words)
  return { state: { clock, readings, words }, taken }
}

const commandTier: CommandTier<State> = {
  kind: 'command',
  tier: 'ss',
  metrics,
  start: { clock: 0, readings: [], words: '' },
  every: 5,
  // At most 180 bytes a socket are left of IPv6, 100 of IPv4.
  limit: mostSockets * 200,
  cost: '8 ms of CPU for a thousand sockets; above 20,000 only those to some ports are listed',
  scripts: () => [listingScript()],
  program: ({ flags }) =>
    flags.tools.has('ss')
      ? listingScript()
      : refuse('no-tool', 'Install iproute2 on this node: ss reads round-trip times from the kernel.'),
  step,
  // Each reading bears its time, and a percentile says how far its window reaches: that there was none for a while is no
  // figure of that time.
  carry: (state) => state,
}

/**
 * Round-trip times of the host's sockets as the kernel smooths them (TCP_INFO), in milliseconds.
 * `rtt.p50`: median over the sockets of one run, from one socket on. `rtt.p99`: over all socket readings of the last runs,
 * at most five minutes of them, from 500 on; a node with many sockets looks back less, as far as 2,000 readings.
 * `rtt.min`: the least minrtt of the same sockets.
 */
export const rttProbe: Probe = { name: 'rtt', takes: {}, tiers: [commandTier] }
