import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { besideGrowth, bracket } from './support/bracket.ts'
import { makeBurst } from './support/burst.ts'
import { start } from './support/command.ts'
import { requireKernel } from './support/kernel.ts'
import { burning } from './support/programs.ts'
import { type Watched, watch } from './support/watch.ts'

/** The `cpu` line and the lines of each CPU: user, nice, system, idle, iowait, irq, softirq, steal. */
const cpuLines = (): readonly (readonly number[])[] =>
  readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('cpu'))
    .map((line) => line.trim().split(/\s+/).slice(1, 9).map(Number))

const [idle, iowait, softirq, steal] = [3, 4, 6, 7]

/** Jiffies that a column has grown to; `busy`: all but idle and iowait. */
const columns = {
  'cpu.busy': (line) =>
    line.reduce((sum, value, column) => (column === idle || column === iowait ? sum : sum + value), 0),
  'cpu.softirq': (line) => line[softirq] ?? Number.NaN,
  'cpu.steal': (line) => line[steal] ?? Number.NaN,
} as const satisfies Partial<Record<MetricId, (line: readonly number[]) => number>>

const metrics = Object.keys(columns) as (keyof typeof columns)[]

const oracle = (): readonly number[] => metrics.map((metric) => columns[metric](cpuLines()[0] ?? []))

/** Jiffies that the shares of a metric stand for. */
const jiffies = (watched: Watched, metric: MetricId): number =>
  watched.taken(metric).reduce((sum, { value, observations }) => sum + (value / 100) * observations, 0)

const now = (watched: Watched) => bracket(watched, oracle, () => metrics.map((metric) => jiffies(watched, metric)))

/** The growth of soft interrupts of each CPU. */
const softirqs = (): readonly number[] =>
  cpuLines()
    .slice(1)
    .map((line) => line[softirq] ?? Number.NaN)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('the time of the CPUs', () => {
  test('goes where /proc/stat says, and a busy loop is in it', async () => {
    const watched = await watch()
    const from = await now(watched)
    const [, used] = await start(burning(3, 1, 1000, 0)).said(/^ended, used (\d+) ms/, 30_000)
    const to = await now(watched)
    const [busy = Number.NaN] = besideGrowth(metrics, from, to)
    // Both are cut to whole ticks.
    expect(busy).toBeGreaterThan(Number(used) / 10 - 2)
    expect(Number(used)).toBeGreaterThan(100)
    const isReported = cpuLines()[0]?.[steal] !== 0
    expect(watched.reading('cpu.steal')).toMatchObject(
      isReported ? { kind: 'live', tier: 'proc' } : { kind: 'missing', missing: 'not-applicable' },
    )
  })

  test('in soft interrupts: of all, and of the CPU that has most of it', async (context) => {
    await requireKernel(context, 'veth cables', 'copies of packets by nftables')
    const burst = await makeBurst()
    const watched = await watch()
    const from = await now(watched)
    const [outer, most] = [softirqs(), jiffies(watched, 'cpu.softirq_max')]
    await burst.send(5)
    const inner = softirqs()
    const to = await now(watched)
    const grown = besideGrowth(metrics, from, to)[metrics.indexOf('cpu.softirq')] ?? Number.NaN
    expect(grown).toBeGreaterThan(0)
    // Second by second the busiest CPU has at least what the busiest of the whole time has, and at most what all have.
    const busiest = jiffies(watched, 'cpu.softirq_max') - most
    expect(busiest).toBeGreaterThanOrEqual(Math.max(...inner.map((value, cpu) => value - (outer[cpu] ?? 0))) - 1e-3)
    expect(busiest).toBeLessThanOrEqual(sum(softirqs()) - sum(outer) + 1e-3)
  })
})
