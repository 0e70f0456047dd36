import { appendFileSync } from 'node:fs'
import type { TestContext } from 'vitest'
import { finish } from './command.ts'
import { missingFile, prefix } from './names.ts'

/** Runs a script in a namespace that lives only for it. */
const inNamespace = (script: string): readonly string[] => [
  ...['unshare', '--net', 'sh', '-ec', `ip link set lo up\n${script}`],
]
const inMounts = (script: string): readonly string[] => ['unshare', '--mount', 'sh', '-ec', script]

/**
 * Features of a kernel that one test or another needs, each with a trial: a program that fails where it is not there. A
 * trial changes nothing outside namespaces of its own.
 */
const trials = {
  'connection tracking in a namespace': inNamespace(`
    nft add table inet t; nft 'add chain inet t c { type filter hook output priority 0; }'
    nft add rule inet t c ct state new counter; conntrack -C`),
  'a limit of tracked connections': ['sh', '-c', '[ "$(cat /proc/sys/net/netfilter/nf_conntrack_max)" -gt 0 ]'],
  'veth cables': inNamespace('ip link add left0 type veth peer name right0'),
  'the tbf queue': inNamespace('tc qdisc add dev lo root tbf rate 2mbit burst 5kb latency 400ms'),
  'iptables statistic match': inNamespace('iptables -A INPUT -m statistic --mode random --probability 0.05 -j DROP'),
  'copies of packets by nftables': inNamespace(`
    ip link add a0 type veth peer name a1
    nft 'add table netdev t'; nft 'add chain netdev t c { type filter hook ingress device a1 priority 0; }'
    nft add rule netdev t c dup to a0`),
  'pressure stall information': ['sh', '-c', 'cat /proc/pressure/cpu /proc/pressure/io /proc/pressure/memory'],
  'tracing of system calls': inMounts(`
    mount -t tracefs ${prefix} /mnt; [ -e /mnt/events/syscalls/sys_exit_fdatasync/enable ]`),
  'overlay filesystems': inMounts(`
    mount -t tmpfs ${prefix} /mnt; mkdir /mnt/a /mnt/b /mnt/c /mnt/d
    mount -t overlay ${prefix} -o lowerdir=/mnt/a,upperdir=/mnt/b,workdir=/mnt/c /mnt/d`),
  'file systems in user space': ['sh', '-c', 'grep -qw fuse /proc/filesystems && exec 3<>/dev/fuse'],
  'limits of block IO in cgroups': [
    'sh',
    '-c',
    `
    [ -e /sys/fs/cgroup/blkio/blkio.throttle.write_iops_device ] || grep -qw io /sys/fs/cgroup/cgroup.subtree_control`,
  ],
} as const satisfies Record<string, readonly string[]>

export type Feature = keyof typeof trials

const found = new Map<Feature, string | undefined>()

/** How programs put it that the kernel cannot do a thing; whatever else they say, the trial is wrong and not the kernel. */
const unable =
  /not supported|no such (file|device)|unknown (filesystem|device) type|kind is unknown|missing kernel module|couldn't load match|not permitted/i

/** Why a feature is missing; undefined where it is there. */
export const tryOut = async (feature: Feature): Promise<string | undefined> => {
  if (found.has(feature)) return found.get(feature)
  const [command, ...args] = trials[feature]
  const { status, stderr } = await finish([command, ...args])
  const words = stderr.trim().split('\n').at(-1) ?? ''
  if (status !== 0 && words !== '' && !unable.test(words))
    throw new Error(`whether the kernel has ${feature} could not be found out: ${words}`)
  const why = status === 0 ? undefined : words || 'it is not there'
  found.set(feature, why)
  return why
}

/** Leaves the test out where the kernel has not what it needs; the suite names that at its end. */
export const requireKernel = async ({ skip, task }: TestContext, ...features: readonly Feature[]): Promise<void> => {
  for (const feature of features) {
    const why = await tryOut(feature)
    if (why === undefined) continue
    appendFileSync(missingFile, `${feature} (${why}): ${task.name}\n`)
    skip(`this kernel has no ${feature}: ${why}`)
  }
}
