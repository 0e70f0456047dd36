import { readFileSync } from 'node:fs'
import { vi } from 'vitest'
import { type Argv, type Running, run, start } from './command.ts'
import { makeNamespace, type Namespace } from './namespace.ts'

/** A pod's namespace behind a node's bridge. */
export interface Pod {
  readonly namespace: Namespace
  readonly address: string
  readonly six: string
  /** Starts a program in it that the node sees among its processes. */
  start(argv: Argv): Running
}

/** A node with pods: its own network and processes, forwarding between them, connections tracked. */
export interface NodeWithPods {
  readonly namespace: Namespace
  readonly pods: readonly Pod[]
  /** What runs a program on the node, where it sees the node's processes and no others. */
  readonly enter: Argv
}

/** The first process that a process has started. */
const childOf = (pid: number): Promise<number> =>
  vi.waitFor(() => {
    const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    if (child === '') throw new Error('no child yet')
    return Number(child)
  })

const cable = async (node: Namespace, index: number): Promise<Namespace> => {
  const pod = await makeNamespace(`pod${index}`)
  await run([
    ...['ip', 'link', 'add', 'eth0', 'netns', pod.name, 'type', 'veth'],
    ...['peer', 'name', `veth${index}`, 'netns', node.name],
  ] as unknown as Argv)
  await node.run(['ip', 'link', 'set', `veth${index}`, 'master', 'bridge', 'up'])
  await pod.run(['ip', 'address', 'add', `10.98.0.${index}/24`, 'dev', 'eth0'])
  await pod.run(['ip', '-6', 'address', 'add', `fd98::${index}/64`, 'dev', 'eth0', 'nodad'])
  await pod.run(['ip', 'link', 'set', 'eth0', 'up'])
  await pod.run(['ip', 'route', 'add', 'default', 'via', '10.98.0.254'])
  await pod.run(['ip', '-6', 'route', 'add', 'default', 'via', 'fd98::fe'])
  return pod
}

/** Makes a node with so many pods, whose services are translations in its own tables. */
export const makeNode = async (count: number): Promise<NodeWithPods> => {
  const namespace = await makeNamespace('node')
  await namespace.run([
    'sh',
    '-c',
    'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding',
  ])
  await namespace.run(['ip', 'link', 'add', 'bridge', 'type', 'bridge'])
  await namespace.run(['ip', 'address', 'add', '10.98.0.254/24', 'dev', 'bridge'])
  await namespace.run(['ip', '-6', 'address', 'add', 'fd98::fe/64', 'dev', 'bridge', 'nodad'])
  await namespace.run(['ip', 'link', 'set', 'bridge', 'up'])
  const pods: Namespace[] = []
  for (let index = 1; index <= count; index += 1) pods.push(await cable(namespace, index))
  // Its first process: as it ends so do all.
  const first = namespace.start([
    ...['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', 'echo begun; exec sleep 3600'],
  ] as unknown as Argv)
  await first.said(/^begun/)
  const pid = await childOf(first.pid)
  const within = ['nsenter', `--target=${pid}`, '--pid'] as const
  return {
    namespace,
    enter: [...within, '--mount', '--net', '--'],
    pods: pods.map((pod, index) => ({
      namespace: pod,
      address: `10.98.0.${index + 1}`,
      six: `fd98::${index + 1}`,
      start: (argv) => start([...within, '--', ...pod.enter, ...argv]),
    })),
  }
}

/** Has a cluster address answered by an end: `10.96.0.10 80` by `10.98.0.3 7777`. */
export const translate = async ({ namespace }: NodeWithPods, from: string, to: string): Promise<void> => {
  const [[address = '', port = ''], [end = '', at = '']] = [from.split(' '), to.split(' ')]
  const six = address.includes(':')
  const rule = `-A PREROUTING -d ${address} -p tcp --dport ${port} -j DNAT --to-destination`
  await namespace.run([
    six ? 'ip6tables' : 'iptables',
    '-t',
    'nat',
    ...rule.split(' '),
    `${six ? `[${end}]` : end}:${at}`,
  ])
}
