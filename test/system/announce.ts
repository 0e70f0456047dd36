import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { finish, run } from './support/command.ts'
import { removeLeftovers, runningSuite } from './support/leftovers.ts'
import { builtFolder, folder, measuredFile, missingFile, prefix } from './support/names.ts'
import { makeUser, sudoerName, sudoersFile } from './support/sudoer.ts'

/** Programs that the suite starts, by the Debian package that has them. */
const tools = {
  iproute2: ['ip', 'ss', 'tc', 'nstat'],
  iptables: ['iptables'],
  nftables: ['nft'],
  conntrack: ['conntrack'],
  tcpdump: ['tcpdump'],
  'dnsmasq-base': ['dnsmasq'],
  'etcd-server': ['etcd'],
  curl: ['curl'],
  'util-linux': ['unshare', 'setpriv'],
  'openssh-server': ['/usr/sbin/sshd'],
  'openssh-client': ['ssh', 'ssh-keygen', 'ssh-agent'],
  csh: ['csh'],
  fish: ['fish'],
  zsh: ['zsh'],
  sudo: ['sudo', 'visudo'],
  passwd: ['useradd', 'userdel'],
  procps: ['pkill'],
  mount: ['mount'],
  coreutils: ['timeout'],
  'perl-base': ['perl'],
} as const satisfies Record<string, readonly string[]>

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const announcement = `
The system tests of kntop run as root, and change for as long as they run:
  network namespaces ${prefix}-*, with rules, queues and full tables inside them
  nodes in namespaces of their own, each with an sshd that only the tests reach
  files in ${folder}
  a user ${sudoerName} without login, and its few rights in ${sudoersFile}
  a cgroup ${prefix} that slows one process of theirs down, or stands for a pod; a trace of one process of theirs
  BPF maps as Cilium has them, pinned in a mount that only the test has
  200 datagrams to the discard port of the default gateway
  a load of all CPUs for some seconds, which ends by itself, and bursts of packets inside a namespace
No sysctl is written but inside those namespaces. All of it is removed at the end; after a run that was killed, at the
start of the next.`

const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []

/** What cannot be found, as something to type; undefined where all is there. */
const missingTools = async (): Promise<string | undefined> => {
  const packages: string[] = []
  for (const [name, programs] of Object.entries(tools))
    for (const program of programs) {
      const { status } = await finish(['sh', '-c', 'command -v "$1"', 'sh', program])
      if (status !== 0 && !packages.includes(name)) packages.push(name)
    }
  return packages.length === 0 ? undefined : `apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/** Builds the program into a folder that looks as the published package does. */
const build = async (): Promise<void> => {
  const root = resolve(import.meta.dirname, '../..')
  mkdirSync(join(builtFolder, 'bin'), { recursive: true })
  for (const file of ['package.json', 'bin/kntop.js']) copyFileSync(join(root, file), join(builtFolder, file))
  await run([process.execPath, join(root, 'scripts/build.ts'), join(builtFolder, 'dist')])
}

// Vitest tears down what was never set up, too: then everything there may belong to another run.
let isOurs = false

export const setup = async (): Promise<void> => {
  say(announcement)
  if (process.geteuid?.() !== 0) throw new Error('the system tests need root: run them with sudo')
  const other = runningSuite()
  if (other !== undefined) throw new Error(`the system tests run on this machine already, as process ${other}`)
  const command = await missingTools()
  if (command !== undefined) throw new Error(`the system tests need programs that are not here: ${command}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'pid'), String(process.pid))
  isOurs = true
  await removeLeftovers()
  await makeUser()
  await build()
}

export const teardown = async (): Promise<void> => {
  if (!isOurs) return
  const [measured, missing] = [linesOf(measuredFile), linesOf(missingFile)]
  await removeLeftovers()
  rmSync(folder, { recursive: true, force: true })
  if (measured.length > 0) say(['\nFigures of kntop beside their oracles:', ...measured].join('\n  '))
  if (missing.length === 0) return say('\nThe kernel had every feature that the system tests need.')
  const heading = `\nKernel features that were found missing, and the ${missing.length} tests left out for it:`
  say([heading, ...missing].join('\n  '))
}
