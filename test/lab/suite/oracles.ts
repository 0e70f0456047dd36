import { setTimeout } from 'node:timers/promises'
import { finish } from '../../system/support/finish.ts'
import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'

/** How much a counter grows in so many seconds. */
export const growth = async (read: () => Promise<number>, seconds = 2): Promise<number> => {
  const before = await read()
  await setTimeout(seconds * 1000)
  return (await read()) - before
}

const sum = (text: string, pattern: RegExp): number =>
  Array.from(text.matchAll(pattern), ([, value]) => Number(value)).reduce((total, value) => total + value, 0)

/** Segments that a node's own sockets sent again. */
export const retransmits = async (node: LabNode): Promise<number> =>
  sum(await node.run(['nstat', '-asz', 'TcpRetransSegs']), /^TcpRetransSegs +(\d+)/gm)

/** One column of `conntrack -S`, over all CPUs. */
export const conntrackCounter = async (node: LabNode, column: string): Promise<number> =>
  sum(await node.run(['conntrack', '-S']), new RegExp(` ${column}=(\\d+)`, 'g'))

/** Round-trip times of the connections that a node's peers hold, in milliseconds. */
export const peerRtts = async (node: LabNode): Promise<readonly number[]> => {
  const text = await node.run(['ss', '-Htin', 'dport', '=', ':7400'])
  return Array.from(text.matchAll(/ rtt:([\d.]+)\//g), ([, rtt]) => Number(rtt))
}

/** One process of each network namespace of a node. */
const eachNamespace = `for p in /proc/[0-9]*; do n=$(readlink $p/ns/net) && echo "$n \${p#/proc/}"; done | sort -u -k1,1 | cut -d' ' -f2`

/** Round-trip times of all connections of a node and of its pods that are not on loopback, in milliseconds. */
export const allRtts = async (node: LabNode): Promise<readonly number[]> => {
  const filter = "state established 'not dst 127.0.0.0/8 and not dst [::1]'"
  const text = await node.run([
    'sh',
    '-c',
    `for p in $(${eachNamespace}); do nsenter -t $p -n ss -Htin ${filter}; done`,
  ])
  return Array.from(text.matchAll(/ rtt:([\d.]+)\//g), ([, rtt]) => Number(rtt))
}

const syncName = 'etcd_disk_wal_fsync_duration_seconds'

/** How many syncs of its log etcd has done, and the seconds that they took together. */
export const syncs = async (node: LabNode): Promise<{ readonly count: number; readonly sum: number }> => {
  const text = await node.run(['curl', '-sf', 'http://127.0.0.1:2381/metrics'])
  const value = (name: string): number => sum(text, new RegExp(`^${syncName}_${name} (\\S+)`, 'gm'))
  return { count: value('count'), sum: value('sum') }
}

/** What a sync of etcd's log took in the mean, in milliseconds, over some that it did from now on. */
export const meanSync = async (node: LabNode, least = 3): Promise<number> => {
  const from = await syncs(node)
  for (let attempt = 0; attempt < 100; attempt++) {
    const { count, sum } = await syncs(node)
    if (count - from.count >= least) return (1000 * (sum - from.sum)) / (count - from.count)
    await setTimeout(200)
  }
  throw new Error('etcd did not sync')
}

/** Pods of a label, by their names, with their nodes. */
export const podsOf = async (
  lab: Lab,
  label: string,
  namespace = 'payments',
): Promise<readonly { readonly name: string; readonly node: string }[]> => {
  const columns = 'jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName}{"\\n"}{end}'
  const text = await lab.kubectl([
    'get',
    'pods',
    `--namespace=${namespace}`,
    `--selector=${label}`,
    `--output=${columns}`,
  ])
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '))
    .map(([name = '', node = '']) => ({ name, node }))
}

/** Runs a program in a pod of the workloads. */
export const inPod = (lab: Lab, pod: string, ...argv: readonly string[]): Promise<string> =>
  lab.kubectl(['exec', '--namespace=payments', pod, '--', ...argv])

/** Segments that the sockets of a node's client pod sent again. */
export const podRetransmits = async (lab: Lab, node: LabNode): Promise<number> => {
  const pod = (await podsOf(lab, 'app=client')).find((each) => each.node === node.name)
  const [names = '', values = ''] = (await inPod(lab, pod?.name ?? '', 'grep', '^Tcp:', '/proc/net/snmp')).split('\n')
  return Number(values.split(' ')[names.split(' ').indexOf('RetransSegs')])
}

/** How often the groups of a node's containers had to wait for their share of the CPUs. */
export const throttled = async (node: LabNode): Promise<number> => {
  const find = 'find /sys/fs/cgroup/cpu*/kubepods -name cpu.stat -exec cat {} +'
  return sum(await node.run(['sh', '-c', find]), /^nr_throttled (\d+)/gm)
}

/** Whether somebody who logs in over SSH gets in. */
export const answersSsh = async (lab: Lab, node: LabNode): Promise<boolean> =>
  (await finish(['ssh', '-F', lab.sshConfig, '-o', 'ConnectTimeout=3', '-o', 'BatchMode=yes', node.name, 'true']))
    .status === 0
