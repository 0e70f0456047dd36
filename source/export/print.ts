import type { Snapshot } from '../store/snapshot.ts'
import { csvText } from './csv.ts'
import type { Format } from './format.ts'
import { jsonText } from './json.ts'
import { markdownText } from './markdown.ts'
import { tableText } from './table.ts'

const printers: Readonly<Record<Format, (snapshot: Snapshot, width: number | undefined) => string>> = {
  table: tableText,
  json: (snapshot) => `${jsonText(snapshot)}\n`,
  csv: csvText,
  markdown: markdownText,
}

/** A snapshot in one of the formats, with its line end. `width`: cells that the table may take. */
export const printed = (snapshot: Snapshot, format: Format, width?: number): string => printers[format](snapshot, width)
