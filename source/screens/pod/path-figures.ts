import type { PathInterface, TalkPartner } from '../../events/look-path.ts'
import type { PathLook } from '../../events/looks.ts'
import type { NodeName } from '../../events/subject.ts'
import { bandAt } from '../../metrics/bands.ts'
import { type MetricId, metricOf } from '../../metrics/catalogue.ts'
import { type Band, bands, severity } from '../../metrics/metric.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { formatValue } from '../../text/units.ts'

/** Something that was measured at a hop, in a few words, and in which band it stands. */
export interface HopFigure {
  readonly words: string
  readonly band: Band
}

export const worstOf = (figures: readonly HopFigure[]): Band =>
  bands[Math.max(0, ...figures.map(({ band }) => severity(band)))] ?? 'ok'

/** A look is too short to see for how long a value stands there. */
const bandOf = (snapshot: Snapshot, metric: MetricId, value: number): Band => bandAt(snapshot.levels(metric), value)

const nodeFigures = [
  ['conntrack.fill', 'conntrack'],
  ['conntrack.drop', 'conntrack drops'],
  ['conntrack.early_drop', 'evicted'],
  ['softnet.drops', 'softnet drops'],
  ['cpu.softirq_max', 'softirq'],
  ['cpu.steal', 'steal'],
  ['nic.drops', 'NIC drops'],
  ['nic.errors', 'NIC errors'],
] as const satisfies readonly (readonly [MetricId, string])[]

/** What is known of a node now, and of the rest why not. */
export interface NodeFigures {
  readonly figures: readonly HopFigure[]
  readonly cause?: string
}

interface NodeFigure {
  readonly metric: MetricId
  readonly words: string
  readonly value: number
  readonly band: Band
}

const isLoss = (metric: MetricId): boolean => metricOf(metric).unit === '/s'

/** Where on a node packets are lost, and by which metrics that is seen. */
const losers = [
  ['conntrack', ['conntrack.drop', 'conntrack.early_drop']],
  ['softnet', ['softnet.drops']],
  ['NICs', ['nic.drops', 'nic.errors']],
] as const satisfies readonly (readonly [string, readonly MetricId[]])[]

/** That nothing is lost is said once; what is not measured is not said to be nothing. */
const inFewWords = (figures: readonly NodeFigure[]): readonly HopFigure[] => {
  const isNone = ({ metric, value, band }: NodeFigure): boolean => isLoss(metric) && value === 0 && band === 'ok'
  const none = new Set<MetricId>(figures.filter(isNone).map(({ metric }) => metric))
  const spared = losers.filter(([, metrics]) => metrics.every((metric) => none.has(metric))).map(([name]) => name)
  const by = spared.length === losers.length ? '' : ` by ${spared.join(', ')}`
  return [
    ...figures
      .filter(({ metric }) => !none.has(metric))
      .map(({ metric, words, value, band }) => ({
        words: `${words} ${formatValue(value, metricOf(metric).unit)}`,
        band,
      })),
    ...(spared.length === 0 ? [] : [{ words: `nothing lost${by}`, band: 'ok' as const }]),
  ]
}

/** The figures of a node that a packet meets on its way, as they stand on its own screen. */
export const figuresOfNode = (snapshot: Snapshot, name: NodeName): NodeFigures => {
  const node = snapshot.nodes.get(name)
  if (node === undefined) return { figures: [], cause: 'not measured: kntop does not watch this node' }
  const readings = nodeFigures.map(([metric, words]) => ({ metric, words, reading: node.reading(metric) }))
  const figures = readings.flatMap(({ metric, words, reading }) =>
    reading.kind === 'live' ? [{ metric, words, value: reading.value, band: reading.band }] : [],
  )
  if (figures.length > 0) return { figures: inFewWords(figures) }
  const [missing] = readings.flatMap(({ reading }) => (reading.kind === 'missing' ? [reading] : []))
  return {
    figures,
    cause: `not measured now: ${missing === undefined ? 'its figures are old' : `${missing.missing}, ${missing.advice}`}`,
  }
}

