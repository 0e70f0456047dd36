import { describe, expect, test, vi } from 'vitest'
import type { TallyKind } from '../../source/events/event.ts'
import { requireKernel } from './support/kernel.ts'
import { serveNames } from './support/name-server.ts'
import { ends, makePair, type Namespace } from './support/namespace.ts'
import { note } from './support/oracle.ts'
import { nameOf } from './support/processes.ts'
import { type Watched, watch } from './support/watch.ts'

/** A name server in the far namespace; the near one asks it, and is watched with the capture. */
const resolving = async () => {
  const pair = await makePair()
  const { enter, client } = await serveNames(pair)
  const watched = await watch({ enter, optIns: ['dns-capture'] })
  await watched.until('a second without lookups', (node) => node.value('dns.lookups') === 0)
  return { ...pair, watched, client }
}

const counted = ({ node }: Watched, what: TallyKind): number => {
  const tally = node().tallies.get(what)
  return (tally?.rows ?? []).reduce((sum, { count }) => sum + count, tally?.left ?? 0)
}

/** The captures that run in a namespace, by pid. */
const captures = async ({ pids }: Namespace): Promise<readonly number[]> =>
  (await pids()).filter((pid) => nameOf(pid) === 'tcpdump')

describe('captured DNS answers', () => {
  test('are counted one by one', async (context) => {
    await requireKernel(context, 'veth cables')
    const { client, watched } = await resolving()
    client.write('3000 here.kntop.test\n')
    await client.said(/^answered 3000 nxdomain 0$/)
    client.write('1000 nowhere.kntop.test\n')
    await client.said(/^answered 4000 nxdomain 1000$/)

    await watched.until('all lookups', () => watched.total('dns.lookups') >= 4000)
    await watched.until('a second without lookups', (node) => node.value('dns.lookups') === 0)
    expect(watched.total('dns.lookups')).toBe(4000)
    expect(watched.reading('dns.nxdomain_share')).toMatchObject({ value: 25, observations: 4000 })
    expect([counted(watched, 'lookup-names'), counted(watched, 'lookup-clients')]).toEqual([4000, 4000])
    expect(watched.node().tallies.get('lookup-clients')?.rows).toMatchObject([{ name: ends.near, count: 4000 }])
    await watched.until('all of them by client and name', () => counted(watched, 'lookup-pairs') === 4000)
    // Each lookup has a name of its own: most of them are in the row of all others of this client.
    const { rows: pairs = [], left } = watched.node().tallies.get('lookup-pairs') ?? {}
    expect([...new Set(pairs.map((row) => row.client))]).toEqual([ends.near])
    expect(pairs.reduce((sum, row) => sum + (row.nxdomain ?? Number.NaN), 0)).toBe(1000)
    expect(pairs.find(({ name }) => name === '')?.count).toBe(4000 - (pairs.length - 1))
    expect([left, pairs.some(({ name }) => /^\d+[.]here[.]kntop[.]test$/.test(name))]).toEqual([0, true])
    note('dns.lookups, added up', watched.total('dns.lookups'), 4000)
    note('dns.nxdomain_share of 4000 lookups', watched.node().value('dns.nxdomain_share'), 25, ' %')
  })

  test('are not taken promiscuously', async (context) => {
    await requireKernel(context, 'veth cables')
    const { near } = await resolving()
    const link = await near.run(['ip', '-d', 'link', 'show', 'eth0'])
    expect(link).toMatch(/ promiscuity 0 /)
  })

  test('are those of one capture after the other, none lost between them', async (context) => {
    await requireKernel(context, 'veth cables')
    const { client, near, watched } = await resolving()
    const inCharge = async (count: number): Promise<void> =>
      vi.waitFor(async () => expect(await captures(near)).toHaveLength(count), { timeout: 90_000, interval: 100 })
    await inCharge(1)
    const [first] = await captures(near)
    await inCharge(2)
    client.write('500 here.kntop.test\n')
    await client.said(/^answered 500 /)
    await inCharge(1)
    expect(await captures(near)).not.toEqual([first])
    client.write('500 here.kntop.test\n')
    await client.said(/^answered 1000 /)
    await watched.until('all lookups', () => watched.total('dns.lookups') >= 1000)
    await watched.until('a second without lookups', (node) => node.value('dns.lookups') === 0)
    expect(watched.total('dns.lookups')).toBe(1000)
    expect(watched.node().value('dns.lookups')).toBe(0)
  })
})
