import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonSnapshot } from '../../../source/export/json.ts'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { build, makeHome, standingOf, valueOf, watchLab } from './kntop.ts'
import { podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

const columns: readonly MetricId[] = ['conntrack.fill', 'rtt.p50', 'tcp.retransmit_share', 'cpu.busy']

describe('a cluster as kntop sees it', () => {
  withLab((lab) => {
    test('has every node with its figures ten seconds after the start', async () => {
      const began = performance.now()
      const kntop = watchLab(lab, ['--with', 'dns-capture'])
      const missing = (): readonly string[] =>
        lab.nodes.flatMap(({ name }) =>
          columns
            .filter((metric) => Number.isNaN(valueOf(kntop.node(name), metric)))
            .map((metric) => `${name} ${metric}`),
        )
      await expect.poll(missing, { timeout: 30_000, interval: 50 }).toEqual([])
      process.stderr.write(`all nodes with figures after ${Math.round(performance.now() - began)} ms\n`)

      const [controlPlane, ...workers] = lab.nodes.map(({ name }) => name)
      await expect.poll(() => valueOf(kntop.node(controlPlane ?? ''), 'fdatasync.mean')).toBeGreaterThan(0)
      for (const worker of workers) expect(standingOf(kntop.node(worker), 'fdatasync.mean')).toBe('not-asked')
      await expect.poll(() => workers.map((name) => valueOf(kntop.node(name), 'dns.lookups'))).not.toContain(Number.NaN)
      expect(kntop.now()?.context).toBe('kntop-lab')
      expect(kntop.now()?.nodes.map(({ kubernetes }) => kubernetes?.ready)).toEqual(lab.nodes.map(() => 'yes'))
    })

    test('has the entries that conntrack counts on each node, and no other node’s', async () => {
      const kntop = watchLab(lab)
      const worker = lab.node('worker-1')
      const extra = 20_000
      const lines = Array.from(
        { length: extra },
        (_, index) =>
          `-A -p udp -s 198.18.${index >> 8}.${index & 255} -d 198.19.0.1 --sport 1000 --dport 2000 -r 198.19.0.1 -q 198.18.${index >> 8}.${index & 255} --reply-port-src 2000 --reply-port-dst 1000 -t 300\n`,
      )
      await expect.poll(() => valueOf(kntop.node('worker-2'), 'conntrack.entries')).toBeGreaterThan(0)
      const before = valueOf(kntop.node('worker-2'), 'conntrack.entries')
      await worker.run(['sh', '-c', 'cat | conntrack --load-file -'], lines.join(''))
      const counted = Number(await worker.run(['conntrack', '-C']))
      // It changes with each connection of a pod: within what these are.
      await expect
        .poll(() => Math.abs(valueOf(kntop.node('worker-1'), 'conntrack.entries') - counted))
        .toBeLessThan(500)
      expect(valueOf(kntop.node('worker-2'), 'conntrack.entries')).toBeLessThan(before + extra / 2)
      await worker.run(['conntrack', '-D', '-p', 'udp', '-d', '198.19.0.1'])
    })

    test('has CoreDNS’s own counts on the nodes of its pods, and nowhere else', async () => {
      const kntop = watchLab(lab)
      const nodes = new Set((await podsOf(lab, 'k8s-app=kube-dns', 'kube-system')).map(({ node }) => node))
      const having = (): ReadonlySet<string> =>
        new Set(lab.nodes.flatMap(({ name }) => (valueOf(kntop.node(name), 'coredns.queries') > 0 ? [name] : [])))
      await expect.poll(having).toEqual(nodes)
    })

    test('shows no figure under a name that belongs to another machine', async () => {
      const swapped = join(makeHome(), 'config')
      const [one, other] = [lab.node('worker-1').address, lab.node('worker-2').address]
      const text = readFileSync(lab.sshConfig, 'utf8')
      // As where nobody checks host keys by the right names: the machine itself has to say who it is.
      const trusting = `  UserKnownHostsFile ${swapped}-known\n  StrictHostKeyChecking accept-new\n`
      const hosts = `Host worker-1\n  HostName ${other}\n${trusting}Host worker-2\n  HostName ${one}\n${trusting}`
      writeFileSync(swapped, `${hosts}${text}`)
      const kntop = watchLab({ ...lab, sshConfig: swapped })
      await expect
        .poll(() => kntop.node('worker-1')?.link?.cause ?? '', { timeout: 30_000 })
        .toMatch(/^this is worker-2, not worker-1/)
      await expect.poll(() => kntop.node('worker-2')?.link?.cause ?? '').toMatch(/^this is worker-1, not worker-2/)
      const shown = (line: JsonSnapshot): boolean =>
        line.nodes.some((node) => node.name !== 'cp-1' && !Number.isNaN(valueOf(node, 'conntrack.entries')))
      expect(kntop.lines().filter(shown)).toEqual([])
      await expect.poll(() => valueOf(kntop.node('cp-1'), 'conntrack.entries')).toBeGreaterThan(0)
    })
  })
})
