import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Argv, type Running, start } from '../support/command.ts'
import { folder as suiteFolder } from '../support/names.ts'
import { makeKey, publicKey } from './keys.ts'
import { addresses, attach, makeNet, makeSwitch, namespaceOf } from './network.ts'
import { makeNode, type NodeOptions, type SshNode } from './nodes.ts'
import { type OnEnd, user } from './space.ts'

export interface ConfigOptions {
  /** Lines for one host, by its name in the configuration; they stand first, so that they count. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>
  /** Lines before everything, for all hosts. */
  readonly first?: readonly string[]
  /** Whose host keys are not in the user's known_hosts. */
  readonly unknown?: readonly string[]
  /** Of whom another key stands there. */
  readonly changed?: readonly string[]
}

/** Machines of one test: a client, and nodes that it may reach. */
export interface Lab {
  readonly folder: string
  /** The key that logs in everywhere. */
  readonly key: string
  readonly nodes: readonly SshNode[]
  /** Makes a node. Without options: in the outer network, as Debian has its sshd. */
  node(name: string, options?: Partial<NodeOptions>): Promise<SshNode>
  /** A node in both networks, through which those of the inner one are reached. */
  bastion(name?: string, options?: Partial<NodeOptions>): Promise<SshNode>
  /** Writes an ssh configuration for all nodes made so far, and the known_hosts beside it; gives back its path. */
  configure(options?: ConfigOptions): string
  /** What runs a program on the client, and becomes it. */
  readonly enter: Argv
  /** What /etc/resolv.conf of the client says, for programs started from now on. */
  resolver(text: string): void
  /** What /etc/hosts of the client says. */
  hosts(text: string): void
  /** A name server that knows these names, all of the domain `lab`, at `addresses.names`, for clients started from now on. */
  serveNames(names: Readonly<Record<string, string>>): Promise<Running>
}

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join('')

/** Makes the networks and the client. One lab at a time: it has the names of its machines for itself. */
export const makeLab = async (onEnd: OnEnd = onTestFinished): Promise<Lab> => {
  const folder = mkdtempSync(join(suiteFolder, 'lab-'))
  mkdirSync(join(folder, 'nodes'))
  const key = await makeKey(folder, 'key')
  await makeSwitch('outer', onEnd)
  const client = await makeNet('client', onEnd)
  await attach(client, 'outer', 'eth0', [addresses.client], 'client')
  const nodes: SshNode[] = []
  const bastions: string[] = []
  let hasInner = false
  let numbers = 0
  writeFileSync(join(folder, 'resolv.conf'), '')
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n')
  const mounts = 'for f in resolv.conf hosts; do mount --bind "$1/$f" "/etc/$f"; done; shift; exec "$@"'
  const enter: Argv = [
    ...(['ip', 'netns', 'exec', client, 'unshare', '--mount', 'sh', '-ec', mounts, 'sh'] as const),
    folder,
  ]

  const node = async (name: string, options: Partial<NodeOptions> = {}): Promise<SshNode> => {
    const nets = options.nets ?? ['outer']
    if (nets.includes('inner') && !hasInner) {
      hasInner = true
      await makeSwitch('inner', onEnd)
    }
    numbers += 1
    const made = await makeNode(
      { name, number: numbers, folder: join(folder, 'nodes', name), key },
      { ...options, nets },
      onEnd,
    )
    nodes.push(made)
    return made
  }

  const linesOf = ({ name, address, nets }: SshNode): readonly string[] => {
    const [bastion] = bastions
    const isBehind = !nets.includes('outer') && bastion !== undefined
    return [`HostName ${address}`, `HostKeyAlias ${name}`, ...(isBehind ? [`ProxyJump ${bastion}`] : [])]
  }

  return {
    folder,
    key,
    nodes,
    enter,
    node,
    async bastion(name = 'bastion', options = {}) {
      bastions.push(name)
      return node(name, { nets: ['outer', 'inner'], ...options })
    },
    configure({ hosts = {}, first = [], unknown = [], changed = [] } = {}) {
      const path = join(folder, 'ssh_config')
      const known = nodes
        .filter(({ name }) => !unknown.includes(name))
        .map(({ name, hostKey }) => `${name} ${publicKey(changed.includes(name) ? key : hostKey)}\n`)
      writeFileSync(join(folder, 'known_hosts'), known.join(''))
      const named = nodes.map((one) => `Host ${one.name}\n${indented([...(hosts[one.name] ?? []), ...linesOf(one)])}`)
      const others = Object.entries(hosts)
        .filter(([name]) => !nodes.some((one) => one.name === name))
        .map(([name, lines]) => `Host ${name}\n${indented(lines)}`)
      const all = [
        ...[`User ${user.name}`, `IdentityFile ${key}`, 'IdentitiesOnly yes', 'IdentityAgent none'],
        `UserKnownHostsFile ${folder}/known_hosts`,
      ]
      writeFileSync(path, `${first.join('\n')}\n${named.join('')}${others.join('')}Host *\n${indented(all)}`)
      return path
    },
    resolver: (text) => writeFileSync(join(folder, 'resolv.conf'), text),
    hosts: (text) => writeFileSync(join(folder, 'hosts'), text),
    async serveNames(names) {
      writeFileSync(join(folder, 'resolv.conf'), `nameserver ${addresses.names}\noptions timeout:1\n`)
      const known = Object.entries(names).map(([name, address]) => `--host-record=${name},${address}`)
      const server = start([
        ...(['ip', 'netns', 'exec', namespaceOf('outer'), 'dnsmasq', '--keep-in-foreground'] as const),
        ...['--conf-file=/dev/null', '--user=root', '--pid-file=', '--no-resolv', '--no-hosts', '--log-facility=-'],
        ...['--bind-interfaces', `--listen-address=${addresses.names}`, '--local=/lab/', ...known],
      ])
      return server
    },
  }
}
