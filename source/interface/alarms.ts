import { type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { ClusterNode } from '../store/cluster-node.ts'
import type { Crossing } from '../store/crossings.ts'
import type { NodeView, Snapshot } from '../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../text/clean.ts'
import type { Segment } from '../text/colour.ts'
import { formatValue } from '../text/units.ts'
import { fit, widthOf } from '../text/width.ts'
import { wallOfServer } from './cluster/age.ts'
import { clusterNodeOf, isDown, isUnready } from './cluster/node-words.ts'
import { cutMiddle, segment, timeOfDay } from './lines.ts'
import { perSnapshot } from './per-snapshot.ts'
import type { Theme } from './theme.ts'

type Line = readonly Segment[]

/** The fewest cells to which a node's name is cut, and those below which a cause says nothing. */
const leastName = 5
const leastCause = 6
/** The fewest cells to which a metric's name is cut: as many as the short ones have. */
const leastLabel = 8

/** A node that was lost, or that is not ready by what the API server says, or both. */
interface Down {
  readonly node: NodeView
  readonly unready: ClusterNode | undefined
}

const downOf = perSnapshot((snapshot): readonly Down[] =>
  [...snapshot.nodes.values()].flatMap((node) => {
    const known = clusterNodeOf(snapshot, node.name)
    const unready = isUnready(known) ? known : undefined
    return isDown(snapshot, node) ? [{ node, unready }] : []
  }),
)

const sinceOf = (wall: number): string => timeOfDay(wall).slice(0, 5)

const nameIn = (name: string, width: number, theme: Theme) =>
  cutMiddle(clean(name), Math.max(leastName, width), theme.glyphs.ellipsis)

/** What is wrong with it, in words; by whom it is said decides since when. */
const downWords = ({ node, unready }: Down): string => {
  const ready = unready?.record.ready === 'no' ? 'not ready' : 'ready unknown'
  const state = node.link?.state ?? 'unknown'
  if (unready === undefined) return state
  return node.isLost ? `${state}, ${ready}` : ready
}

const downLine = (down: Down, snapshot: Snapshot, width: number, theme: Theme): Line => {
  const { ellipsis } = theme.glyphs
  const { node, unready } = down
  const time = sinceOf(node.isLost ? node.linkSince : wallOfServer(snapshot, unready?.record.readySince ?? Number.NaN))
  const words = downWords(down)
  const forms = [` ${words} since ${time}`, ` ${words} ${time}`, ` ${words.split(',')[0] ?? ''} ${time}`]
  const state = forms.find((form) => width >= 2 + widthOf(clean(node.name)) + form.length) ?? forms.at(-1) ?? ''
  const name = nameIn(node.name, width - state.length - 2, theme)
  const room = width - widthOf(name) - state.length - 4
  const cause = (node.isLost ? node.link?.cause : unready?.record.reason) ?? clean('')
  const more = room < leastCause ? clean('') : fit(cause, Math.min(room, widthOf(cause)), 'left', ellipsis)
  return [
    segment(`${theme.glyphs.standing.critical} ${name}`, 'critical'),
    segment(state),
    { text: more === '' ? more : joinClean([clean('  '), more]), style: 'dim' },
  ]
}

/** As the table calls it, without the unit, which its value has; else as everything else calls it. */
const labelOf = (metric: MetricId): Clean => {
  const { title, column } = metricOf(metric)
  return clean(column?.heading.replace(/(\/s|%)$/, '') ?? title)
}

/** What lingers is told by its worst: its value now would contradict the sign beside it. */
const figureForms = ({ metric, value, peak, ending }: Crossing): readonly string[] => {
  const { unit } = metricOf(metric)
  const worst = formatValue(peak, unit)
  return ending ? [`ending, was ${worst}`, `was ${worst}`] : [formatValue(value, unit)]
}

/** Node, value and since when stand in any width; words give way first, then the metric's name, then the node's. */
const crossingLine = (crossing: Crossing, width: number, theme: Theme): Line => {
  const { node, metric, band, since } = crossing
  const label = labelOf(metric)
  const time = sinceOf(since)
  const figures = figureForms(crossing)
  const forms = [` since ${time}`, ` ${time}`].flatMap((when) => figures.map((figure) => ({ figure, when })))
  const left = ({ figure, when }: { readonly figure: string; readonly when: string }): number =>
    width - 4 - figure.length - when.length
  const names = widthOf(label) + widthOf(clean(node))
  const form = forms.find((one) => names <= left(one)) ?? { figure: figures.at(-1) ?? '', when: ` ${time}` }
  const least = Math.min(leastLabel, widthOf(label))
  const cells = Math.min(widthOf(label), Math.max(least, left(form) - widthOf(clean(node))))
  return [
    segment(`${theme.glyphs.standing[band]} ${nameIn(node, left(form) - cells, theme)}`, band),
    segment(` ${fit(label, cells, 'left', theme.glyphs.ellipsis)} ${form.figure}`),
    segment(form.when, 'dim'),
  ]
}

/** Nodes of which there is nothing to tell; those that have not been reached yet are not quiet. */
const restLine = (snapshot: Snapshot, crossings: readonly Crossing[], told: number, theme: Theme): readonly Line[] => {
  const crossing = new Set([
    ...crossings.map(({ node }) => node),
    ...downOf(snapshot).flatMap(({ node, unready }) => (unready === undefined ? [] : [node.name])),
  ])
  const others = [...snapshot.nodes.values()].filter(({ name }) => !crossing.has(name))
  const quiet = others.filter(({ link }) => link?.state === 'live').length
  const notAsked = others.filter(({ link }) => link?.state === 'not-asked').length
  const waiting = others.filter(({ link, isLost }) => link?.state !== 'live' && !isLost).length - notAsked
  if (snapshot.nodes.size === 0) return [[segment('no node is known yet', 'dim')]]
  if (told > 0 && quiet === 0 && waiting === 0 && notAsked === 0) return []
  const rest = [waiting > 0 ? `, ${waiting} connecting` : '', notAsked > 0 ? `, ${notAsked} without SSH` : ''].join('')
  const words = rest === '' ? `${quiet === 1 ? 'node' : 'nodes'} quiet` : `quiet${rest}`
  return [[segment(`${theme.glyphs.bullet} ${quiet} ${words}`, 'ok')]]
}

/** The worst crossings, with since when, a line each; what finds no room is counted, and so are the quiet nodes. */
export const alarmLines = (snapshot: Snapshot, rows: number, width: number, theme: Theme): readonly Line[] => {
  const crossings = snapshot.firstCrossings(rows)
  const lost = downOf(snapshot)
  const total = lost.length + crossings.total
  const shown = total <= rows ? total : Math.max(1, rows - 1)
  const more = total > shown ? (rows === 1 ? ` +${total - shown}` : `${total - shown} more`) : ''
  const room = rows === 1 ? width - more.length : width
  const lines = [
    ...lost.slice(0, shown).map((down) => downLine(down, snapshot, room, theme)),
    ...crossings.first
      .slice(0, Math.max(0, shown - lost.length))
      .map((crossing) => crossingLine(crossing, room, theme)),
  ]
  if (more !== '')
    return rows === 1 ? lines.map((line) => [...line, segment(more, 'dim')]) : [...lines, [segment(more, 'dim')]]
  return total < rows ? [...lines, ...restLine(snapshot, crossings.first, total, theme)] : lines
}
