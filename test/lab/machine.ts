import { finish, run } from '../system/support/finish.ts'
import { hierarchies } from './cgroups.ts'
import { net } from './names.ts'

/** Programs that the lab starts, by the Debian package that has them. */
const tools = {
  iproute2: ['ip', 'ss', 'tc', 'bridge', 'nstat'],
  iptables: ['iptables'],
  nftables: ['nft'],
  conntrack: ['conntrack'],
  'dnsmasq-base': ['dnsmasq'],
  runc: ['/usr/sbin/runc'],
  'containernetworking-plugins': ['/usr/lib/cni/bridge', '/usr/lib/cni/host-local', '/usr/lib/cni/portmap'],
  openssl: ['openssl'],
  'openssh-server': ['/usr/sbin/sshd'],
  'openssh-client': ['ssh', 'ssh-keygen'],
  busybox: ['/usr/bin/busybox'],
  curl: ['curl'],
  mount: ['mount'],
  'util-linux': ['unshare', 'nsenter'],
  tar: ['tar'],
} as const satisfies Record<string, readonly string[]>

const isThere = async (program: string): Promise<boolean> =>
  (await finish(['sh', '-c', 'command -v "$1"', 'sh', program])).status === 0

/** Rejects, with what to type, if programs that the lab needs are not here. */
export const checkTools = async (): Promise<void> => {
  if (process.geteuid?.() !== 0) throw new Error('the lab needs root: run it with sudo')
  hierarchies()
  const missing: string[] = []
  for (const [name, programs] of Object.entries(tools))
    for (const program of programs) if (!(await isThere(program)) && !missing.includes(name)) missing.push(name)
  if (missing.length > 0)
    throw new Error(
      `the lab needs programs that are not here: apt-get install -y --no-install-recommends ${missing.join(' ')}`,
    )
  if (!(await isThere('go')))
    throw new Error('the lab builds its parts with Go 1.26 or later, which is not here: see go.dev/doc/install')
}

/** Rejects, with what to type, if this machine cannot hold a lab. */
export const checkMachine = async (): Promise<void> => {
  await checkTools()
  const taken = await run(['ip', '-o', 'address', 'show', 'to', net.nodes])
  if (taken !== '')
    throw new Error(`the addresses of the lab, ${net.nodes}, are taken on this machine: ${taken.trim()}`)
}
