import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metricsPage } from '../../scripts/metrics-page.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'

describe('docs/metrics.md', () => {
  it('is what the catalogue says now: run npm run docs', () => {
    expect(readFileSync(resolve(import.meta.dirname, '../../docs/metrics.md'), 'utf8')).toBe(metricsPage())
  })

  it('names every metric and how it is taken', () => {
    const page = metricsPage()
    for (const { id } of catalogue) expect(page).toContain(`### \`${id}\``)
  })
})
