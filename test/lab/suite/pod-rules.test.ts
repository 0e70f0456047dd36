import { describe, expect, test } from 'vitest'
import type { Address } from '../../../source/events/address.ts'
import type { ServicePlace } from '../../../source/events/look-rules.ts'
import type { RulesLook } from '../../../source/events/looks.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import { isBlind } from '../../../source/nodes/namespaces/look-kind.ts'
import { rulesLook } from '../../../source/nodes/namespaces/rules.ts'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { clean } from '../../../source/text/clean.ts'
import type { Argv } from '../../system/support/finish.ts'
import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'
import { type LabPod, lookAt, overSsh, podOf } from './looking.ts'
import { withLab } from './with-lab.ts'

interface PortJson {
  readonly name?: string
  readonly protocol: string
  readonly port: number
  readonly nodePort?: number
}

const serviceOf = async (lab: Lab, namespace: string, name: string): Promise<ServicePlace> => {
  const text = await lab.kubectl(['get', 'service', `--namespace=${namespace}`, name, '--output=json'])
  const { spec } = JSON.parse(text) as { spec: { clusterIPs: readonly Address[]; ports: readonly PortJson[] } }
  return {
    id: `${namespace}/${name}` as ServiceId,
    addresses: spec.clusterIPs,
    doors: spec.ports.map(({ name = '', protocol, port, nodePort = 0 }) => ({
      name: clean(name),
      protocol: protocol.toLowerCase() as 'tcp' | 'udp',
      port,
      nodePort,
    })),
  }
}

const rulesOn = async (node: LabNode, service: ServicePlace, uid = 0): Promise<RulesLook> => {
  const place = { kind: 'host' } as const
  const { script, marker } = lookScript(rulesLook, place, undefined, rulesLook.words?.(service))
  const text = await node.run(['sh', '-c', `uid=${uid} LC_ALL=C; export LC_ALL\n${script.text}`, 'sh', ...script.args])
  const sections = sectionsOf(text, marker)
  const footing = footingOf(sections, place, 0)
  if ('cause' in footing) return expect.fail(footing.cause)
  const look = rulesLook.read({ service, footing, sections, place, cut: false }, undefined)
  return isBlind(look) ? expect.fail(look.cause) : look
}

/** Ready endpoints with their ports, as kubectl tells of them. */
const endpointsOf = async (lab: Lab, namespace: string, name: string): Promise<readonly string[]> => {
  const label = `--selector=kubernetes.io/service-name=${name}`
  const text = await lab.kubectl(['get', 'endpointslices', `--namespace=${namespace}`, label, '--output=json'])
  const { items } = JSON.parse(text) as {
    items: readonly {
      endpoints: readonly { addresses: readonly string[]; conditions: { ready: boolean } }[]
      ports: readonly { port: number }[]
    }[]
  }
  return items.flatMap(({ endpoints, ports }) =>
    endpoints
      .filter(({ conditions }) => conditions.ready)
      .flatMap(({ addresses }) => ports.map(({ port }) => `${addresses[0]} ${port}`)),
  )
}

/** What must not change by looking: legacy tables that there are, and all rules but for their counters. */
const tablesOf = (node: LabNode): Promise<string> =>
  node.run([
    'sh',
    '-c',
    'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null; nft -s list ruleset | sed "s/counter packets [0-9]* bytes [0-9]*//"',
  ])

const insideOf = ({ pid }: LabPod): Argv => ['nsenter', '-t', pid, '-n', '--']

const isChain = (line: string): boolean => line.startsWith('-A ')

