import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { docTables, pagesWithTables, withTables } from '../../scripts/doc-tables.ts'
import { flags } from '../../source/cli/flags.ts'
import { parseConfig } from '../../source/config/file.ts'

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

describe('the pages for users', () => {
  it.each(pagesWithTables)('%s says what the code says: run npm run docs where not', (name) => {
    expect(page(name)).toBe(withTables(page(name)))
  })

  it('hold all generated parts', () => {
    const all = pagesWithTables.map(page).join('')
    for (const made of Object.values(docTables)) expect(all).toContain(made)
  })

  it('name the short form of each flag that has one', () => {
    const short = flags.flatMap((flag) => (flag.short === undefined ? [] : [`\`-${flag.short}\` |`]))
    expect(short.length).toBeGreaterThan(0)
    for (const text of short) expect(docTables['flags']).toContain(text)
  })

  it('show a configuration that is right', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page('configuration.md')) ?? []
    const { base, contexts } = parseConfig(example, 'example')
    expect(base.values.with).toHaveLength(2)
    expect(contexts.get('prod-oslo')?.values.with).toEqual([])
  })
})
