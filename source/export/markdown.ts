import { metricOf } from '../metrics/catalogue.ts'
import type { NodeView, Snapshot } from '../store/snapshot.ts'
import { clean } from '../text/clean.ts'
import { isoTime } from './number.ts'
import { crossingWords, kubernetesWords, linkWords, originWords, sorted, stateWords, valueWords } from './words.ts'

/** A text as Markdown shows it, whatever signs of Markdown or HTML it holds. */
const plain = (text: string): string => clean(text).replace(/[\\`*_{}[\]<>()#+!|~&]/g, '\\$&')

const row = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [row(headings), `|${' --- |'.repeat(headings.length)}`, ...rows.map(row), '']

const section = (snapshot: Snapshot, node: NodeView): readonly string[] => {
  const { measured, gaps } = sorted(node)
  const kubernetes = kubernetesWords(snapshot, node)
  return [
    `## ${plain(node.name)}`,
    '',
    plain(linkWords(node)),
    '',
    ...(kubernetes === undefined ? [] : [plain(`Kubernetes: ${kubernetes}`), '']),
    ...table(
      ['metric', 'value', 'state', 'origin'],
      measured.map(({ metric, figure }) => [
        metric.title,
        valueWords(figure, metric.unit),
        stateWords(figure),
        originWords(figure),
      ]),
    ),
    ...table(
      ['not measured', 'why'],
      gaps.map(({ missing, advice, titles }) => [titles.join('; '), `${missing}: ${advice}`]),
    ),
  ]
}

/** A snapshot as a Markdown document: what stands in a bad band, then a table for each node. */
export const markdownText = (snapshot: Snapshot): string => {
  const crossings = snapshot.crossings.map((crossing) => {
    const { node, metric, band, since } = crossing
    return [band, node, metricOf(metric).title, crossingWords(crossing), isoTime(since) ?? '']
  })
  const lines = [
    `# kntop ${isoTime(snapshot.wall) ?? ''}`,
    '',
    ...table(['band', 'node', 'metric', 'value', 'since'], crossings),
    ...Array.from(snapshot.nodes.values()).flatMap((node) => section(snapshot, node)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
