import type { ClusterIdentity } from '../events/cluster.ts'
import type { LinkState } from '../events/link.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { clean } from '../text/clean.ts'
import { lineText, type Painted, row, type Segment, type Style } from '../text/colour.ts'
import { formatValue } from '../text/units.ts'
import { blanks, widthOf } from '../text/width.ts'
import { alarmLines } from './alarms.ts'
import { answerBindings, type Binding, bindingFor, bindingsFor } from './binding.ts'
import { apiLine, apiTrouble, contextSegment, serverLine, tlsSegments } from './cluster/place.ts'
import { fitHeight, fitLine, segment, timeOfDay, twoEnds } from './lines.ts'
import { type Model, topOf } from './model.ts'
import { perSnapshot } from './per-snapshot.ts'
import type { Theme } from './theme.ts'

type Line = readonly Segment[]

/** Cells of the place, so that freezing moves nothing. */
const leastPlace = 23
/** Cells in which a crossing is told in short; the keys give way to it. */
const leastAlarm = 28

const readOnly = ' [RO]'

const placeOf = perSnapshot((snapshot) => {
  const nodes = [...snapshot.nodes.values()]
  const count = (state: LinkState): number => nodes.filter(({ link }) => link?.state === state).length
  const live = count('live')
  const transports = [...new Set(nodes.map(({ link }) => link?.transport ?? 'local'))].join(' ') || 'none'
  const style: Style = live + count('not-asked') === nodes.length ? 'plain' : 'critical'
  return { transports, live, total: nodes.length, style }
})

const label = (text: string): Segment => segment(text.padEnd(8), 'dim')

/** Where we are: connection, nodes, time, and how far back the history goes. */
const place = (snapshot: Snapshot, frozen: boolean): readonly Line[] => {
  const { transports, live, total, style } = placeOf(snapshot)
  const { shown } = snapshot.history
  return [
    [label('Context'), segment(`${transports} [RO]`, 'title')],
    [label('Nodes'), segment(`${live} of ${total} live`, style)],
    [label('UTC'), segment(timeOfDay(snapshot.wall)), ...(frozen ? [segment(' FROZEN', 'warning')] : [])],
    [label('History'), segment(`${formatValue(shown.seconds, 's')}, ${formatValue(shown.minutes * 60, 's')} coarse`)],
  ]
}

/** Cells of the place in a cluster, whose context and server have long names. */
const clusterPlace = { least: 29, most: 38, share: 0.45, mostShare: 0.6 } as const

/** Where we are in a cluster: context, server, how it answers, nodes and time. */
const placeInCluster = (
  snapshot: Snapshot,
  cluster: ClusterIdentity,
  frozen: boolean,
  width: number,
  theme: Theme,
): readonly Line[] => {
  const { live, total, style } = placeOf(snapshot)
  const room = width - 8
  return [
    [label('Context'), contextSegment(cluster, room - readOnly.length, theme), segment(readOnly, 'title')],
    [label('Cluster'), ...serverLine(cluster, snapshot.sources.api, room, theme)],
    [label('API'), ...apiLine(snapshot, theme)],
    [
      label('Nodes'),
      segment(`${live}/${total} live`, style),
      ...(frozen ? [segment(' FROZEN', 'warning')] : []),
      segment(` ${timeOfDay(snapshot.wall)}`, 'dim'),
    ],
  ]
}

/** Bindings that stand in the header and that a key still reaches: a screen's own key goes before a general one. */
const keyHints = (model: Model, snapshot: Snapshot): readonly Binding[] => {
  if (model.prompt?.kind === 'answer') return answerBindings
  if (model.prompt?.kind === 'withdrawn') return []
  const top = topOf(model)
  const tables = bindingsFor(top)
  return tables
    .flat()
    .filter((binding) => binding.header !== undefined && bindingFor(binding.keys[0], tables) === binding)
    .filter((binding) => !top.bindings.includes(binding) || top.applies(binding.action, snapshot))
    .toSorted((one, other) => (one.header ?? 0) - (other.header ?? 0))
}

const hintOf = ({ keys, label, hint }: Binding): Line => [
  segment(`<${hint?.keys ?? keys[0]}>`, 'key'),
  segment(` ${hint?.label ?? label}`, 'dim'),
]

