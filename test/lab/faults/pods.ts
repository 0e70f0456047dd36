import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Argv, run } from '../../system/support/finish.ts'
import { cgroupsMatching } from '../cgroups.ts'
import type { Lab } from '../cluster.ts'
import { net } from '../names.ts'
import type { LabNode } from '../node.ts'
import { ofNode } from './fault.ts'

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly uid: string }
    readonly spec: { readonly nodeName: string }
  }[]
}

/** Pods of a label that run, on one node or on all. */
const podsOf = async (lab: Lab, namespace: string, label: string, node?: string): Promise<PodList['items']> => {
  const fields = ['status.phase=Running', ...(node === undefined ? [] : [`spec.nodeName=${node}`])].join(',')
  const args = ['get', 'pods', `--namespace=${namespace}`, `--selector=${label}`, `--field-selector=${fields}`]
  const { items } = JSON.parse(await lab.kubectl([...args, '--output=json'])) as PodList
  if (items.length === 0) throw new Error(`no pod ${label} runs${node === undefined ? '' : ` on ${node}`}`)
  return items
}

/** The control groups of a pod's containers that run a program, with a process of each by the machine's pid. */
const containersOf = (controller: string, node: string, uid: string, program: string) =>
  cgroupsMatching(controller, node, `kubepods/**/pod${uid}/*/cgroup.procs`).flatMap((file) => {
    const [pid = ''] = readFileSync(file, 'utf8').split('\n')
    const isIts = pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').includes(program)
    return isIts ? [{ group: join(file, '..'), pid }] : []
  })

/** What runs a program of the machine in the network of a node's client pod. */
export const enterClient = async (lab: Lab, node: LabNode): Promise<Argv> => {
  const [pod] = await podsOf(lab, 'payments', 'app=client', node.name)
  const [container] = containersOf('pids', node.name, pod?.metadata.uid ?? '', 'pod call')
  if (container === undefined) throw new Error(`the client pod of ${node.name} has no process`)
  return ['nsenter', `--target=${container.pid}`, '--net', '--']
}

/** The node's end of the cable of its client pod. */
const clientPort = async (lab: Lab, node: LabNode): Promise<string> => {
  const peer = /^\d+: eth0@if(\d+):/m.exec(await run([...(await enterClient(lab, node)), 'ip', '-o', 'link']))?.[1]
  const port = new RegExp(`^${peer ?? 'none'}: ([^@]+)@`, 'm').exec(await node.run(['ip', '-o', 'link']))?.[1]
  if (port === undefined) throw new Error(`the client pod of ${node.name} has no cable`)
  return port
}

const table = 'netdev pod_loss'

export const podLoss = ofNode({
  name: 'pod-loss',
  what: 'one TCP segment in five that the client pod of the node sends is lost right outside the pod',
  usual: 'a worker',
  async on(node, lab) {
    const port = await clientPort(lab, node)
    await node.run([
      'nft',
      `add table ${table}
add chain ${table} in { type filter hook ingress device "${port}" priority 0; }
add rule ${table} in meta l4proto tcp numgen random mod 100 < 20 drop`,
    ])
  },
  // A cable that is gone has taken the table with it.
  off: async (node) => void (await node.run(['nft', `add table ${table}; delete table ${table}`])),
})

/** Microseconds of every 100 ms. */
const quota = 5000
const part = 'fault-throttled-dns'

const limitDns = async (lab: Lab, microseconds: number): Promise<void> => {
  for (const { metadata, spec } of await podsOf(lab, 'kube-system', 'k8s-app=kube-dns')) {
    const groups = containersOf('cpu', spec.nodeName, metadata.uid, 'coredns')
    if (groups.length === 0) throw new Error('CoreDNS has no process')
    for (const { group } of groups) writeFileSync(join(group, 'cpu.cfs_quota_us'), String(microseconds))
  }
}

export const throttledDns = ofNode({
  name: 'throttled-dns',
  what: 'CoreDNS gets 5 % of a CPU, and the node asks it 2,000 times a second',
  usual: 'a worker',
  async on(node, lab) {
    await limitDns(lab, quota)
    await node.start(part, ['pod', 'ask', net.dns, 'kubernetes.default.svc.cluster.local', '2000'])
  },
  async off(node, lab) {
    await node.stop(part)
    await limitDns(lab, -1)
  },
})
