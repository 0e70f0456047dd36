import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { expect, test } from 'vitest'
import { besideGrowth, bracket } from './support/bracket.ts'
import { start } from './support/command.ts'
import { requireKernel } from './support/kernel.ts'
import { burning } from './support/programs.ts'
import { watch } from './support/watch.ts'

const resources = ['cpu', 'io', 'memory'] as const
const metrics = resources.map((resource) => `pressure.${resource}` as const)

/** Seconds in which something waited, since boot. */
const oracle = (): readonly number[] =>
  resources.map(
    (resource) => Number(/^some .* total=(\d+)$/m.exec(readFileSync(`/proc/pressure/${resource}`, 'utf8'))?.[1]) / 1e6,
  )

test('the time in which something waits for a CPU, the disk or memory is that of /proc/pressure', async (context) => {
  await requireKernel(context, 'pressure stall information')
  const watched = await watch()
  const now = () => bracket(watched, oracle, () => metrics.map((metric) => watched.total(metric) / 100))
  const from = await now()
  // By turns, so that no second is full of it: such a one can read as 101 %, of which kntop shows 100.
  await start(burning(4, 3 * cpus().length, 5, 60)).said(/^ended/, 30_000)
  const to = await now()
  const [cpu] = besideGrowth(metrics, from, to)
  expect(cpu).toBeGreaterThan(0)
})