const hintWidth = (binding: Binding): number => widthOf(lineText(hintOf(binding)))

/** Keys in columns, each as wide as it needs; what has no room is in the help. One long label is no reason to show none. */
const menu = (model: Model, snapshot: Snapshot, rows: number, width: number): readonly Line[] => {
  const hints = keyHints(model, snapshot).filter((binding) => hintWidth(binding) <= width)
  const lines: Segment[][] = Array.from({ length: rows }, () => [])
  for (let from = 0, used = 0; from < hints.length; from += rows) {
    const column = hints.slice(from, from + rows)
    const wide = Math.max(...column.map(hintWidth))
    if (used + wide > width) break
    column.forEach((binding, line) =>
      lines[line]?.push(
        segment(from === 0 ? '' : ' '),
        ...hintOf(binding),
        segment(' '.repeat(wide - hintWidth(binding))),
      ),
    )
    used += wide + 1
  }
  return lines
}

const widest = (lines: readonly Line[]): number => Math.max(0, ...lines.map((line) => widthOf(lineText(line))))

const spaced = ({ text, style }: Segment): Segment => segment(` ${text}`, style)

/** The one-line header of a small terminal, or of one that wants the room. */
const small = (snapshot: Snapshot, frozen: boolean, width: number, theme: Theme): Painted => {
  const { transports, live, total, style } = placeOf(snapshot)
  const { cluster } = snapshot
  const where =
    cluster === undefined
      ? [segment(transports, 'title')]
      : [contextSegment(cluster, Math.floor(width / 4), theme), ...tlsSegments(cluster, theme).map(spaced)]
  const help = [segment('<?>', 'key'), segment(' help', 'dim')]
  const left = [
    segment(' '),
    ...(frozen ? [segment('FROZEN ', 'warning')] : []),
    ...where,
    segment(`${readOnly} `, 'title'),
    ...apiTrouble(snapshot),
    segment(`${live}/${total} live  `, style),
  ]
  const used = widthOf(lineText(left))
  // Where it is narrow what is wrong goes before the help.
  const room =
    width - used >= leastAlarm + widthOf(lineText(help)) ? width - used - widthOf(lineText(help)) - 1 : width - used
  const alarm = alarmLines(snapshot, 1, room, theme)[0] ?? []
  return twoEnds([...left, ...alarm], help, width, theme)
}

/** Left: place. Middle: keys. Right: what crosses its bands. Exactly `rows` lines of exactly `width` cells. */
export const drawHeader = (
  model: Model,
  snapshot: Snapshot,
  rows: number,
  width: number,
  theme: Theme,
): readonly Painted[] => {
  const frozen = model.frozen !== undefined
  if (rows === 1) return [small(snapshot, frozen, width, theme)]
  const { cluster } = snapshot
  const { share, mostShare } = clusterPlace
  const cells = Math.min(
    Math.max(clusterPlace.least, Math.min(clusterPlace.most, Math.floor(width * share))),
    Math.floor(width * mostShare),
  )
  const where =
    cluster === undefined ? place(snapshot, frozen) : placeInCluster(snapshot, cluster, frozen, cells - 2, theme)
  const placed = Math.max(leastPlace, widest(where))
  const left = cluster === undefined ? Math.min(30, Math.floor(width * 0.45), placed + 2) : cells
  const least = Math.min(52, Math.max(Math.floor(width * 0.36), Math.min(leastAlarm, width - left - 1)))
  const keys = menu(model, snapshot, rows, Math.max(0, width - left - least - 1))
  // Room that the keys leave goes to a long cause; what is short keeps its place.
  const most = Math.max(least, width - left - widest(keys) - 1)
  const alarms = alarmLines(snapshot, rows, most, theme)
  const right = Math.max(least, Math.min(most, widest(alarms)))
  const middle = Math.max(0, width - left - right - 1)
  const parts = [where, keys, alarms] as const
  const lines = Array.from({ length: rows }, (_, index) =>
    row(
      clean(' '),
      fitLine(parts[0][index] ?? [], Math.max(0, left - 2), theme),
      blanks(Math.min(1, left - 1)),
      fitLine(parts[1][index] ?? [], middle, theme),
      blanks(1),
      fitLine(parts[2][index] ?? [], right, theme),
    ),
  )
  return fitHeight(lines, rows, width)
}
