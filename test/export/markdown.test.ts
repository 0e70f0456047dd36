import { describe, expect, it } from 'vitest'
import { markdownText } from '../../source/export/markdown.ts'
import { absent, clock, incident, link, snapshotOf, worker } from './sample.ts'

describe('the Markdown of a snapshot', () => {
  it('has a heading for each node and a row for each figure', () => {
    const lines = markdownText(incident()).split('\n')
    expect(lines.filter((line) => line.startsWith('## '))).toEqual(['## worker-7', '## worker-9'])
    expect(lines).toContain('| conntrack table fill | 94.2% | critical | proc, host |')
    expect(lines).toContain(
      '| DNS lookups of this node; DNS answers served to others | not-asked: start kntop with --with dns-capture |',
    )
  })

  it('keeps words of nodes from being Markdown or HTML', () => {
    const text = markdownText(
      snapshotOf([clock(0), link(worker, 'live'), absent(worker, 'dns.lookups', '<b>|[x](y)|*z*`')]),
    )
    expect(text).toContain('not-asked: \\<b\\>\\|\\[x\\]\\(y\\)\\|\\*z\\*\\` |')
  })

  it('has tables whose rows all have as many cells as their headings', () => {
    const cells = (line: string): number => line.replaceAll(/\\./g, '').split('|').length
    for (const block of markdownText(incident()).split('\n\n')) {
      const rows = block.split('\n').filter((line) => line.startsWith('|'))
      expect(new Set(rows.map(cells)).size).toBeLessThanOrEqual(1)
    }
  })
})
