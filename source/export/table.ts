import { metricOf } from '../metrics/catalogue.ts'
import { facts } from '../metrics/facts.ts'
import type { NodeView, Snapshot } from '../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../text/clean.ts'
import { blanks, fit, widthOf, wrap } from '../text/width.ts'
import { isoTime } from './number.ts'
import {
  crossingWords,
  type Gap,
  kubernetesWords,
  linkWords,
  type Measured,
  originWords,
  sorted,
  stateWords,
  valueWords,
} from './words.ts'

const least = 80
const widths = { title: 38, value: 8, state: 10 } as const
const margin = 2
const beforeOrigin = margin + widths.title + 1 + widths.value + 1 + widths.state + 1

/** Lines that begin with `first` and go on, wrapped, below where `text` begins. */
const hanging = (first: Clean, text: Clean, width: number): readonly Clean[] => {
  const indent = widthOf(first)
  return wrap(text, width - indent).map((line, index) => joinClean([index === 0 ? first : blanks(indent), line]))
}

const measuredLines = ({ metric, figure }: Measured, width: number): readonly Clean[] => {
  const before = joinClean([
    blanks(margin),
    fit(clean(metric.title), widths.title),
    clean(' '),
    fit(valueWords(figure, metric.unit), widths.value, 'right'),
    clean(' '),
    fit(stateWords(figure), widths.state),
    clean(' '),
  ])
  return hanging(before, originWords(figure), Math.max(width, beforeOrigin + 1))
}

/** Lines of an advice: the JSON has all of it. */
const mostAdvice = 3

const cutTo = (most: number, lines: readonly Clean[], width: number): readonly Clean[] =>
  lines.length <= most
    ? lines
    : [...lines.slice(0, most - 1), fit(joinClean([lines[most - 1] ?? clean(''), blanks(width)]), width)]

const gapLines = ({ missing, advice, titles }: Gap, width: number): readonly Clean[] => [
  ...cutTo(mostAdvice, hanging(clean(`  ${missing}: `), advice, width), width),
  ...hanging(clean('    for '), joinClean(titles, '; '), width),
]

const nodeLines = (snapshot: Snapshot, node: NodeView, width: number): readonly Clean[] => {
  const { measured, gaps } = sorted(node)
  const known = facts.flatMap(({ id, title }) => {
    const value = node.facts.get(id)
    return value === undefined ? [] : [joinClean([clean(title), value], ' ')]
  })
  const kubernetes = kubernetesWords(snapshot, node)
  return [
    ...hanging(clean(`${node.name}  `), linkWords(node), width),
    ...(kubernetes === undefined ? [] : hanging(clean('  Kubernetes: '), kubernetes, width)),
    ...known.flatMap((fact) => hanging(blanks(margin), fact, width)),
    ...measured.flatMap((one) => measuredLines(one, width)),
    ...(gaps.length === 0 ? [] : [clean('  Not measured:')]),
    ...gaps.flatMap((gap) => gapLines(gap, width)),
  ]
}

const crossingLines = (snapshot: Snapshot, width: number): readonly Clean[] =>
  snapshot.crossings.flatMap((crossing) => {
    const { node, metric, band, since } = crossing
    const text = `${node}: ${metricOf(metric).title} ${crossingWords(crossing)} since ${isoTime(since) ?? 'the start'}`
    return hanging(clean(`  ${band.padEnd(widths.state)}`), clean(text), width)
  })

/**
 * A snapshot for reading: what stands in a bad band first, then a block for each node. Plain text, no colour; no line is
 * wider than `width` cells, or 80 if that is more.
 */
export const tableText = (snapshot: Snapshot, width = least): string => {
  const cells = Math.max(least, width)
  const crossings = crossingLines(snapshot, cells)
  const blocks = [
    [clean(`kntop ${isoTime(snapshot.wall) ?? ''}`)],
    ...(crossings.length === 0 ? [] : [[clean('In a bad band:'), ...crossings]]),
    ...Array.from(snapshot.nodes.values(), (node) => nodeLines(snapshot, node, cells)),
  ]
  return `${blocks.map((lines) => lines.map((line) => line.trimEnd()).join('\n')).join('\n\n')}\n`
}
