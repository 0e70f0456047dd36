import { describe, expect, test } from 'vitest'
import type { Argv } from '../../system/support/finish.ts'
import { type LabPod, lookAt, overSsh, podOf } from './looking.ts'
import { compareRules, rulesOn, serviceOf, services } from './service-rules.ts'
import { withLab } from './with-lab.ts'

const insideOf = ({ pid }: LabPod): Argv => ['nsenter', '-t', pid, '-n', '--']

describe("a service's rules on a real node", () => {
  withLab((lab) => {
    test.for(services)('%s/%s: lead to what is ready, and are what iptables and nft print', async (service) => {
      for (const node of lab.nodes) expect(await compareRules(lab, node, service)).toMatch(/^iptables-(?:nft|legacy)$/)
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
