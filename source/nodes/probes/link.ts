import type { MetricId } from '../../metrics/catalogue.ts'
import { clean } from '../../text/clean.ts'
import type { FileTier, Probe } from '../probe.ts'
import { absences, lack, miss, type Taken, takeOver } from '../taken.ts'
import { areOf, type Field, figure, type Nic, namesOf, readAgain, readAnew } from './link/nics.ts'
import { share } from './rates.ts'
import { notShown, reading } from './reading.ts'

const file = '/proc/net/dev'

const bits = 8

/** A metric that is a sum over all interfaces. */
interface Sum {
  readonly metric: MetricId
  /** Counters that are added up, and how much one counts. */
  readonly adds: readonly Field[]
  readonly times: number
  /** A part of the first one that does not belong to it. */
  readonly less?: Field
}

const sums: readonly Sum[] = [
  { metric: 'nic.rx', adds: ['rx_bytes'], times: bits },
  { metric: 'nic.tx', adds: ['tx_bytes'], times: bits },
  { metric: 'nic.rx_packets', adds: ['rx_packets'], times: 1 },
  { metric: 'nic.tx_packets', adds: ['tx_packets'], times: 1 },
  { metric: 'nic.drops', adds: ['rx_missed', 'rx_fifo', 'tx_drop'], times: 1 },
  { metric: 'nic.other_drops', adds: ['rx_drop'], times: 1, less: 'rx_missed' },
  { metric: 'nic.errors', adds: ['rx_errs', 'tx_errs'], times: 1 },
  { metric: 'nic.carrier_changes', adds: ['carrier_changes'], times: 1 },
]
const metrics: readonly MetricId[] = [...sums.map(({ metric }) => metric), 'nic.utilisation']

const absent = absences(metrics, 'no-kernel', notShown(file))
const none = absences(metrics, 'not-applicable', 'no physical interface here')
const noSpeed = absences(['nic.utilisation'], 'no-data', 'the driver tells no speed')

/** The busier direction of one interface as a percentage of its speed; a link carries both at full speed. */
const utilisation = (grown: readonly number[], speed: number): number =>
  share(bits * Math.max(figure(grown, 'rx_bytes'), figure(grown, 'tx_bytes')), speed * 1e6)

const takeUtilisation = (taken: Taken, nics: readonly Nic[], window: number): void => {
  let most = Number.NEGATIVE_INFINITY
  for (let index = 0; index < nics.length; index += 1) {
    const nic = nics[index]
    if (nic?.isRated === true) most = Math.max(most, utilisation(nic.grown, figure(nic.figures, 'speed')))
  }
  if (most === Number.NEGATIVE_INFINITY) lack(taken, noSpeed)
  else takeOver(taken, 'nic.utilisation', most, window)
}

/** The first of some counters that an interface does not tell; undefined where it tells them all. */
const silenceOf = ({ figures }: Nic, { adds, less }: Sum): Field | undefined => {
  for (let index = 0; index < adds.length; index += 1) {
    const field = adds[index]
    if (field !== undefined && Number.isNaN(figure(figures, field))) return field
  }
  return less !== undefined && Number.isNaN(figure(figures, less)) ? less : undefined
}

const grownBy = ({ grown }: Nic, { adds, less, times }: Sum): number => {
  let sum = 0
  for (let index = 0; index < adds.length; index += 1) {
    const field = adds[index]
    if (field !== undefined) sum += figure(grown, field)
  }
  // The two are read one after the other, so the part may for once be ahead of the whole.
  return times * (less === undefined ? sum : Math.max(0, sum - figure(grown, less)))
}

const takeSum = (taken: Taken, nics: readonly Nic[], of: Sum, window: number): void => {
  let sum = 0
  for (let index = 0; index < nics.length; index += 1) {
    const nic = nics[index]
    if (nic === undefined) continue
    const field = silenceOf(nic, of)
    if (field !== undefined) {
      const { name } = nic
      return miss(taken, of.metric, 'no-data', `${name} tells no ${field}: look into /sys/class/net/${name}.`)
    }
    sum += grownBy(nic, of)
  }
  takeOver(taken, of.metric, sum, window)
}

/** The names of the interfaces behind each metric. */
const detailsOf = (nics: readonly Nic[]): Taken['details'] => {
  const all = { words: clean(namesOf(nics)) }
  const rated = { words: clean(namesOf(nics.filter(({ isRated }) => isRated))) }
  return new Map(metrics.map((metric) => [metric, metric === 'nic.utilisation' ? rated : all]))
}

interface State {
  nics: readonly Nic[]
  /** The same map while they are the same. */
  details: Taken['details'] | undefined
}

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics,
  begin: () => ({ nics: [], details: undefined }),
  step(state, section, taken) {
    const lines = reading(section, 'interfaces')
    if (lines === undefined) return
    if (lines === 'absent' || lines.length === 0) {
      state.nics = []
      state.details = undefined
      return lack(taken, lines === 'absent' ? absent : none)
    }
    const window = section.seconds('interfaces')
    const isSame = areOf(lines, state.nics)
    if (!isSame) state.nics = readAnew(lines, state.nics, window)
    if (!isSame || readAgain(state.nics, lines, window)) state.details = undefined
    for (let index = 0; index < sums.length; index += 1) {
      const sum = sums[index]
      if (sum !== undefined) takeSum(taken, state.nics, sum, window)
    }
    takeUtilisation(taken, state.nics, window)
    taken.details = state.details ??= detailsOf(state.nics)
  },
}

/**
 * The physical interfaces of the machine, added up: those with a device in /sys/class/net. Bonds, bridges, VLANs, tunnels
 * and veths have none, so a packet through a bond counts once, at its port.
 *
 * What the columns of /proc/net/dev hold (net/core/net-procfs.c, rtnl_link_stats64 in if_link.h): receive `drop` is
 * rx_dropped + rx_missed_errors, so what is left without the missed ones was dropped for other reasons than room: unknown
 * protocols, foreign VLANs (measured: 100 LLDP frames are 100 in `drop`, 0 missed). `errs` need not hold missed and fifo, but some
 * drivers add them; and a driver that counts one loss as missed and as fifo shows it twice in the drops.
 */
export const linkProbe: Probe = {
  name: 'link',
  takes: { interfaces: { kind: 'interfaces', file, every: 1 } },
  tiers: [fileTier],
}
