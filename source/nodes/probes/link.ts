import type { MetricId } from '../../metrics/catalogue.ts'
import { clean } from '../../text/clean.ts'
import type { FileTier, Probe } from '../probe.ts'
import { miss, nothingTaken, type Taken, take } from '../taken.ts'
import { decimal } from './decimal.ts'
import { rate, share } from './rates.ts'
import { reading } from './reading.ts'

const file = '/proc/net/dev'

/** What a line of the take holds behind the name, in its order. `speed` in Mbit/s; all else counts up. */
const fields = [
  'rx_bytes',
  'rx_packets',
  'rx_errs',
  'rx_drop',
  'rx_fifo',
  'tx_bytes',
  'tx_packets',
  'tx_errs',
  'tx_drop',
  'rx_missed',
  'speed',
  'carrier_changes',
] as const
type Field = (typeof fields)[number]
type Figures = Readonly<Record<Field, number>>

/** One physical interface; NaN is what the node does not tell. */
export interface Nic {
  readonly name: string
  readonly figures: Figures
}

/** Written out, because this is made twice for every interface in every second. */
const figures = (of: (field: Field, index: number) => number): Figures => ({
  rx_bytes: of('rx_bytes', 0),
  rx_packets: of('rx_packets', 1),
  rx_errs: of('rx_errs', 2),
  rx_drop: of('rx_drop', 3),
  rx_fifo: of('rx_fifo', 4),
  tx_bytes: of('tx_bytes', 5),
  tx_packets: of('tx_packets', 6),
  tx_errs: of('tx_errs', 7),
  tx_drop: of('tx_drop', 8),
  rx_missed: of('rx_missed', 9),
  speed: of('speed', 10),
  carrier_changes: of('carrier_changes', 11),
})

export const parseNic = (line: string): Nic => {
  const [name = '', ...values] = line.split(' ')
  return { name, figures: figures((_, index) => decimal(values[index])) }
}

/**
 * Growth per second of every counter of every interface; undefined where the interfaces are not the ones of before, because
 * a sum over others would jump. A counter that went back is NaN.
 */
export const growths = (
  before: readonly Nic[],
  now: readonly Nic[],
  seconds: number,
): readonly Figures[] | undefined => {
  const known = new Map(before.map((nic) => [nic.name, nic.figures]))
  const same = before.length === now.length && now.every(({ name }) => known.has(name))
  if (!same) return undefined
  return now.map((nic) =>
    figures((field) => rate(known.get(nic.name)?.[field] ?? Number.NaN, nic.figures[field], seconds)),
  )
}

const bits = 8

/** Metrics that are a sum over all interfaces, and the counters they need. */
const sums: readonly { metric: MetricId; needs: readonly Field[]; of: (grown: Figures) => number }[] = [
  { metric: 'nic.rx', needs: ['rx_bytes'], of: (grown) => bits * grown.rx_bytes },
  { metric: 'nic.tx', needs: ['tx_bytes'], of: (grown) => bits * grown.tx_bytes },
  { metric: 'nic.rx_packets', needs: ['rx_packets'], of: (grown) => grown.rx_packets },
  { metric: 'nic.tx_packets', needs: ['tx_packets'], of: (grown) => grown.tx_packets },
  {
    metric: 'nic.drops',
    needs: ['rx_missed', 'rx_fifo', 'tx_drop'],
    of: (grown) => grown.rx_missed + grown.rx_fifo + grown.tx_drop,
  },
  {
    metric: 'nic.other_drops',
    needs: ['rx_drop', 'rx_missed'],
    // The two are read one after the other, so the part may for once be ahead of the whole.
    of: (grown) => Math.max(0, grown.rx_drop - grown.rx_missed),
  },
  { metric: 'nic.errors', needs: ['rx_errs', 'tx_errs'], of: (grown) => grown.rx_errs + grown.tx_errs },
  { metric: 'nic.carrier_changes', needs: ['carrier_changes'], of: (grown) => grown.carrier_changes },
]
const metrics: readonly MetricId[] = [...sums.map(({ metric }) => metric), 'nic.utilisation']

/** The first three names, and how many more there are. */
export const namesOf = (nics: readonly Nic[]): string => {
  const shown = nics.slice(0, 3).map(({ name }) => name)
  return [...shown, ...(nics.length > 3 ? [`+${nics.length - 3}`] : [])].join(' ')
}

/** The busier direction of one interface as a percentage of its speed; a link carries both at full speed. */
const utilisation = (grown: Figures, speed: number): number =>
  share(bits * Math.max(grown.rx_bytes, grown.tx_bytes), speed * 1e6)

const takeUtilisation = (
  taken: Taken,
  nics: readonly Nic[],
  grown: readonly Figures[] | undefined,
  window: number,
): void => {
  const used = nics.flatMap((nic, index) =>
    nic.figures.speed > 0 ? [utilisation(grown?.[index] ?? nothing, nic.figures.speed)] : [],
  )
  if (used.length === 0) miss(taken, 'nic.utilisation', 'no-data', 'the driver tells no speed')
  else take(taken, 'nic.utilisation', Math.max(...used), { window })
}

const nothing = figures(() => Number.NaN)

type State = readonly Nic[]

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics,
  start: [],
  step(before, section) {
    const taken = nothingTaken()
    const lines = reading(section, 'interfaces')
    if (lines === undefined) return { state: before, taken }
    if (lines === 'absent' || lines.length === 0) {
      for (const metric of metrics) {
        if (lines === 'absent')
          miss(taken, metric, 'no-kernel', `This node does not show ${file}: look whether /proc is mounted.`)
        else miss(taken, metric, 'not-applicable', 'no physical interface here')
      }
      return { state: [], taken }
    }
    const nics = lines.map(parseNic)
    const window = section.seconds('interfaces')
    const grown = growths(before, nics, window)
    for (const { metric, needs, of } of sums) {
      const silent = nics.find((nic) => needs.some((field) => Number.isNaN(nic.figures[field])))
      const field = needs.find((need) => silent !== undefined && Number.isNaN(silent.figures[need]))
      if (silent === undefined)
        take(taken, metric, grown?.reduce((sum, one) => sum + of(one), 0) ?? Number.NaN, { window })
      else miss(taken, metric, 'no-data', `${silent.name} tells no ${field}: look into /sys/class/net/${silent.name}.`)
    }
    takeUtilisation(taken, nics, grown, window)

    const all = { words: clean(namesOf(nics)) }
    const rated = { words: clean(namesOf(nics.filter((nic) => nic.figures.speed > 0))) }
    for (const metric of taken.metrics) taken.details.set(metric, metric === 'nic.utilisation' ? rated : all)
    return { state: nics, taken }
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
