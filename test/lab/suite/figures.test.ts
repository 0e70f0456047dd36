import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { build, valueOf, watchLab } from './kntop.ts'
import * as oracle from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

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
