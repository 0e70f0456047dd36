import type { Snapshot } from '../store/snapshot.ts'
import { csvText } from './csv.ts'
import type { Format } from './format.ts'
import { jsonText } from './json.ts'
import { markdownText } from './markdown.ts'
import { tableText } from './table.ts'

/** A snapshot in one of the formats, with its line end. `width`: cells that the table may take. */
export const printed = (snapshot: Snapshot, format: Format, width?: number): string => {
  switch (format) {
    case 'json':
      return `${jsonText(snapshot)}\n`
    case 'csv':
      return csvText(snapshot)
    case 'markdown':
      return markdownText(snapshot)
    case 'table':
      return tableText(snapshot, width)
  }
}
