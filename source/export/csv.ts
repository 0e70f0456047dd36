import { catalogue } from '../metrics/catalogue.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { type JsonFigure, type JsonMissing, jsonSnapshot } from './json.ts'

/** The columns, in order. Additions go to the end. */
export const csvColumns = [
  'at',
  'node',
  'link',
  'metric',
  'value',
  'unit',
  'band',
  'stale',
  'age',
  'tier',
  'scope',
  'namespaces_read',
  'namespaces_of',
  'samples',
  'window',
  'bound',
  'missing',
  'advice',
] as const

type Column = (typeof csvColumns)[number]
type Cells = Readonly<Partial<Record<Column, string | number | boolean | undefined>>>

/** What a spreadsheet would take for a formula is given a quote, by which it is text: these words come from nodes. */
const harmless = (text: string): string => (/^[=+\-@]/.test(text) ? `'${text}` : text)

const field = (value: Cells[Column]): string => {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? harmless(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const line = (cells: Cells): string => `${csvColumns.map((column) => field(cells[column])).join(',')}\r\n`

const cellsOf = (reading: JsonFigure | JsonMissing): Cells => {
  if ('missing' in reading) return { missing: reading.missing, advice: reading.advice }
  const { namespaces, ...plain } = reading
  return { ...plain, namespaces_read: namespaces?.read, namespaces_of: namespaces?.of }
}

/** A snapshot as CSV (RFC 4180): a heading, then one row for each node and metric. What is missing has no value, not 0. */
export const csvText = (snapshot: Snapshot): string => {
  const { at, nodes } = jsonSnapshot(snapshot)
  const rows = nodes.flatMap(({ name, link, readings }) =>
    catalogue.map(({ id }) => line({ at, node: name, link: link?.state, metric: id, ...cellsOf(readings[id]) })),
  )
  return [`${csvColumns.join(',')}\r\n`, ...rows].join('')
}
