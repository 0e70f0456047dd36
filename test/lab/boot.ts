import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hierarchies, makeCgroups, mountedAs, removeCgroups } from './cgroups.ts'
import { labName } from './names.ts'
import { makeNodeNetwork } from './network.ts'
import { nodeFolder, shielded } from './node-files.ts'
import { nodeInit, until } from './processes.ts'
import type { NodePlan } from './state.ts'
import { startInLab } from './supervisor.ts'

const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--cgroup', '--fork', '--mount-proc', '--kill-child'] as const

const controllers = (): string =>
  hierarchies()
    .map(
      (each) => `mkdir /sys/fs/cgroup/${mountedAs(each)}
mount -t cgroup -o ${each.options} cgroup /sys/fs/cgroup/${mountedAs(each)}`,
    )
    .join('\n')

/** The first process of a node: makes it look as a machine does, and then buries whom nobody else does. */
const init = (): string => `
name=$1 own=$2 programs=$3
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 ${labName} /sys/fs/cgroup
${controllers()}
mount --bind "$programs" /usr/local/bin
for place in etc root; do mount --bind "$own/$place" "/$place"; done
mount --bind "$own/var-lib" /var/lib
mount --bind "$own/var-log" /var/log
mount --bind /var/lib/kubelet /var/lib/kubelet
mount --make-rshared /var/lib/kubelet
mount -t tmpfs -o mode=755 ${labName} /run
mkdir /run/sshd /run/lock /run/netns /run/parts
mount -t tmpfs -o mode=1777 ${labName} /tmp
${Object.keys(shielded)
  .map((name) => `mount --bind "$own/shield/${name}" /proc/sys/${name}`)
  .join('\n')}
hostname "$name"
cd /proc/sys/net
echo 1 >ipv4/ip_forward
echo 1 >ipv6/conf/all/forwarding
for file in bridge/bridge-nf-call-iptables bridge/bridge-nf-call-ip6tables; do
  # Without them the answers of a service's pod on the same node would go past the translation.
  echo 1 >"$file"
done
cd /
: >"$own/booted"
sleep infinity &
while :; do wait; sleep infinity & done`

/** Starts a node without any of its parts. Settles when it is there. */
export const bootNode = async (node: NodePlan, all: readonly NodePlan[], programs: string): Promise<void> => {
  const own = nodeFolder(node.name)
  const log = join(own, 'boot.log')
  const script = join(own, 'init')
  rmSync(join(own, 'booted'), { force: true })
  writeFileSync(script, init())
  // A kubelet would wait for the containers of groups that it finds, as there are none on a machine that starts.
  await removeCgroups(node.name)
  makeCgroups(node.name)
  await makeNodeNetwork(node, all)
  await startInLab(
    node.name,
    log,
    ...(['nsenter', `--net=/run/netns/${node.name}`, 'unshare', ...namespaces] as const),
    ...['sh', '-e', script, node.name, own, programs],
  )
  await until(
    `node ${node.name} boots; see ${log}`,
    () => existsSync(join(own, 'booted')) && nodeInit(node.name),
    10_000,
  )
}
