import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { metricsPage } from './metrics-page.ts'

// The pages that follow from the catalogue: `npm run docs`. A test holds the committed ones against it.
writeFileSync(resolve(import.meta.dirname, '../docs/metrics.md'), metricsPage())
await import('./schema.ts')
