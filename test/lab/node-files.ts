import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { folder, net } from './names.ts'
import type { NodePlan } from './state.ts'

export const nodeFolder = (name: string): string => join(folder, 'nodes', name)

/** What of the machine's /etc a node has as well: what programs need to run, and no secret. */
const shared = [
  ...['alternatives', 'bash.bashrc', 'debian_version', 'environment', 'ethertypes', 'gai.conf', 'group', 'host.conf'],
  ...['inputrc', 'iproute2', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'login.defs', 'networks'],
  ...[
    'nsswitch.conf',
    'os-release',
    'pam.d',
    'passwd',
    'profile',
    'protocols',
    'rpc',
    'security',
    'services',
    'shells',
  ],
  ...['ssh/moduli', 'sudo.conf', 'sudoers', 'terminfo', 'timezone'],
]

/** Sysctls of the whole machine that a kubelet sets at its start, and what it wants them to be. */
export const shielded: Readonly<Record<string, string>> = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
}

export const write = (path: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

/** Everybody's password is none. */
const shadow = (): string => readFileSync('/etc/passwd', 'utf8').replaceAll(/^([^:\n]+):.*$/gm, '$1:*:1::::::')

/** Makes the files that are a node's own. `key`: the public key that logs in as root. */
export const writeNodeFiles = (node: NodePlan, all: readonly NodePlan[], key: string): void => {
  const own = nodeFolder(node.name)
  for (const name of shared) {
    const from = join('/etc', name)
    if (existsSync(from)) cpSync(from, join(own, 'etc', name), { recursive: true, verbatimSymlinks: true })
  }
  const hosts = all.map(({ address, address6, name }) => `${address} ${name}\n${address6} ${name}\n`)
  const settings = [
    ...['HostKey /etc/ssh/ssh_host_ed25519_key', 'LogLevel VERBOSE', 'UsePAM no', 'StrictModes no'],
    ...['PidFile /run/sshd.pid', 'PermitRootLogin prohibit-password', 'PasswordAuthentication no'],
    ...['KbdInteractiveAuthentication no', 'MaxStartups 200', 'PrintMotd no', 'UseDNS no'],
  ]
  write(join(own, 'etc/shadow'), shadow(), 0o600)
  write(join(own, 'etc/hostname'), `${node.name}\n`)
  write(join(own, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`, 0o444)
  write(join(own, 'etc/hosts'), `127.0.0.1 localhost\n::1 localhost\n${hosts.join('')}`)
  write(join(own, 'etc/resolv.conf'), `nameserver ${net.gateway}\n`)
  write(join(own, 'etc/ssh/sshd_config'), `${settings.join('\n')}\n`)
  write(join(own, 'root/.ssh/authorized_keys'), key, 0o600)
  for (const place of ['var-lib/kubelet', 'var-lib/containerd', 'var-lib/etcd', 'var-log/parts'])
    mkdirSync(join(own, place), { recursive: true })
  for (const [name, value] of Object.entries(shielded)) write(join(own, 'shield', name), `${value}\n`)
}
