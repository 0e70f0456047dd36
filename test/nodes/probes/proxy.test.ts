import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ProbeContext, Script } from '../../../source/nodes/probe.ts'
import { proxyProbe } from '../../../source/nodes/probes/proxy.ts'
import type { Taken } from '../../../source/nodes/taken.ts'
import { contextOf, sectionsOf } from '../section.ts'
import { valueOf } from './recorded.ts'

const [tier] = proxyProbe.tiers
if (tier?.kind !== 'command') throw new Error('no command')
const [section] = sectionsOf({}, [{ uptime: 1, files: {} }])
if (section === undefined) throw new Error('no section')

const on = (paths: readonly string[], tools: readonly string[]): ProbeContext =>
  contextOf(section, { flags: { uid: 1000, engine: 'awk', paths: new Set(paths), tools: new Set(tools) } })
const node = on(['/var/lib/kubelet'], ['curl', 'wget'])

const taken = (text: string): Taken => tier.step(tier.start, { text, status: 0, seconds: 60, cut: false }, node).taken

/** The metrics page of kube-proxy 1.37, shortened, with what stands around the lines that are wanted. */
const page = (lines: readonly string[]): string =>
  [
    '# HELP kubeproxy_sync_proxy_rules_iptables_total [STABLE] Total number of iptables rules owned by kube-proxy',
    '# TYPE kubeproxy_sync_proxy_rules_iptables_total gauge',
    ...lines,
    'kubeproxy_sync_proxy_rules_duration_seconds_sum{ip_family="IPv4"} 0.2',
    'process_resident_memory_bytes 6.7e+07',
    '',
  ].join('\n')

const rulesOf = (family: string, filter: number, nat: number): readonly string[] => [
  `kubeproxy_sync_proxy_rules_iptables_total{ip_family="${family}",table="filter"} ${filter}`,
  `kubeproxy_sync_proxy_rules_iptables_total{ip_family="${family}",table="nat"} ${nat}`,
]

describe('what kube-proxy says of itself', () => {
  test('are its mode, its rules of all tables and families, and the age of what it wrote last', () => {
    const lines = [
      ...rulesOf('IPv4', 5, 40),
      ...rulesOf('IPv6', 4, 31),
      'kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"} 1.7902000005e+09',
      'kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv6"} 1.79020001e+09',
    ]
    const found = taken(`mode iptables\nnow 1790200020\n${lines.join('\n')}\n`)
    expect(found.facts.get('proxy.mode')).toBe('iptables')
    expect(valueOf(found, 'proxy.rules')).toBe(80)
    // The family that is behind counts.
    expect(valueOf(found, 'proxy.sync_age')).toBeCloseTo(19.5, 6)
  })

  test('are read without labels of the family too, as older versions give them', () => {
    const found = taken(
      'mode iptables\nnow 1790200020\nkubeproxy_sync_proxy_rules_iptables_total{table="nat"} 17\nkubeproxy_sync_proxy_rules_last_timestamp_seconds 1.790200018e+09\n',
    )
    expect(valueOf(found, 'proxy.rules')).toBe(17)
    expect(valueOf(found, 'proxy.sync_age')).toBe(2)
  })

  test('are no count of rules in nftables mode, and never 0 for it', () => {
    const found = taken(
      'mode nftables\nnow 20\nkubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"} 18\n',
    )
    expect(found.facts.get('proxy.mode')).toBe('nftables')
    expect(found.metrics).toEqual(['proxy.sync_age'])
    expect(found.missing.get('proxy.rules')).toMatchObject({ missing: 'not-applicable' })
  })

  test('are no age before anything was written', () => {
    const found = taken(
      'mode iptables\nnow 20\nkubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"} 0\n',
    )
    expect(found.metrics).toEqual([])
    expect(found.missing.get('proxy.sync_age')).toMatchObject({ missing: 'no-data' })
  })

  test('are nothing where nobody answers, or somebody else does', () => {
    expect(taken('mode \nnow 20\n').missing.get('proxy.rules')).toMatchObject({ missing: 'not-applicable' })
    expect(taken('mode <html>\nnow 20\n').missing.get('proxy.rules')).toMatchObject({ missing: 'no-data' })
    expect(taken('mode <html>\nnow 20\n').facts.size).toBe(0)
  })

  test('are never an error or a figure that is no number, whatever is printed', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('mode iptables', 'now x', 'now 20', ...rulesOf('IPv4', Number.NaN, 3), '\n'),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const value of taken(pieces.join('\n')).values) expect(value).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('kube-proxy is asked', () => {
  test('only where a kubelet has run, and a tool to ask with is there', () => {
    expect(tier.program(on([], ['curl']))).toMatchObject({ missing: 'not-applicable' })
    expect(tier.program(on(['/var/lib/kubelet'], []))).toMatchObject({ missing: 'no-tool' })
    expect(tier.program(on(['/var/lib/kubelet'], ['wget', 'timeout']))).toMatchObject({
      text: expect.stringContaining('wget'),
    })
  })

  describe('by a script', () => {
    let folder = ''
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'kntop-proxy-'))
    })
    afterEach(() => rmSync(folder, { recursive: true }))

    /** Runs the script with a tool of our own, whose shell text sees the URL as the last argument. */
    const printed = (tool: string, text: string): string => {
      writeFileSync(join(folder, tool), `#!/bin/sh\nfor url do :; done\n${text}\n`, { mode: 0o755 })
      const script = tier.program(on(['/var/lib/kubelet'], [tool, 'timeout'])) as Script
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
      return spawnSync('sh', ['-c', script.text, 'kntop'], { encoding: 'utf8', env }).stdout
    }

    test.each(['curl', 'wget'])('that passes on nothing but what is wanted: %s', (tool) => {
      const text = `case $url in */proxyMode) printf iptables;; *) cat <<'END'\n${page(rulesOf('IPv4', 1, 2))}END\n;; esac`
      const output = printed(tool, text)
      expect(output).not.toContain('process_resident')
      expect(valueOf(taken(output), 'proxy.rules')).toBe(3)
    })

    test('that ends where what asks does not', () => {
      expect(taken(printed('wget', "trap '' TERM; sleep 1000")).missing.get('proxy.rules')).toMatchObject({
        missing: 'not-applicable',
      })
    })

    test('that ends where nobody listens, or somebody writes without end', () => {
      expect(taken(printed('curl', 'exit 7')).missing.get('proxy.rules')).toMatchObject({ missing: 'not-applicable' })
      const endless = printed('curl', 'yes kubeproxy_sync_proxy_rules_iptables_total | head -c 5000000')
      expect(endless.length).toBeLessThan(9000)
    })
  })
})
