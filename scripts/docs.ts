import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pagesWithTables, withTables } from './doc-tables.ts'
import { metricsPage } from './metrics-page.ts'

// The pages that follow from the code: `npm run docs`. A test holds the committed ones against it.
writeFileSync(resolve(import.meta.dirname, '../docs/metrics.md'), metricsPage())
for (const name of pagesWithTables) {
  const page = resolve(import.meta.dirname, '../docs', name)
  writeFileSync(page, withTables(readFileSync(page, 'utf8')))
}
await import('./schema.ts')
