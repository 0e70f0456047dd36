import type { MetricId } from '../../metrics/catalogue.ts'
import { clean } from '../../text/clean.ts'
import type { FileTier, Probe } from '../probe.ts'
import { miss, missAll, nothingTaken, type Taken, take } from '../taken.ts'
import { decimals, wordEnd } from './decimal.ts'
import { rate, share } from './rates.ts'
import { notShown, reading } from './reading.ts'

const file = '/proc/net/dev'

/** Where each figure stands in a line of the take, behind the name. `speed` in Mbit/s; all else counts up. */
const fields = {
  rx_bytes: 1,
  rx_packets: 2,
  rx_errs: 3,
  rx_drop: 4,
  rx_fifo: 5,
  tx_bytes: 6,
  tx_packets: 7,
  tx_errs: 8,
  tx_drop: 9,
  rx_missed: 10,
  speed: 11,
  carrier_changes: 12,
} as const
type Field = keyof typeof fields

/** One physical interface. `figures`: by {@link fields}; NaN is what the node does not tell. */
export interface Nic {
  readonly name: string
  readonly figures: readonly number[]
}

const figure = (figures: readonly number[], field: Field): number => figures[fields[field]] ?? Number.NaN

/** `before`: what stood in this place in the last reading, whose name serves again. */
export const parseNic = (line: string, before?: Nic): Nic => {
  const end = wordEnd(line, 0)
  const same = before !== undefined && before.name.length === end && line.startsWith(before.name)
  return { name: same ? before.name : line.slice(0, end), figures: decimals(line) }
}

/**
 * Growth per second of every counter of every interface, in the order of `now`; undefined where the interfaces are not the
 * ones of before, because a sum over others would jump. A counter that went back is NaN.
 */
const growths = (
  before: readonly Nic[],
  now: readonly Nic[],
  seconds: number,
): readonly (readonly number[])[] | undefined => {
  if (before.length !== now.length) return undefined
  const grown: (readonly number[])[] = []
  for (let index = 0; index < now.length; index += 1) {
    const nic = now[index]
    // Nearly always they stand in the same order.
    const known = before[index]?.name === nic?.name ? before[index] : before.find(({ name }) => name === nic?.name)
    if (nic === undefined || known === undefined) return undefined
    grown.push(nic.figures.map((value, at) => rate(known.figures[at] ?? Number.NaN, value, seconds)))
  }
  return grown
}

const bits = 8

/** Metrics that are a sum over all interfaces, and the counters they need. */
const sums: readonly { metric: MetricId; needs: readonly Field[]; of: (grown: readonly number[]) => number }[] = [
  { metric: 'nic.rx', needs: ['rx_bytes'], of: (grown) => bits * figure(grown, 'rx_bytes') },
  { metric: 'nic.tx', needs: ['tx_bytes'], of: (grown) => bits * figure(grown, 'tx_bytes') },
  { metric: 'nic.rx_packets', needs: ['rx_packets'], of: (grown) => figure(grown, 'rx_packets') },
  { metric: 'nic.tx_packets', needs: ['tx_packets'], of: (grown) => figure(grown, 'tx_packets') },
  {
    metric: 'nic.drops',
    needs: ['rx_missed', 'rx_fifo', 'tx_drop'],
    of: (grown) => figure(grown, 'rx_missed') + figure(grown, 'rx_fifo') + figure(grown, 'tx_drop'),
  },
  {
    metric: 'nic.other_drops',
    needs: ['rx_drop', 'rx_missed'],
    // The two are read one after the other, so the part may for once be ahead of the whole.
    of: (grown) => Math.max(0, figure(grown, 'rx_drop') - figure(grown, 'rx_missed')),
  },
  {
    metric: 'nic.errors',
    needs: ['rx_errs', 'tx_errs'],
    of: (grown) => figure(grown, 'rx_errs') + figure(grown, 'tx_errs'),
  },
  { metric: 'nic.carrier_changes', needs: ['carrier_changes'], of: (grown) => figure(grown, 'carrier_changes') },
]
const metrics: readonly MetricId[] = [...sums.map(({ metric }) => metric), 'nic.utilisation']