const grown = (
  snapshot: Snapshot,
  metric: MetricId,
  words: string,
  all: number,
  rate: number | undefined,
): HopFigure => ({
  words: rate === undefined || rate === 0 ? `${all} ${words}` : `${all} ${words}, now ${formatValue(rate, '/s')}`,
  band: rate === undefined ? 'ok' : bandOf(snapshot, metric, rate),
})

/** Of one end of a cable, or of a bridge: judged as an interface of a node, by how fast its counters grow. */
export const figuresOfInterface = (snapshot: Snapshot, one: PathInterface): readonly HopFigure[] => [
  ...(one.drops + one.errors === 0
    ? [{ words: `nothing lost on ${one.name}`, band: 'ok' as const }]
    : [
        grown(snapshot, 'nic.drops', `drops on ${one.name}`, one.drops, one.dropsPerSecond),
        grown(snapshot, 'nic.errors', 'errors', one.errors, one.errorsPerSecond),
      ]),
  // Most have none at all, and one that is empty says nothing.
  ...(one.queue === undefined || one.queue.backlog + one.queue.drops === 0
    ? []
    : [
        {
          words: `queue ${one.queue.name} holds ${formatValue(one.queue.backlog, 'bytes')}${one.queue.drops === 0 ? '' : ` and dropped ${one.queue.drops}`}`,
          band: one.queue.backlog > 0 ? ('note' as const) : ('ok' as const),
        },
      ]),
]

/** What a namespace sends again, of all that it sent since the look before: the share that `tcp.retransmit_share` is of a node. */
export const figuresOfTcp = (snapshot: Snapshot, { tcp }: Pick<PathLook, 'tcp'>): readonly HopFigure[] => {
  if (tcp?.window === undefined) return []
  const { sent, sentAgain, seconds } = tcp.window
  const all = sent + sentAgain
  const share = (100 * sentAgain) / all
  const least = metricOf('tcp.retransmit_share').denominator?.least ?? 0
  return [
    {
      words: `${formatValue(share, '%')} of ${all} segments sent again in ${Math.round(seconds)} s`,
      band: all >= least ? bandOf(snapshot, 'tcp.retransmit_share', share) : 'ok',
    },
  ]
}

const known = (partners: readonly TalkPartner[], of: (one: TalkPartner) => number | undefined): readonly number[] =>
  partners.flatMap((one) => of(one) ?? [])

/** What the sockets with one other end tell. */
export const figuresOfSockets = (snapshot: Snapshot, partners: readonly TalkPartner[]): readonly HopFigure[] => {
  const rtts = known(partners, ({ rtt }) => rtt)
  const least = known(partners, ({ leastRtt }) => leastRtt)
  const again = known(partners, ({ retransmits }) => retransmits).reduce((sum, one) => sum + one, 0)
  const opening = partners.reduce((sum, one) => sum + one.opening, 0)
  const waits = partners.reduce((sum, { sendQueue }) => sum + sendQueue, 0)
  const worst = Math.max(...rtts)
  return [
    ...(rtts.length === 0
      ? []
      : [
          {
            words: `RTT ${formatValue(worst, 'ms')}${least.length === 0 ? '' : `, least ${formatValue(Math.min(...least), 'ms')}`}`,
            band: bandOf(snapshot, 'rtt.p50', worst),
          },
        ]),
    ...(again === 0 ? [] : [{ words: `${again} segments sent again by sockets that are open`, band: 'ok' as const }]),
    ...(opening === 0 ? [] : [{ words: `${opening} wait for the first answer`, band: 'note' as const }]),
    ...(waits === 0 ? [] : [{ words: `${formatValue(waits, 'bytes')} wait to be acknowledged`, band: 'ok' as const }]),
  ]
}
