import { describe, expect, test } from 'vitest'
import type { ClientSockets, SocketGroup } from '../../source/events/sockets.ts'
import { parseSockets } from '../../source/nodes/probes/sockets/listing.ts'
import { socketsScript } from '../../source/nodes/probes/sockets/script.ts'
import { type Running, run } from './support/command.ts'
import { requireKernel } from './support/kernel.ts'
import { type Namespace, unprivileged } from './support/namespace.ts'
import { beside, note } from './support/oracle.ts'
import { makeNode, type NodeWithPods, type Pod, translate } from './support/pods.ts'
import { nodeProgram } from './support/programs.ts'
import { type Watched, watch } from './support/watch.ts'

const port = 7777
const service = '10.96.0.10 80'
const service6 = 'fd96::a 80'

const serve = async (pod: Pod): Promise<void> => {
  await pod.start(nodeProgram('echo', port)).said(/^listening/)
}

/** A client in a pod; gives it orders and waits until they are done. */
const client = async (pod: Pod, to: string): Promise<(order: string) => Promise<void>> => {
  const [address = '', at = ''] = to.split(' ')
  const program: Running = pod.start(nodeProgram('talk', address, at))
  await program.said(/^ready/)
  let told = 0
  return async (order) => {
    told += 1
    program.write(`${order} #${told}\n`)
    await program.said(new RegExp(`^done .*#${told}$`), 60_000)
  }
}

interface Socket {
  readonly peer: string
  readonly rtt: number
  readonly again: number
}

/** The established sockets of a namespace, as `ss -tin` shows them; times in microseconds. */
const byHand = async ({ run }: Namespace): Promise<readonly Socket[]> =>
  (await run(['ss', '-tinH', 'state', 'established']))
    .split(/\n(?=\S)/)
    .filter((text) => text.includes('rtt:'))
    .map((text) => ({
      peer: text.trim().split(/\s+/)[3]?.replace(/[[\]]/g, '') ?? '',
      rtt: Math.round(1000 * Number(/ rtt:([\d.]+)/.exec(text)?.[1])),
      again: Number(/ retrans:\d+\/(\d+)/.exec(text)?.[1] ?? 0),
    }))

