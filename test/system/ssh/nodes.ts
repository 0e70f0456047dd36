import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { makeKey } from './keys.ts'
import { addressOf, attach, makeNet, type Net, type NetworkFaults, networkFaults } from './network.ts'
import { makeSpace, type NodeProcess, type OnEnd, type Space, user } from './space.ts'

export interface NodeOptions {
  /** Where it is; a bastion is in both. */
  readonly nets: readonly Net[]
  /** Lines of its sshd_config, in place of the usual ones for the same keywords. */
  readonly settings?: readonly string[]
  /** Lines at the very end: those after a `Match`. */
  readonly last?: readonly string[]
  /** The login shell of the test's user; `/bin/sh` by itself. */
  readonly shell?: string
  /** Files in the home of the test's user, by their path in it. */
  readonly home?: Readonly<Record<string, string>>
  /** Keys that log in, as paths of private ones; the suite's own by itself. */
  readonly keys?: readonly string[]
  /** Further addresses. */
  readonly addresses?: readonly string[]
  /** Further arguments of sshd. */
  readonly sshd?: readonly string[]
}

/** How often somebody came to a node, by its sshd's log. */
export interface Logins {
  readonly contacts: number
  readonly accepted: number
  /** Keys and answers that were refused. */
  readonly failed: number
}

/** A node with its own sshd. */
export interface SshNode extends Space, NetworkFaults {
  /** In the first of its networks. */
  readonly address: string
  /** In the inner network, for whoever comes over a bastion. */
  readonly nets: readonly Net[]
  readonly hostKey: string
  readonly namespace: string
  log(): string
  logins(): Logins
  /** The sshd that listens. Killed, it is started again by `start`. */
  readonly listener: { signal(name: 'KILL' | 'STOP' | 'CONT' | 'HUP'): Promise<void>; start(): Promise<void> }
  /** All sessions of sshd: those that hold a connection. */
  readonly sessions: {
    signal(name: 'KILL' | 'STOP' | 'CONT' | 'TERM'): Promise<void>
    pids(): Promise<readonly number[]>
  }
  /** What runs on it because somebody is logged in: everything but its first process, its sleep, and the listener. */
  visitors(): Promise<readonly NodeProcess[]>
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

const writeHome = async (folder: string, home: Readonly<Record<string, string>>, keys: readonly string[]) => {
  const place = join(folder, 'home', user.name)
  mkdirSync(join(place, '.ssh'), { recursive: true })
  const authorized = keys.map((key) => readFileSync(`${key}.pub`, 'utf8')).join('')
  for (const [path, text] of Object.entries({ ...home, '.ssh/authorized_keys': authorized })) {
    mkdirSync(join(place, path, '..'), { recursive: true })
    writeFileSync(join(place, path), text)
  }
}

// The first line counts for most keywords, and not for all.
const keyword = (line: string): string => line.split(' ')[0]?.toLowerCase() ?? ''

const usual = (hostKey: string): readonly string[] => [
  ...['Port 22', `HostKey ${hostKey}`, 'LogLevel VERBOSE', 'UsePAM no', 'StrictModes no', 'PidFile /run/sshd.pid'],
  'AuthorizedKeysFile /home/%u/.ssh/authorized_keys',
  ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'MaxStartups 200', 'PrintMotd no'],
]

/** Makes a node. `number` gives it its address. */
export const makeNode = async (
  { name, number, folder, key }: { name: string; number: number; folder: string; key: string },
  options: NodeOptions,
  onEnd: OnEnd,
): Promise<SshNode> => {
  const { nets, settings = [], last = [], shell = '/bin/sh', home = {}, keys = [key] } = options
  mkdirSync(folder, { recursive: true })
  const hostKey = await makeKey(folder, 'host_key')
  await writeHome(folder, home, keys)
  const isSet = (line: string): boolean => settings.some((one) => keyword(one) === keyword(line))
  const lines = [...settings, ...usual(hostKey).filter((line) => !isSet(line)), ...last]
  writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`)
  const namespace = await makeNet(name, onEnd)
  for (const [index, net] of nets.entries()) {
    const further = index === 0 ? (options.addresses ?? []) : []
    await attach(namespace, net, `eth${index}`, [addressOf(net, number), ...further], `p${number}`)
  }
  const space = await makeSpace({ name, namespace, folder, shell }, onEnd)
  const logFile = join(folder, 'log')
  writeFileSync(logFile, '')
  const log = (): string => readFileSync(logFile, 'utf8')

  const start = async (): Promise<void> => {
    const from = log().length
    const server = ['/usr/sbin/sshd', '-D', '-E', logFile, '-f', join(folder, 'sshd_config'), ...(options.sshd ?? [])]
    // Whoever started it is gone: it belongs to the first process, as on a real machine.
    await space.run(['sh', '-c', '"$@" </dev/null >/dev/null 2>&1 &', 'sh', ...server])
    await expect.poll(() => log().slice(from), { timeout: 20_000 }).toContain('Server listening')
  }
  await start()

  const listenerPid = async (): Promise<number> => Number((await space.run(['cat', '/run/sshd.pid'])).trim())
  const sessionPids = async (): Promise<readonly number[]> => {
    const listener = await listenerPid()
    const processes = await space.processes()
    return processes.filter(({ pid, command }) => command.startsWith('sshd:') && pid !== listener).map(({ pid }) => pid)
  }
  const signal = async (name: string, pids: readonly number[]): Promise<void> => {
    if (pids.length === 0) throw new Error(`${space.name} has nobody to send ${name} to`)
    const { stderr } = await space.finish(['sh', '-c', 'kill "$@"', 'sh', `-${name}`, ...pids.map(String)])
    // One that ended by itself since we looked is none that could not be reached.
    const problems = stderr.split('\n').filter((line) => line !== '' && !line.includes('No such process'))
    if (problems.length > 0) throw new Error(`${space.name}: ${problems.join('; ')}`)
  }
  const [net = 'outer'] = nets
  return {
    ...space,
    ...networkFaults(namespace, 'eth0'),
    address: addressOf(net, number),
    nets,
    hostKey,
    namespace,
    log,
    logins: () => {
      const text = log()
      return {
        contacts: count(text, /^Connection from /gm),
        accepted: count(text, /^Accepted \S+ for /gm),
        failed: count(text, /^Failed \S+ for /gm),
      }
    },
    listener: { signal: async (what) => signal(what, [await listenerPid()]), start },
    sessions: { signal: async (what) => signal(what, await sessionPids()), pids: sessionPids },
    visitors: async () =>
      (await space.processes()).filter(
        ({ pid, parent, command }) =>
          pid !== 1 && !(parent === 1 && (command === 'sleep infinity' || command.includes('[listener]'))),
      ),
  }
}
