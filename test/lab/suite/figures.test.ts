import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { tryOut } from '../../system/support/kernel.ts'
import { traceSyncs } from '../../system/support/trace.ts'
import { ownProcesses } from '../cgroups.ts'
import { labName } from '../names.ts'
import { build, valueOf, watchLab } from './kntop.ts'
import { askFromPod } from './load.ts'
import * as oracle from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Milliseconds that a mean of the disk probe covers. */
const syncWindow = 5000

/** The process of the disk probe on a node, as the machine numbers it. */
const diskProbeOn = (node: string): number => {
  const pid = ownProcesses(node).find((one) => isDiskProbe(one))
  if (pid === undefined) throw new Error(`no disk probe runs on ${node}`)
  return pid
}

const isDiskProbe = (pid: number): boolean => {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  return words[0]?.endsWith('perl') === true && words.some((word) => word.includes('kntop-disk-probe'))
}

/** How far a value is from another, as a share of that. */
const off = (value: number, from: number): number => Math.abs(value - from) / from

describe('a figure of a node of the lab', () => {
  withLab((lab) => {
    test('of fdatasync is what etcd’s own page says of the same calls', async () => {
      const node = lab.node('cp-1')
      const kntop = watchLab(lab)
      const pages: { readonly at: number; readonly count: number; readonly sum: number }[] = []
      let isOver = false
      const scraping = (async () => {
        while (!isOver) pages.push({ at: Date.now(), ...(await oracle.syncs(node)) })
      })()
      onTestFinished(async () => {
        isOver = true
        await scraping
      })
      /** How far the newest reading is from the pages between which as many calls lie, taken when it was. */
      const worst = (): number => {
        const line = kntop.now()
        const reading = kntop.node(node.name)?.readings['fdatasync.mean']
        if (line === undefined || reading === undefined || 'missing' in reading) return Number.NaN
        const taken = Date.parse(line.at) - 1000 * reading.age
        const ends = pages.filter(({ at }) => Math.abs(at - taken) < 1500)
        const errors = ends.flatMap((end) =>
          pages
            .filter(({ count }) => end.count - count === reading.samples)
            .map(({ count, sum }) => off(reading.value, (1000 * (end.sum - sum)) / (end.count - count))),
        )
        return Math.min(...errors)
      }
      await expect.poll(worst, { timeout: 120_000 }).toBeLessThan(0.02)
    })

    test('of fdatasync by the disk probe is that of the same calls as the kernel traced them', async ({ skip }) => {
      const why = await tryOut('tracing of system calls')
      if (why !== undefined) skip(`this kernel has no tracing of system calls: ${why}`)
      const node = lab.node('worker-1')
      const kntop = watchLab(lab, ['--with', 'disk-probe'])
      await expect.poll(() => valueOf(kntop.node(node.name), 'fdatasync.mean')).toBeGreaterThan(0)
      const place = mkdtempSync(join(tmpdir(), 'kntop-lab-trace-'))
      onTestFinished(() => rmdirSync(place))
      const calls = await traceSyncs(diskProbeOn(node.name), { place, name: labName })
      const from = Date.now() + syncWindow
      /** Where as many calls ended in the window by the kernel's account as were counted, they are the same ones. */
      const errors = (): readonly number[] =>
        kntop.lines().flatMap((line) => {
          const reading = line.nodes.find(({ name }) => name === node.name)?.readings['fdatasync.mean']
          if (reading === undefined || 'missing' in reading) return []
          const taken = Date.parse(line.at) - 1000 * reading.age
          const within = calls()
            .filter(({ end }) => Math.abs(taken - syncWindow / 2 - (performance.timeOrigin + end)) <= syncWindow / 2)
            .map(({ took }) => took)
          return taken > from && within.length === reading.samples ? [off(reading.value, mean(within))] : []
        })
      await expect.poll(() => errors().length, { timeout: 50_000 }).toBeGreaterThanOrEqual(10)
      // One call after which the probe lost the CPU spoils the five means that hold it.
      expect(errors().toSorted((one, other) => one - other)[5]).toBeLessThan(0.1)
    })

    test('of lookups adds up to the number that was answered, on each node that asks another', async () => {
      const servers = await oracle.podsOf(lab, 'k8s-app=kube-dns', 'kube-system')
      // Where CoreDNS runs, what it is asked by its neighbours does not leave their bridge.
      const nodes = lab.nodes.filter(({ name }) => servers.every(({ node }) => node !== name))
      expect(nodes.length).toBeGreaterThan(0)
      const kntop = watchLab(lab, ['--with', 'dns-capture'])
      const rates = (name: string, from: number): readonly number[] =>
        kntop
          .lines()
          .slice(from)
          .map((line) =>
            valueOf(
              line.nodes.find((one) => one.name === name),
              'dns.lookups',
            ),
          )
      for (const node of nodes) {
        const calm = 10
        const known = (from: number): number => rates(node.name, from).filter((rate) => !Number.isNaN(rate)).length
        await expect.poll(() => known(-calm), { timeout: 60_000 }).toBe(calm)
        const usual = mean(rates(node.name, -calm))
        const from = kntop.lines().length
        const [rate, seconds] = [200, 10]
        const answered = (await askFromPod(lab, node, rate, seconds)) * seconds
        // One line a second, each of the second before: the sum of rates is the number of lookups.
        await expect.poll(() => rates(node.name, -2).every((last) => last < rate / 4)).toBe(true)
        const all = rates(node.name, from)
        const own = usual * all.length
        const seen = all.reduce((sum, one) => sum + one, 0) - own
        process.stderr.write(
          `lookups of ${node.name}: ${Math.round(seen)} of ${Math.round(answered)} that were answered\n`,
        )
        expect(off(seen, answered)).toBeLessThan(0.05 + (2 * own) / answered)
      }
    })

    test('of round-trip time lies among those of its sockets, as ss tells them', async () => {
      const kntop = watchLab(lab)
      for (const node of lab.nodes) {
        const among = async (): Promise<boolean> => {
          const p50 = valueOf(kntop.node(node.name), 'rtt.p50')
          const all = await oracle.allRtts(node)
          return p50 >= Math.min(...all) && p50 <= Math.max(...all)
        }
        await expect.poll(among, { timeout: 60_000 }).toBe(true)
      }
    })

    test('of packets that conntrack drops is what conntrack -S counts', async () => {
      const node = lab.node('worker-1')
      await lab.fault('conntrack-full', node.name, true)
      try {
        const kntop = watchLab(lab)
        const drops = (): number => valueOf(kntop.node(node.name), 'conntrack.drop')
        await expect.poll(drops, { timeout: 60_000 }).toBeGreaterThan(100)
        const apart = async (): Promise<number> => {
          const [from, began] = [kntop.lines().length, performance.now()]
          const grown = await oracle.growth(() => oracle.conntrackCounter(node, 'drop'), 8)
          const seconds = (performance.now() - began) / 1000
          const seen = kntop
            .lines()
            .slice(from)
            .map(({ nodes }) =>
              valueOf(
                nodes.find(({ name }) => name === node.name),
                'conntrack.drop',
              ),
            )
          return off(mean(seen), grown / seconds)
        }
        await expect.poll(apart, { timeout: 60_000 }).toBeLessThan(0.15)
      } finally {
        await lab.fault('conntrack-full', node.name, false)
      }
    })
  })
})