/** Who answers by the second tuple of `conntrack -L`: how many sockets to an end each. */
const repliesByHand = async ({ namespace }: NodeWithPods, to: string, at: string): Promise<Record<string, number>> => {
  const family = to.includes(':') ? 'ipv6' : 'ipv4'
  const text = await namespace.run(['conntrack', '-L', '-f', family, '-p', 'tcp', '-d', to, '--dport', at])
  const counts: Record<string, number> = {}
  for (const line of text.split('\n').filter((one) => one.includes('ESTABLISHED'))) {
    const sources = Array.from(line.matchAll(/src=(\S+)/g), ([, source]) => source ?? '')
    const ports = Array.from(line.matchAll(/sport=(\d+)/g), ([, source]) => source ?? '')
    const key = `${sources[1]} ${ports[1]}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

const groupsOf = (watched: Watched): readonly SocketGroup[] => watched.node().sockets?.groups ?? []

const toward = (watched: Watched, to: string): readonly ClientSockets[] =>
  groupsOf(watched).flatMap((group) =>
    group.role === 'client' && `${group.to.address} ${group.to.port}` === to ? [group] : [],
  )

const answeredBy = (groups: readonly ClientSockets[]): Record<string, number> =>
  Object.fromEntries(
    groups.map(({ behind, sockets }) => [
      typeof behind === 'string' ? behind : `${behind.address} ${behind.port}`,
      sockets,
    ]),
  )

/** The most sockets, groups and questions. */
type Bounds = NonNullable<Parameters<typeof socketsScript>[1]>

/** One reading on a node, with bounds of its own. */
const listed = async ({ enter: [enter, ...words] }: NodeWithPods, most: Bounds) => {
  const { text, args } = socketsScript([], most)
  const read = parseSockets(await run([enter, ...words, 'sh', '-c', text, 'kntop', ...args]))
  if (typeof read !== 'object') throw new Error(`no listing: ${read}`)
  return read
}

const sorted = (numbers: Iterable<number>): readonly number[] => [...numbers].sort((one, other) => one - other)

describe('the sockets of a node and of its pods', () => {
  test('are those that ss shows in each namespace, answered by whom conntrack names, over both families', async (context) => {
    await requireKernel(context, 'veth cables', 'connection tracking in a namespace')
    const node = await makeNode(4)
    const [one, other, first, second] = node.pods
    if (one === undefined || other === undefined || first === undefined || second === undefined)
      throw new Error('no pods')
    await serve(first)
    await serve(second)
    await translate(node, service, `${first.address} ${port}`)
    await translate(node, service6, `${second.six} ${port}`)
    const four = [await client(one, service), await client(other, service)]
    const six = await client(one, service6)
    const direct = await client(other, `${second.address} ${port}`)
    for (const tell of [...four, six, direct]) await tell('open 3')
    const watched = await watch({ enter: node.enter })

    const { oracle, ours } = await beside(
      async () => ({
        clients: (await Promise.all([one, other].map(({ namespace }) => byHand(namespace)))).flat(),
        replies: {
          [service]: await repliesByHand(node, '10.96.0.10', '80'),
          [service6]: await repliesByHand(node, 'fd96::a', '80'),
        },
      }),
      async () => {
        await watched.sampleNow()
        return groupsOf(watched)
      },
      async () => {
        for (const tell of [...four, six, direct]) await tell('ping 20')
      },
    )
    const to = (peer: string) => sorted(oracle.clients.filter((socket) => socket.peer === peer).map(({ rtt }) => rtt))
    const seen = (target: string) => sorted(toward(watched, target).flatMap(({ roundTrips }) => [...roundTrips]))
    expect(seen(service)).toEqual(to('10.96.0.10:80'))
    expect(seen(service6)).toEqual(to('fd96::a:80'))
    expect([seen(service).length, seen(service6).length]).toEqual([6, 3])
    expect(answeredBy(toward(watched, service))).toEqual(oracle.replies[service])
    expect(answeredBy(toward(watched, service6))).toEqual(oracle.replies[service6])
    expect(answeredBy(toward(watched, `${second.address} ${port}`))).toEqual({ addressed: 3 })
    const accepted = ours.flatMap((group) => (group.role === 'server' ? [[group.at.address, group.sockets]] : []))
    expect(Object.fromEntries(accepted)).toEqual({ [first.address]: 6, [second.address]: 3, [second.six]: 3 })
    expect(watched.reading('rtt.sockets')).toMatchObject({
      ...{ kind: 'live', value: 24, scope: 'node', tier: 'sock_diag', namespaces: { read: 5, of: 5 } },
    })
    expect(watched.reading('rtt.p99')).toMatchObject({
      ...{ kind: 'missing', missing: 'no-data' },
      advice: expect.stringMatching(/^\d+ of 500 socket readings/) as unknown,
    })
    note('sockets of 5 namespaces by sock_diag', 24, 24, '')
  })

  test('say what was sent again since the last reading, not since they were opened', async (context) => {
    await requireKernel(context, 'veth cables', 'connection tracking in a namespace', 'iptables statistic match')
    const node = await makeNode(2)
    const [one, first] = node.pods
    if (one === undefined || first === undefined) throw new Error('no pods')
    await serve(first)
    await translate(node, service, `${first.address} ${port}`)
    const tell = await client(one, service)
    await tell('open 10')
    const lossy = '-p tcp --dport 7777 -m statistic --mode random --probability 0.1 -j DROP'.split(' ')
    await first.namespace.run(['iptables', '-A', 'INPUT', ...lossy])
    await tell('ping 20')
    const watched = await watch({ enter: node.enter })
    await watched.sampleNow()
    const total = async (): Promise<number> => (await byHand(one.namespace)).reduce((sum, { again }) => sum + again, 0)
    const before = await total()
    expect(before).toBeGreaterThan(0)
    await watched.sampleNow()
    expect(toward(watched, service).map(({ again }) => again)).toEqual([0])
    await tell('ping 20')
    await first.namespace.run(['iptables', '-D', 'INPUT', ...lossy])
    await tell('ping 1')
    await watched.sampleNow()
    expect(toward(watched, service).map(({ again }) => again)).toEqual([(await total()) - before])
    expect((await total()) - before).toBeGreaterThan(0)
  })

  test('are bounded: what is beyond is counted, and nobody is asked who answers it', async (context) => {
    await requireKernel(context, 'veth cables', 'connection tracking in a namespace')
    const node = await makeNode(3)
    const [one, other, first] = node.pods
    if (one === undefined || other === undefined || first === undefined) throw new Error('no pods')
    await serve(first)
    await translate(node, service, `${first.address} ${port}`)
    await (await client(one, service))('open 10')
    await (await client(other, `${first.address} ${port}`))('open 4')
    const listing = async (most: Bounds) => {
      const read = await listed(node, most)
      const groups = read.groups.map(({ role, behind, inodes }) => [role, typeof behind, inodes.length])
      return { ...read, groups }
    }
    const all = { namespaces: { read: 4, of: 4 }, told: 28, left: 0, unasked: 0 }
    expect(await listing([100, 10, 100])).toMatchObject({
      ...all,
      groups: [
        ['server', 'string', 14],
        ['client', 'object', 10],
        ['client', 'string', 4],
      ],
    })
    expect(await listing([100, 1, 100])).toMatchObject({
      ...all,
      groups: [
        ['server', 'string', 14],
        ['other', 'string', 14],
      ],
    })
    const few = await listing([100, 10, 5])
    expect(few).toMatchObject({ told: 28, left: 0 })
    expect(few.unasked).toBeGreaterThan(4)
    // Of one pod no more than a quarter is told, so that it leaves room to the others.
    const part = await listing([16, 10, 100])
    expect(part.groups.map(([, , sockets]) => sockets)).toEqual([4, 4, 4])
    expect([part.told, part.left, part.namespaces]).toEqual([12, 16, { read: 4, of: 4 }])
    const least = await listing([8, 10, 100])
    expect([least.told, least.left, least.namespaces.of]).toEqual([6, 22, 4])
  })

  test('that are too many are read by turns: each namespace has its own, and how many were read is told', async (context) => {
    await requireKernel(context, 'veth cables')
    const node = await makeNode(6)
    // In a ring: each pod has two sockets to the next one, and two from the one before.
    for (const pod of node.pods) await serve(pod)
    for (const [index, pod] of node.pods.entries()) {
      const { address = '' } = node.pods[(index + 1) % node.pods.length] ?? {}
      await (await client(pod, `${address} ${port}`))('open 2')
    }
    const seen = new Set<string>()
    const readings: (readonly [readonly string[], object])[] = []
    const readOnce = async (): Promise<readonly string[]> => {
      const { groups, namespaces, told, left } = await listed(node, [16, 20, 100])
      const addresses = groups.flatMap(({ role, end }) => (role === 'server' && end ? [end.address] : []))
      for (const address of addresses) seen.add(address)
      readings.push([addresses, { namespaces, told, left }])
      return [...seen].sort()
    }
    await expect.poll(readOnce, { timeout: 60_000 }).toEqual(node.pods.map(({ address }) => address))
    // The host has none, so that it is read at no cost; a pod may take a quarter of the room, which is all that it has here.
    for (const [addresses, counted] of readings) {
      expect(addresses).toHaveLength(4)
      expect(counted).toEqual({ namespaces: { read: 5, of: 7 }, told: 16, left: 8 })
    }
    // One that is read in part counts as read; what it has beyond that is left.
    expect(await listed(node, [18, 20, 100])).toMatchObject({ namespaces: { read: 6, of: 7 }, told: 18, left: 6 })
  })

  test('are the host’s alone for a user who is not root, and said to be', async (context) => {
    await requireKernel(context, 'veth cables')
    const node = await makeNode(1)
    const watched = await watch({ enter: [...node.enter, ...unprivileged] })
    await watched.until('a reading of sockets', (seen) => seen.reading('rtt.sockets').kind === 'live')
    expect(watched.reading('rtt.sockets')).toMatchObject({ scope: 'host', tier: 'ss' })
    expect(watched.node().sockets).toBeUndefined()
  })
})
