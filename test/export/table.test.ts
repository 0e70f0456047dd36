import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdownText } from '../../source/export/markdown.ts'
import { tableText } from '../../source/export/table.ts'
import { clean } from '../../source/text/clean.ts'
import { widthOf } from '../../source/text/width.ts'
import { api, cluster, nodeRecord, podRecord, put, source } from '../scenarios/kubernetes.ts'
import { absent, clock, incident, link, noon, origin, sample, snapshotOf, worker } from './sample.ts'

describe('the table of a snapshot', () => {
  const text = tableText(incident())

  it('begins with what stands in a bad band', () => {
    expect(text).toContain(
      `In a bad band:
  critical  worker-7: conntrack table fill 94.2% since 2026-01-31T12:00:29.600Z
`,
    )
  })

  it('has a line for each figure: name, value with unit, band, origin', () => {
    expect(text).toMatch(/^ {2}conntrack table fill +94\.2% critical {3}proc, host$/m)
    expect(text).toMatch(/^ {2}fdatasync p99 +<1ms ok {9}etcd metrics,$/m)
    expect(text).toMatch(/^ {2}CPU in use +12\.5% stale 10s {2}/m)
  })

  it('says ok only of what is judged', () => {
    expect(text).toMatch(/^ {2}conntrack maximum +1\.05M not judged /m)
    const few = sample(worker, 0, { 'dns.servfail_share': { value: 50, observations: 3 } })
    expect(tableText(snapshotOf([clock(0), link(worker, 'live'), few]))).toMatch(/that failed +50% too few /)
  })

  it('cuts an advice that is as long as a script', () => {
    const long = tableText(
      snapshotOf([clock(0), link(worker, 'live'), absent(worker, 'dns.lookups', 'and so on '.repeat(99))]),
    )
    expect(long.split('\n').filter((line) => line.includes('and so on'))).toHaveLength(3)
    expect(long).toContain('…')
  })

  it('gives the reason for what is missing once, with all it is the reason for', () => {
    expect(text).toContain(
      `  not-asked: start kntop with --with dns-capture
    for DNS lookups of this node; DNS answers served to others
`,
    )
  })

  it('says how a node is watched', () => {
    expect(text).toMatch(/^worker-7 {2}ssh, live$/m)
    expect(text).toMatch(/^worker-9 {2}ssh, lost: the connection was closed$/m)
  })

  it('says whether a node is ready where a cluster is watched, and nothing of that elsewhere', () => {
    const sick = { ready: 'no', reason: clean('KubeletNotReady'), readySince: noon - 60_000 } as const
    const told = snapshotOf([
      clock(60_000),
      link(worker, 'live'),
      cluster(),
      api({ ahead: noon }),
      put('node', nodeRecord(worker, sick)),
      put('pod', podRecord('web/a', { node: worker })),
      source('nodes', 'stale', { known: 50_000 }),
      source('pods'),
    ])
    expect(tableText(told, 120)).toContain(
      '\n  Kubernetes: ready no for 2m (KubeletNotReady), kubelet v1.34.1, 1 pod, as of 10s ago\n',
    )
    expect(markdownText(told)).toContain('Kubernetes: ready no for 2m')
    expect(text).not.toContain('Kubernetes')
  })

  it('is never wider than asked, whatever words come from nodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 200 }), (words, width) => {
        const snapshot = snapshotOf([
          clock(0),
          link(worker, 'live', words),
          origin(worker, 'cpu.busy', words),
          sample(worker, 0, { 'cpu.busy': { value: 1 } }),
          absent(worker, 'dns.lookups', words),
        ])
        return tableText(snapshot, width)
          .split('\n')
          .every((line) => widthOf(clean(line)) <= Math.max(80, width))
      }),
    )
  })
})
