import { describe, expect, test, vi } from 'vitest'
import type { PodPlace } from '../../../source/events/inquiry.ts'
import type { FlowGroups } from '../../../source/events/looks.ts'
import type { PodId } from '../../../source/events/names.ts'
import { conntrackLook } from '../../../source/nodes/namespaces/conntrack.ts'
import { resolverLook } from '../../../source/nodes/namespaces/resolver.ts'
import { socketsLook } from '../../../source/nodes/namespaces/sockets.ts'
import { stackLook } from '../../../source/nodes/namespaces/stack.ts'
import { clean } from '../../../source/text/clean.ts'
import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'
import { lookBy } from './looking.ts'
import { inPod, podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

interface Found {
  readonly place: PodPlace
  readonly node: LabNode
  readonly name: string
}

/** A pod of the workloads, as the API server names it. */
const podOf = async (lab: Lab, label: string): Promise<Found> => {
  const [{ name, node } = { name: '', node: '' }] = await podsOf(lab, label)
  const pod = JSON.parse(await lab.kubectl(['get', 'pod', '--namespace=payments', name, '--output=json']))
  const containers: readonly string[] = pod.status.containerStatuses.map(
    ({ containerID }: { readonly containerID: string }) => containerID.replace('containerd://', ''),
  )
  const place = {
    kind: 'pod',
    id: `payments/${name}` as PodId,
    uid: clean(pod.metadata.uid),
    containers: containers.map((id) => clean(id)),
    hostNetwork: pod.spec.hostNetwork === true,
  } as const
  return { place, node: lab.node(node), name }
}

const words = (text: string, keyword: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${keyword} `))
    .flatMap((line) => line.split(' ').slice(1))

/** What `conntrack -L` prints by these commands: how many entries there are of each protocol, ends and port. */
const trackedByHand = async (node: LabNode, commands: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const all = new Map<string, number>()
  const text = await node.run(['sh', '-c', commands.join('; ')])
  for (const line of text.split('\n').filter((each) => each.includes('src='))) {
    const ends = Array.from(line.matchAll(/(?:src|dst)=(\S+)/g), ([, address]) => address)
    const key = [/^\S+/.exec(line)?.[0], ...ends, /dport=(\d+)/.exec(line)?.[1]].join(' ')
    all.set(key, (all.get(key) ?? 0) + 1)
  }
  return all
}

const tracked = (flows: FlowGroups | undefined): ReadonlyMap<string, number> => {
  const all = new Map<string, number>()
  for (const { protocol, source, destination, answerer, answered, port, count } of flows?.groups ?? []) {
    const key = [protocol, source, destination, answerer, answered, port].join(' ')
    all.set(key, (all.get(key) ?? 0) + count)
  }
  return all
}

/** What is not between two listings, the one before and the one after. */
const outside = (
  seen: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly string[] =>
  [...new Set([...seen.keys(), ...before.keys(), ...after.keys()])].filter((key) => {
    const [one, other, between] = [before.get(key) ?? 0, after.get(key) ?? 0, seen.get(key) ?? 0]
    return between < Math.min(one, other) || between > Math.max(one, other)
  })

const countersBy = async (node: LabNode, command = ''): Promise<ReadonlyMap<string, number>> => {
  const text = await node.run(['sh', '-c', command])
  return new Map(Array.from(text.matchAll(/^(\w+) +(\d+) /gm), ([, name = '', value]) => [name, Number(value)]))
}

describe('a look into a real pod', () => {
  withLab((lab) => {
    test.for(['app=client', 'app=peers', 'app=shop'])(
      'of %s finds the resolv.conf that containerd wrote for it',
      async (label) => {
        const pod = await podOf(lab, label)
        const look = await lookBy(resolverLook, pod)
        const byHand = await inPod(lab, pod.name, 'cat', '/etc/resolv.conf')
        expect(look).toMatchObject({
          file: expect.stringMatching(/\/io\.containerd\.grpc\.v1\.cri\/sandboxes\/[0-9a-f]{64}\/resolv\.conf$/),
          servers: words(byHand, 'nameserver'),
          searches: words(byHand, 'search'),
          options: words(byHand, 'options'),
        })
        expect(look.servers).not.toEqual([])
        expect(await pod.node.run(['sh', '-c', look.byHand.join('')])).toBe(byHand)
      },
    )

    test('tells who listens in a pod, and which process that is', async () => {
      const pod = await podOf(lab, 'app=shop')
      const { sockets, footing } = await lookBy(socketsLook, pod)
      const byHand = await pod.node.run(['nsenter', '-t', String(footing.pid), '-n', 'ss', '-tlnHp'])
      const listening = sockets.filter(({ state }) => state === 'LISTEN')
      expect(listening.map(({ localPort }) => `:${localPort}`)).toEqual(
        Array.from(byHand.matchAll(/^LISTEN +\d+ +\d+ +\S+(:\d+) /gm), ([, port]) => port),
      )
      const holders = Array.from(byHand.matchAll(/users:\(\("([^"]+)",pid=(\d+)/g), ([, name, pid]) => `${name} ${pid}`)
      expect(listening.map(({ process }) => process)).toEqual(holders)
      expect(holders.length).toBeGreaterThan(0)
    })

    test("tells the sockets that a node's peers hold, where the pod is on the node's own network", async () => {
      const pod = await podOf(lab, 'app=peers')
      // What other tests have closed on this node waits for a minute, and who holds sockets is told of a few hundred.
      const total = async (): Promise<number> => (await lookBy(socketsLook, pod)).total
      await expect.poll(total, { timeout: 120_000, interval: 1000 }).toBeLessThan(500)
      const { sockets, footing } = await lookBy(socketsLook, pod)
      const byHand = await pod.node.run(['ss', '-tnH', 'state', 'established', 'dport', '=', ':7400'])
      const ports = Array.from(byHand.matchAll(/:(\d+) +\S+:7400/g), ([, port]) => Number(port))
      const held = sockets.filter(({ peerPort, state }) => peerPort === 7400 && state === 'ESTAB')
      expect(footing.isHost).toBe(true)
      expect(new Set(held.map(({ localPort }) => localPort))).toEqual(new Set(ports))
      expect(held.length).toBeGreaterThan(0)
      expect(held.every(({ rtt, process }) => rtt !== undefined && process !== undefined)).toBe(true)
    })

    // Connections come and go meanwhile: what is seen lies between what two listings by hand say, or is looked at again.
    test.for(['app=client', 'app=shop', 'app=peers', 'app=meshed'])(
      'of %s has the tracked connections that conntrack -L shows by hand, as client and as backend',
      async (label) => {
        const pod = await podOf(lab, label)
        await vi.waitFor(
          async () => {
            const { byHand } = await lookBy(conntrackLook, pod)
            const of = (word: string) => byHand.filter((line) => line.includes(word))
            const hands = async () => ({
              client: await trackedByHand(pod.node, of(' -s ')),
              backend: await trackedByHand(pod.node, of(' -r ')),
              own: await trackedByHand(pod.node, of('nsenter ')),
            })
            const before = await hands()
            const { flows, own, lacks } = await lookBy(conntrackLook, pod)
            const after = await hands()
            expect(outside(tracked(flows?.client), before.client, after.client)).toEqual([])
            expect(outside(tracked(flows?.backend), before.backend, after.backend)).toEqual([])
            expect(outside(tracked(own?.flows), before.own, after.own)).toEqual([])
            expect(before.client.size + before.backend.size + before.own.size).toBeGreaterThan(0)
            expect(lacks).toEqual([])
          },
          { timeout: 60_000, interval: 300 },
        )
      },
    )

    test('of one that translates addresses itself has a table of its own, and of one on the network of its node none', async () => {
      const pod = await podOf(lab, 'app=meshed')
      const look = await lookBy(conntrackLook, pod)
      expect(look.own?.entries).toBeGreaterThan(0)
      // Only the port is another one: what the pod sends to 81 goes to 8080.
      expect(look.own?.flows?.groups.some(({ destination, port }) => destination === '127.0.0.1' && port === 81)).toBe(
        true,
      )
      expect(await lookBy(conntrackLook, await podOf(lab, 'app=peers'))).not.toHaveProperty('own')
    })

    test.for(['app=client', 'app=peers', 'app=meshed'])('of %s counts what nstat counts there', async (label) => {
      const pod = await podOf(lab, label)
      const [byHand] = (await lookBy(stackLook, pod)).byHand
      const before = await countersBy(pod.node, byHand)
      const { counters, lacks } = await lookBy(stackLook, pod)
      const after = await countersBy(pod.node, byHand)
      const counted = new Map(counters.map(({ name, value }) => [name as string, value]))
      expect(before.size).toBeGreaterThan(100)
      const outside = [...before].filter(([name, least]) => {
        const value = counted.get(name) ?? Number.NaN
        return !(value >= least && value <= (after.get(name) ?? Number.NaN))
      })
      expect(outside).toEqual([])
      expect(counted.get('IpInReceives')).toBeGreaterThan(0)
      expect(lacks).toEqual([])
    })
  })
})
