import { describe, expect, it } from 'vitest'
import { csvColumns, csvText } from '../../source/export/csv.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'
import { absent, clock, incident, link, snapshotOf, worker } from './sample.ts'

/** Reads RFC 4180 as a spreadsheet does: a small reader of its own, so that the writer does not judge itself. */
const read = (text: string): readonly Readonly<Record<string, string>>[] => {
  const rows: string[][] = [['']]
  for (const [, quotedField, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    const row = rows.at(-1)
    row?.splice(-1, 1, quotedField?.replaceAll('""', '"') ?? plain ?? '')
    if (end === ',') row?.push('')
    else rows.push([''])
  }
  const [heading = [], ...body] = rows.slice(0, -1)
  return body.map((row) => Object.fromEntries(heading.map((name, index) => [name, row[index] ?? ''])))
}

describe('the CSV of a snapshot', () => {
  it('has a row for each node and metric, all with all columns', () => {
    const rows = read(csvText(incident()))
    expect(rows.map(({ node, metric }) => `${node} ${metric}`)).toEqual(
      ['worker-7', 'worker-9'].flatMap((node) => catalogue.map(({ id }) => `${node} ${id}`)),
    )
    expect(Object.keys(rows[0] ?? {})).toEqual(csvColumns)
  })

  it('holds figures with what stands behind them', () => {
    const row = read(csvText(incident())).find(({ metric }) => metric === 'fdatasync.p99')
    expect(row).toMatchObject({
      ...{ at: '2026-01-31T12:00:30.000Z', link: 'live', value: '1', unit: 'ms', band: 'ok', age: '0.4' },
      ...{ tier: 'etcd metrics, 127.0.0.1:2381', scope: 'host', samples: '600', window: '120', bound: 'below' },
    })
  })

  it('leaves the value of what is missing empty, and says why', () => {
    const row = read(csvText(incident())).find(({ metric }) => metric === 'dns.lookups')
    expect(row).toMatchObject({ value: '', missing: 'not-asked', advice: 'start kntop with --with dns-capture' })
  })

  it.each(['a,b', 'say "no"', ',"",'])('carries the words %s as they are', (words) => {
    const text = csvText(snapshotOf([clock(0), link(worker, 'live'), absent(worker, 'dns.lookups', words)]))
    expect(read(text).find(({ metric }) => metric === 'dns.lookups')?.advice).toBe(words)
  })

  it.each(['=1+1', '+1', '-1', '@x'])('makes no formula of %s', (words) => {
    const text = csvText(snapshotOf([clock(0), link(worker, 'live'), absent(worker, 'dns.lookups', words)]))
    expect(read(text).find(({ metric }) => metric === 'dns.lookups')?.advice).toBe(`'${words}`)
  })

  it('ends every line as RFC 4180 says', () => {
    const lines = csvText(incident()).split('\r\n')
    expect(lines.at(-1)).toBe('')
    expect(lines.join('')).not.toMatch(/[\r\n]/)
  })
})
