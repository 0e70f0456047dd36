import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeBurst } from './support/burst.ts'
import { requireKernel } from './support/kernel.ts'
import { beside, note } from './support/oracle.ts'
import { watch } from './support/watch.ts'

const metrics = ['softnet.drops', 'softnet.squeezes'] as const

/** Packets dropped and turns cut short, of all CPUs: columns 2 and 3. */
const oracle = (): readonly number[] => {
  const rows = readFileSync('/proc/net/softnet_stat', 'utf8').trimEnd().split('\n')
  return metrics.map((_, index) =>
    rows.reduce((sum, row) => sum + Number.parseInt(row.split(' ')[index + 1] ?? '', 16), 0),
  )
}

test('packets that find no room before the protocol stack, and turns that are cut short, are counted exactly', async (context) => {
  await requireKernel(context, 'veth cables', 'copies of packets by nftables')
  const burst = await makeBurst()
  const watched = await watch()
  const both = () =>
    beside(
      () => Promise.resolve(oracle()),
      async () => {
        await watched.nextFrame()
        return metrics.map(watched.total)
      },
    )
  const from = await both()
  await burst.send(5)
  const to = await both()
  metrics.forEach((metric, index) => {
    const [ours, theirs] = [to.ours, to.oracle].map(
      (values, side) => (values[index] ?? Number.NaN) - ([from.ours, from.oracle][side]?.[index] ?? Number.NaN),
    )
    note(`${metric}, added up`, ours ?? Number.NaN, theirs ?? Number.NaN)
    expect(theirs, metric).toBeGreaterThan(0)
    expect(ours, metric).toBeCloseTo(theirs ?? Number.NaN, 3)
  })
})
