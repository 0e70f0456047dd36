import { rangeOf, type Scale, scaleFor } from '../../charts/scale.ts'
import { sparkline } from '../../charts/sparkline.ts'
import type { NodeName } from '../../events/subject.ts'
import { readingCell } from '../../interface/figure-cell.ts'
import { nameCell, segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import type { Table } from '../../interface/table/table.ts'
import { catalogue, type MetricId, metricOf } from '../../metrics/catalogue.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import type { Window } from './windows.ts'

/** Fewer are no course. */
const leastPoints = 3

/** What does not change is a low line: full height would look like a maximum. */
const flatOr = (values: ArrayLike<number>): Scale => {
  const range = rangeOf(values)
  return range !== undefined && range.min === range.max
    ? { min: range.min, max: range.min + 1 }
    : scaleFor(values, { floor: 0 })
}

const readingOf = (snapshot: Snapshot, node: NodeName, row: string) =>
  snapshot.nodes.get(node)?.reading(row as MetricId)

/** All metrics of a node, in the order of the catalogue: value, course over the window, origin, age. */
export const metricTable = (node: NodeName, { label, seconds }: Window): Table => {
  const columns: readonly Column[] = [
    {
      id: 'metric',
      heading: 'METRIC',
      width: 22,
      most: 38,
      priority: 0,
      align: 'left',
      // Many begin alike, and many end alike.
      cell: (_, row, width, theme) => nameCell(metricOf(row as MetricId).title, width, theme),
      sortKey: (_, row) => metricOf(row as MetricId).title,
      text: (_, row) => `${metricOf(row as MetricId).title} ${row}`,
    },
    {
      id: 'value',
      heading: 'VALUE',
      width: 9,
      priority: 0,
      align: 'right',
      cell: (snapshot, row, width, theme) => {
        const reading = readingOf(snapshot, node, row)
        return reading === undefined
          ? segment('?', 'missing')
          : readingCell(reading, row as MetricId, width, theme, formatValue)
      },
      sortKey: (snapshot, row) => snapshot.nodes.get(node)?.value(row as MetricId),
      text: (snapshot, row) => {
        const reading = readingOf(snapshot, node, row)
        return reading === undefined || reading.kind === 'missing' ? '' : `${reading.kind} ${reading.band}`
      },
    },
    {
      id: 'course',
      heading: `LAST ${label}`,
      width: 12,
      priority: 3,
      align: 'left',
      cell: (snapshot, row, width, theme) => {
        const { values } = snapshot.series(node, row as MetricId, seconds)
        if (values.reduce((count, value) => count + (Number.isFinite(value) ? 1 : 0), 0) < leastPoints)
          return segment('')
        const scale = metricOf(row as MetricId).scale ?? flatOr(values)
        return { text: sparkline(values, { width, glyphs: theme.level, scale }), style: 'chart1' }
      },
      sortKey: () => undefined,
    },
    {
      id: 'age',
      heading: 'AGE',
      width: 4,
      priority: 2,
      align: 'right',
      cell: (snapshot, row) => {
        const reading = readingOf(snapshot, node, row)
        return reading === undefined || reading.kind === 'missing'
          ? segment('')
          : segment(formatAge(reading.age), reading.kind === 'stale' ? 'stale' : 'plain')
      },
      sortKey: (snapshot, row) => {
        const reading = readingOf(snapshot, node, row)
        return reading === undefined || reading.kind === 'missing' ? undefined : reading.age
      },
    },
    {
      id: 'origin',
      heading: 'BY, OR WHY NOT',
      width: 16,
      most: Number.POSITIVE_INFINITY,
      priority: 1,
      align: 'left',
      cell: (snapshot, row) => {
        const reading = readingOf(snapshot, node, row)
        if (reading === undefined) return segment('?', 'missing')
        return reading.kind === 'missing'
          ? segment(`${reading.missing}: ${reading.advice}`, 'missing')
          : segment(`${reading.tier} (${reading.scope})`, 'dim')
      },
      sortKey: (snapshot, row) => {
        const reading = readingOf(snapshot, node, row)
        return reading === undefined || reading.kind === 'missing' ? undefined : reading.tier
      },
      text: (snapshot, row) => {
        const reading = readingOf(snapshot, node, row)
        if (reading === undefined) return ''
        return reading.kind === 'missing' ? `${reading.missing} ${reading.advice}` : `${reading.tier} ${reading.scope}`
      },
    },
  ]
  return {
    columns: () => columns,
    rows: () => catalogue.map(({ id }) => id),
    defaultOrder: (_, rows) => rows,
    empty: 'there are no metrics',
  }
}