describe("a service's rules on a real node", () => {
  withLab((lab) => {
    test.for([
      ['payments', 'shop'],
      ['payments', 'shop-outside'],
      ['kube-system', 'kube-dns'],
    ] as const)('%s/%s: lead to what is ready, and are what iptables and nft print', async ([namespace, name]) => {
      const service = await serviceOf(lab, namespace, name)
      for (const node of lab.nodes) {
        const before = await tablesOf(node)
        const look = await rulesOn(node, service)
        expect(await tablesOf(node)).toBe(before)
        const wanted = await endpointsOf(lab, namespace, name)
        const found = look.backends.map(({ address, port }) => `${address} ${port}`)
        expect(new Set(found)).toEqual(new Set(wanted))
        expect(look.unlisted).toBe(0)
        let compared = 0
        for (const command of look.byHand.filter((line) => line.includes('tables'))) {
          const chain = command.split(' ').at(-1) ?? ''
          const family = command.startsWith('ip6') ? 6 : 4
          const byHand = (await node.run(['sh', '-c', command])).split('\n').filter(isChain)
          const own = look.rules.filter((rule) => rule.chain === chain && rule.family === family)
          expect(own.map(({ text }) => text)).toEqual(byHand)
          compared += 1
        }
        for (const command of look.byHand.filter((line) => line.startsWith('nft list chain '))) {
          const [, , , family, , chain = ''] = command.split(' ')
          const byHand = await node.run(['sh', '-c', command])
          const own = look.rules.filter((rule) => rule.chain === chain && rule.family === (family === 'ip6' ? 6 : 4))
          expect(own.length).toBeGreaterThan(0)
          for (const { text } of own) expect(byHand).toContain(`\t\t${text}\n`)
          compared += 1
        }
        // All chains of which there are rules: one for each endpoint, and the one that leads there.
        const chains = new Set(look.rules.map(({ family, chain }) => `${family} ${chain}`))
        expect(compared).toBeGreaterThanOrEqual(chains.size)
        expect(compared).toBeGreaterThan(wanted.length)
      }
    })

    test('are not told to who is not root, and what to run is', async () => {
      const { node } = await podOf(lab, 'shop')
      const look = await rulesOn(node, await serviceOf(lab, 'payments', 'shop'), 65_534)
      expect(look).toMatchObject({ way: 'none', lacks: [{ what: 'the rules of this service' }] })
      expect(look.byHand.length).toBeGreaterThan(0)
    })
  })
})

describe('the path of a real pod', () => {
  withLab((lab) => {
    test('begins with its own cable', async () => {
      const pod = await podOf(lab, 'client')
      const look = await lookAt(pod, 'path', overSsh(lab, pod.node))
      const [link] = JSON.parse(
        await pod.node.run([...insideOf(pod), 'ip', '-j', 'link', 'show', 'dev', 'eth0']),
      ) as readonly {
        readonly link_index: number
      }[]
      const host = JSON.parse(await pod.node.run(['ip', '-j', 'link'])) as readonly {
        readonly ifindex: number
        readonly ifname: string
        readonly master?: string
      }[]
      const cable = host.find(({ ifindex }) => ifindex === link?.link_index)
      expect(look).toMatchObject({
        inside: { name: 'eth0' },
        outside: { name: cable?.ifname },
        bridge: { name: cable?.master },
      })
      expect(look.tcp?.sent).toBeGreaterThan(0)
    })

    // Its connections are held, and asked on every second.
    test('names whom it talks to as ss does', async () => {
      const pod = await podOf(lab, 'ledger')
      const byHand = async (): Promise<readonly string[]> => {
        const text = await pod.node.run([...insideOf(pod), 'ss', '-tnH', 'state', 'established', 'dport', '=', ':7500'])
        const ends = Array.from(text.matchAll(/ (\S+):7500 *$/gm), ([, address = '']) =>
          address.replace(/^\[(?:::ffff:)?|\]$/g, ''),
        )
        return [...new Set(ends)].toSorted()
      }
      const before = await byHand()
      const { partners } = await lookAt(pod, 'path', overSsh(lab, pod.node))
      const held = partners.filter(({ port, sockets, over, opening }) => port === 7500 && sockets > opening + over)
      expect(held.length).toBeGreaterThan(0)
      expect(await byHand()).toEqual(before)
      expect(held.map(({ address }) => address).toSorted()).toEqual(before)
      for (const { rtt } of held) expect(rtt).toBeGreaterThan(0)
    })

    test("has no cable where the pod is on its node's network", async () => {
      const pod = await podOf(lab, 'peers')
      const look = await lookAt(pod, 'path', overSsh(lab, pod.node))
      expect(look.footing.isHost).toBe(true)
      expect([look.inside, look.outside, look.bridge]).toEqual([undefined, undefined, undefined])
      expect(look.partners.length).toBeGreaterThan(0)
    })
  })
})
