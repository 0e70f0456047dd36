import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from './support/command.ts'
import { requireKernel } from './support/kernel.ts'
import { makePair, type Namespace } from './support/namespace.ts'
import { beside, note } from './support/oracle.ts'
import { watch } from './support/watch.ts'

const limit = Number(readFileSync('/proc/sys/net/ipv4/neigh/default/gc_thresh3', 'utf8'))

const countIn = (text: string): number => text.split('\n').filter(Boolean).length

/** Has a namespace know so many neighbours, with numbers from `from` on, of which it forgets none by itself. */
const know = async ({ run }: Namespace, from: number, count: number): Promise<void> => {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = from + index
    return `neighbour add 10.97.${number >> 8}.${number & 255} lladdr 02:00:00:00:00:09 dev eth0 nud permanent\n`
  })
  await run(['ip', '-batch', '-'], lines.join(''))
}

test('the neighbours of every namespace fill the table of the machine', async (context) => {
  await requireKernel(context, 'veth cables')
  const { near } = await makePair()
  const watched = await watch()
  /** IPv4 neighbours of the namespace and of the host, whatever their state. */
  const oracle = async (): Promise<number> =>
    countIn(await near.run(['ip', '-4', 'neighbour', 'show', 'nud', 'all'])) +
    countIn(await run(['ip', '-4', 'neighbour', 'show', 'nud', 'all']))
  const both = () =>
    beside(oracle, async () => {
      await watched.sampleNow()
      return (watched.node().value('neighbour.fill') * limit) / 100
    })

  await know(near, 0, 100)
  const from = await both()
  await know(near, 100, 200)
  const to = await both()
  // Other namespaces of the machine have neighbours too, which stay as they are.
  expect(to.oracle - from.oracle).toBe(200)
  expect(to.ours - from.ours).toBeCloseTo(200, 6)
  expect(to.ours).toBeGreaterThanOrEqual(to.oracle - 1e-6)
  note('neighbour.fill, entries', to.ours, to.oracle)
})
