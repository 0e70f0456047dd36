import { sparkline } from '../../charts/sparkline.ts'
import type { NodeName } from '../../events/subject.ts'
import { clusterNodeOf, worstOf } from '../../interface/cluster/node-words.ts'
import { absences, figureCell } from '../../interface/figure-cell.ts'
import { cutMiddle, segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column } from '../../interface/table/column.ts'
import { type CatalogueMetric, catalogue } from '../../metrics/catalogue.ts'
import { facts } from '../../metrics/facts.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean, joinClean } from '../../text/clean.ts'
import { ageColumn } from './age.ts'
import { kubernetesColumns } from './kubernetes.ts'
import { viaColumn } from './via.ts'

const nodeOf = (snapshot: Snapshot, row: string): NodeView | undefined => snapshot.nodes.get(row as NodeName)

const nothing = segment('')

/** Cells for a name before others have theirs: more would leave too few columns at 80. */
const nameWidth = 24

const nameColumn = (longest: number): Column => ({
  id: 'node',
  heading: 'NODE',
  width: Math.max(8, Math.min(nameWidth, longest + 2)),
  most: longest + 2,
  priority: 0,
  align: 'left',
  cell: (snapshot, row, width, theme) => {
    const worst = worstOf(snapshot, row as NodeName)
    // The symbol stays when the name is cut.
    const mark = worst === 'ok' ? clean('') : joinClean([clean(' '), theme.glyphs.standing[worst]])
    const name = cutMiddle(clean(row), Math.max(1, width - 2), theme.glyphs.ellipsis)
    return { text: joinClean([name, mark]), style: worst }
  },
  sortKey: (_, row) => row,
  text: (snapshot, row) => {
    const link = nodeOf(snapshot, row)?.link
    return `${row} ${worstOf(snapshot, row as NodeName)} ${link?.state ?? ''} ${link?.cause ?? ''} ${link?.remark ?? ''}`
  },
})

const metricColumn = (metric: CatalogueMetric, hint: NonNullable<CatalogueMetric['column']>): Column => ({
  id: metric.id,
  heading: hint.heading,
  width: hint.width,
  priority: hint.priority,
  align: 'right',
  cell: (snapshot, row, width, theme) => {
    const node = nodeOf(snapshot, row)
    return node === undefined ? nothing : figureCell(node, metric.id, width, theme)
  },
  sortKey: (snapshot, row) => nodeOf(snapshot, row)?.value(metric.id),
  text: (snapshot, row) => {
    const reading = nodeOf(snapshot, row)?.reading(metric.id)
    if (reading === undefined) return ''
    if (reading.kind === 'missing') return `${reading.missing} ${absences[reading.missing].short}`
    return reading.kind === 'stale' ? 'stale' : ''
  },
})

const quarterHour = 15 * 60

const sparklineColumn = (
  metric: CatalogueMetric,
  hint: NonNullable<NonNullable<CatalogueMetric['column']>['sparkline']>,
): Column => ({
  id: `${metric.id} sparkline`,
  heading: hint.heading,
  width: hint.width,
  priority: hint.priority,
  align: 'left',
  cell: (snapshot, row, width, theme) => {
    const { values } = snapshot.series(row as NodeName, metric.id, quarterHour)
    const text = sparkline(values, { width, glyphs: theme.level, scale: metric.scale ?? { min: 0, max: 1 } })
    return { text, style: nodeOf(snapshot, row)?.link?.state === 'live' ? 'chart1' : 'stale' }
  },
  sortKey: (snapshot, row) => nodeOf(snapshot, row)?.value(metric.id),
})

/** Columns of facts; one that only some clusters have stands there once a node has it. */
const factColumns = (nodes: readonly NodeView[]): readonly Column[] =>
  facts.flatMap((fact): readonly Column[] => {
    if (!('column' in fact)) return []
    if ('onlyWhere' in fact.column && !nodes.some((node) => node.facts.has(fact.id))) return []
    const textOf = (snapshot: Snapshot, row: string) => nodeOf(snapshot, row)?.facts.get(fact.id)
    return [
      {
        id: fact.id,
        heading: fact.column.heading,
        width: fact.column.width,
        most: 2 * fact.column.width,
        priority: fact.column.priority,
        align: 'left',
        cell: (snapshot, row) => {
          const text = textOf(snapshot, row)
          if (text !== undefined) return { text, style: 'plain' }
          // What a kubelet says of its kernel is good enough where nobody could look.
          const said =
            fact.id === 'kernel.release' ? clusterNodeOf(snapshot, row as NodeName)?.record.kernel : undefined
          return said ? { text: said, style: 'dim' } : segment('?', 'missing')
        },
        sortKey: textOf,
        text: (snapshot, row) => textOf(snapshot, row) ?? '',
      },
    ]
  })

const metricColumns: readonly Column[] = catalogue.flatMap((metric) => {
  const { column } = metric
  if (column === undefined) return []
  const own = metricColumn(metric, column)
  return column.sparkline === undefined ? [own] : [own, sparklineColumn(metric, column.sparkline)]
})

/**
 * The columns of the node table: what the catalogue says of each metric, between the name, and how it is reached and its age;
 * where a cluster is watched also what its API server says of each node.
 */
export const nodeColumns = perSnapshot((snapshot): readonly Column[] => {
  const longest = Math.max(0, ...Array.from(snapshot.nodes.keys(), (name) => name.length))
  return [
    nameColumn(longest),
    ...(snapshot.cluster === undefined ? [] : kubernetesColumns),
    ...metricColumns,
    ...factColumns([...snapshot.nodes.values()]),
    viaColumn,
    ageColumn,
  ]
})
