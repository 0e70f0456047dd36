import { sparkline } from '../../charts/sparkline.ts'
import type { NodeName } from '../../events/subject.ts'
import { figureCell } from '../../interface/figure-cell.ts'
import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import { type CatalogueMetric, catalogue } from '../../metrics/catalogue.ts'
import { facts } from '../../metrics/facts.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean, joinClean } from '../../text/clean.ts'
import { formatAge } from '../../text/units.ts'

export const nodeOf = (snapshot: Snapshot, row: string): NodeView | undefined => snapshot.nodes.get(row as NodeName)

const nothing = segment('')

/** Seconds since the newest figure of a node, by its link where there is none. */
const silence = (snapshot: Snapshot, node: NodeView): number => (snapshot.wall - node.linkSince) / 1000

const nameColumn = (snapshot: Snapshot): Column => ({
  id: 'node',
  heading: 'NODE',
  width: Math.max(8, Math.min(32, 2 + Math.max(0, ...Array.from(snapshot.nodes.keys(), (name) => name.length)))),
  priority: 0,
  align: 'left',
  cell: (snapshot, row, _, theme) => {
    const worst = snapshot.worst(row as NodeName)
    return {
      text: joinClean([
        clean(row),
        clean(worst === 'ok' ? '' : ' '),
        worst === 'ok' ? clean('') : theme.glyphs.standing[worst],
      ]),
      style: worst,
    }
  },
  sortKey: (_, row) => row,
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
    return {
      text: sparkline(values, { width, glyphs: theme.level, scale: metric.scale ?? { min: 0, max: 1 } }),
      style: 'chart1',
    }
  },
  sortKey: (snapshot, row) => nodeOf(snapshot, row)?.value(metric.id),
})

const factColumns: readonly Column[] = facts.flatMap((fact) =>
  'column' in fact
    ? [
        {
          id: fact.id,
          heading: fact.column.heading,
          width: fact.column.width,
          priority: fact.column.priority,
          align: 'left' as const,
          cell: (snapshot: Snapshot, row: string) => ({
            text: nodeOf(snapshot, row)?.facts.get(fact.id) ?? clean('?'),
            style: 'plain' as const,
          }),
          sortKey: (snapshot: Snapshot, row: string) => nodeOf(snapshot, row)?.facts.get(fact.id),
        },
      ]
    : [],
)

const ageColumn: Column = {
  id: 'age',
  heading: 'AGE',
  width: 10,
  priority: 2,
  align: 'left',
  cell: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    if (node?.link === undefined) return segment('?', 'missing')
    const age = formatAge(Math.max(0, silence(snapshot, node)))
    return node.link.state === 'live' ? segment(age) : segment(`${node.link.state} ${age}`, 'stale')
  },
  sortKey: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    return node === undefined ? undefined : silence(snapshot, node)
  },
}

const metricColumns: readonly Column[] = catalogue.flatMap((metric) => {
  const { column } = metric
  if (column === undefined) return []
  const own = metricColumn(metric, column)
  return column.sparkline === undefined ? [own] : [own, sparklineColumn(metric, column.sparkline)]
})

/** The columns of the node table: what the catalogue says of each metric, between the name and the age. */
export const nodeColumns = (snapshot: Snapshot): readonly Column[] => [
  nameColumn(snapshot),
  ...metricColumns,
  ...factColumns,
  ageColumn,
]