/** The first three names, and how many more there are. */
export const namesOf = (nics: readonly Nic[]): string => {
  const shown = nics.slice(0, 3).map(({ name }) => name)
  return [...shown, ...(nics.length > 3 ? [`+${nics.length - 3}`] : [])].join(' ')
}

/** The busier direction of one interface as a percentage of its speed; a link carries both at full speed. */
const utilisation = (grown: readonly number[], speed: number): number =>
  share(bits * Math.max(figure(grown, 'rx_bytes'), figure(grown, 'tx_bytes')), speed * 1e6)

const nothing: readonly number[] = []

const isRated = ({ figures }: Nic): boolean => figure(figures, 'speed') > 0

const takeUtilisation = (
  taken: Taken,
  nics: readonly Nic[],
  grown: readonly (readonly number[])[] | undefined,
  window: number,
): void => {
  let most = Number.NEGATIVE_INFINITY
  nics.forEach((nic, index) => {
    if (isRated(nic)) most = Math.max(most, utilisation(grown?.[index] ?? nothing, figure(nic.figures, 'speed')))
  })
  if (most === Number.NEGATIVE_INFINITY) miss(taken, 'nic.utilisation', 'no-data', 'the driver tells no speed')
  else take(taken, 'nic.utilisation', most, { window })
}

/** The first interface that does not tell one of the figures, and which one. */
const silentAmong = (
  nics: readonly Nic[],
  needs: readonly Field[],
): { readonly name: string; readonly field: Field } | undefined => {
  for (const { name, figures } of nics)
    for (const field of needs) if (Number.isNaN(figure(figures, field))) return { name, field }
  return undefined
}

const sumOf = (grown: readonly (readonly number[])[] | undefined, of: (grown: readonly number[]) => number): number => {
  if (grown === undefined) return Number.NaN
  let sum = 0
  for (const one of grown) sum += of(one)
  return sum
}

type Details = Taken['details']

/** The names of the interfaces behind each metric; the same map as before while they are the same. */
const detailsOf = (state: State, nics: readonly Nic[]): Details => {
  const { details } = state
  const same =
    details !== undefined &&
    nics.length === state.nics.length &&
    nics.every((nic, index) => {
      const before = state.nics[index]
      return before !== undefined && before.name === nic.name && isRated(before) === isRated(nic)
    })
  if (same) return details
  const all = { words: clean(namesOf(nics)) }
  const rated = { words: clean(namesOf(nics.filter(isRated))) }
  return new Map(metrics.map((metric) => [metric, metric === 'nic.utilisation' ? rated : all]))
}

interface State {
  readonly nics: readonly Nic[]
  readonly details: Details | undefined
}

const start: State = { nics: [], details: undefined }

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics,
  start,
  step(before, section) {
    const taken = nothingTaken()
    const lines = reading(section, 'interfaces')
    if (lines === undefined) return { state: before, taken }
    if (lines === 'absent' || lines.length === 0) {
      if (lines === 'absent') missAll(taken, metrics, 'no-kernel', notShown(file))
      else missAll(taken, metrics, 'not-applicable', 'no physical interface here')
      return { state: start, taken }
    }
    const nics = lines.map((line, index) => parseNic(line, before.nics[index]))
    const window = section.seconds('interfaces')
    const grown = growths(before.nics, nics, window)
    for (const { metric, needs, of } of sums) {
      const silent = silentAmong(nics, needs)
      if (silent === undefined) take(taken, metric, sumOf(grown, of), { window })
      else
        miss(
          taken,
          metric,
          'no-data',
          `${silent.name} tells no ${silent.field}: look into /sys/class/net/${silent.name}.`,
        )
    }
    takeUtilisation(taken, nics, grown, window)
    taken.details = detailsOf(before, nics)
    return { state: { nics, details: taken.details }, taken }
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
