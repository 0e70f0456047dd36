import type { MetricId } from '../../metrics/catalogue.ts'
import { clean } from '../../text/clean.ts'
import type { FileTier, Probe } from '../probe.ts'
import { absences, lack, miss, type Taken, takeOver } from '../taken.ts'
import { areOf, fieldAt, fields, type Nic, namesOf, readAgain, readAnew } from './link/nics.ts'
import { share } from './rates.ts'
import { notShown, reading } from './reading.ts'

const file = '/proc/net/dev'

const bits = 8

/** A metric that is a sum over all interfaces. */
interface Sum {
  readonly metric: MetricId
  /** Places of the counters that are added up, and how much one counts. */
  readonly adds: readonly number[]
  readonly times: number
  /** Place of a part of it that does not belong to it; -1: none. */
  readonly less: number
}

const sumOf = (metric: MetricId, adds: readonly number[], times = 1, less = -1): Sum => ({ metric, adds, times, less })

const sums: readonly Sum[] = [
  sumOf('nic.rx', [fields.rx_bytes], bits),
  sumOf('nic.tx', [fields.tx_bytes], bits),
  sumOf('nic.rx_packets', [fields.rx_packets]),
  sumOf('nic.tx_packets', [fields.tx_packets]),
  sumOf('nic.drops', [fields.rx_missed, fields.rx_fifo, fields.tx_drop]),
  sumOf('nic.other_drops', [fields.rx_drop], 1, fields.rx_missed),
  sumOf('nic.errors', [fields.rx_errs, fields.tx_errs]),
  sumOf('nic.carrier_changes', [fields.carrier_changes]),
]
const metrics: readonly MetricId[] = [...sums.map(({ metric }) => metric), 'nic.utilisation']

const absent = absences(metrics, 'no-kernel', notShown(file))
const none = absences(metrics, 'not-applicable', 'no physical interface here')
const noSpeed = absences(['nic.utilisation'], 'no-data', 'the driver tells no speed')

const at = (figures: readonly number[], place: number): number => figures[place] ?? Number.NaN

/** The busier direction of one interface as a percentage of its speed; a link carries both at full speed. */
const utilisation = ({ grown, figures }: Nic): number =>
  share(bits * Math.max(at(grown, fields.rx_bytes), at(grown, fields.tx_bytes)), at(figures, fields.speed) * 1e6)

const takeUtilisation = (taken: Taken, nics: readonly Nic[], window: number): void => {
  let most = Number.NEGATIVE_INFINITY
  for (let index = 0; index < nics.length; index += 1) {
    const nic = nics[index]
    if (nic?.isRated === true) most = Math.max(most, utilisation(nic))
  }
  if (most === Number.NEGATIVE_INFINITY) lack(taken, noSpeed)
  else takeOver(taken, 'nic.utilisation', most, window)
}

/** Place of the first of some counters that an interface does not tell; -1 where it tells them all. */
const silenceOf = ({ figures }: Nic, { adds, less }: Sum): number => {
  for (let index = 0; index < adds.length; index += 1) {
    const place = adds[index] ?? -1
    if (Number.isNaN(figures[place])) return place
  }
  return less >= 0 && Number.isNaN(figures[less]) ? less : -1
}

const grownBy = ({ grown }: Nic, { adds, less, times }: Sum): number => {
  let sum = 0
  for (let index = 0; index < adds.length; index += 1) sum += at(grown, adds[index] ?? -1)
  // The two are read one after the other, so the part may for once be ahead of the whole.
  return times * (less < 0 ? sum : Math.max(0, sum - at(grown, less)))
}

const takeSum = (taken: Taken, nics: readonly Nic[], of: Sum, window: number): void => {
  let sum = 0
  for (let index = 0; index < nics.length; index += 1) {
    const nic = nics[index]
    if (nic === undefined) continue
    const silent = silenceOf(nic, of)
    if (silent >= 0) {
      const { name } = nic
      const advice = `${name} tells no ${fieldAt(silent)}: look into /sys/class/net/${name}.`
      return miss(taken, of.metric, 'no-data', advice)
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
