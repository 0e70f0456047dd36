import { net } from '../names.ts'
import { atSwitch, forward, portOf } from '../network.ts'
import type { NodePlan } from '../state.ts'
import { ofNode } from './fault.ts'

const part = 'fault-slow-link'
const shape = ['rate', '3mbit', 'burst', '5kb', 'latency', '400ms'] as const

export const slowLink = ofNode({
  name: 'slow-link',
  what: 'the uplink sends 3 Mbit/s, and a program keeps its queue standing',
  usual: 'a worker',
  async on(node) {
    await node.run(['tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', ...shape])
    await node.start(part, ['pod', 'flood', `${net.gateway}:9`])
  },
  async off(node) {
    await node.stop(part)
    await node.run(['tc', 'qdisc', 'delete', 'dev', 'eth0', 'root'])
  },
})

const tableOf = (node: NodePlan): string => `netdev loss_${portOf(node)}`

export const loss = ofNode({
  name: 'loss',
  what: 'one packet in ten that the node sends is lost beyond its uplink',
  usual: 'a worker',
  async on(node) {
    const table = tableOf(node)
    await atSwitch(
      'nft',
      `add table ${table}
add chain ${table} in { type filter hook ingress device ${portOf(node)} priority 0; }
add rule ${table} in numgen random mod 100 < 10 drop`,
    )
  },
  off: async (node) => void (await atSwitch('nft', `add table ${tableOf(node)}; delete table ${tableOf(node)}`)),
})

export const blackHole = ofNode({
  name: 'black-hole',
  what: 'whatever the node sends or is sent vanishes, and its cable stays plugged in',
  usual: 'a worker',
  on: (node) => forward(node, false),
  off: (node) => forward(node, true),
})
