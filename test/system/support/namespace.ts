import { onTestFinished } from 'vitest'
import { type Argv, type Running, run, start } from './command.ts'
import { namespacePrefix, prefix } from './names.ts'

/** A network namespace of its own: loopback, no rules, no connections tracked. */
export interface Namespace {
  readonly name: string
  /** What runs a program in it, to be put before the program's arguments. It becomes the program: the pid stays. */
  readonly enter: Argv
  run(argv: Argv, input?: string): Promise<string>
  start(argv: Argv, env?: NodeJS.ProcessEnv): Running
  /** The processes in it. */
  pids(): Promise<readonly number[]>
}

/** Ends everything in a namespace and removes it. */
export const removeNamespace = async (name: string): Promise<void> => {
  const pids = (await run(['ip', 'netns', 'pids', name])).split('\n').filter((pid) => pid !== '')
  for (const pid of pids) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  await run(['ip', 'netns', 'del', name])
}

/** The suite's namespaces that there are now. */
export const ownNamespaces = async (): Promise<readonly string[]> =>
  (await run(['ip', 'netns', 'list']))
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(`${prefix}-`))

/** Makes a namespace for this test. */
export const makeNamespace = async (short: string): Promise<Namespace> => {
  const name = `${namespacePrefix}-${short}`
  const enter: Argv = ['ip', 'netns', 'exec', name]
  await run(['ip', 'netns', 'add', name])
  onTestFinished(() => removeNamespace(name))
  await run([...enter, 'ip', 'link', 'set', 'lo', 'up'])
  return {
    name,
    enter,
    run: (argv, input) => run([...enter, ...argv], input),
    start: (argv, env) => start([...enter, ...argv], env),
    pids: async () => (await run(['ip', 'netns', 'pids', name])).split('\n').filter(Boolean).map(Number),
  }
}

/** What a program runs under that is to see no processes, and so no namespaces, but its own. */
export const alone: Argv = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', '--']

/** What a program runs under that is not to be root. */
export const unprivileged: Argv = ['setpriv', '--reuid=65534', '--clear-groups', '--']

/** Addresses of the two ends of a cable. */
export const ends = { near: '10.99.0.1', far: '10.99.0.2' } as const

export interface Pair {
  readonly near: Namespace
  readonly far: Namespace
}

/**
 * Two namespaces with a cable between them, `eth0` on both sides; the near one has its default route over it. No IPv6, whose
 * own chatter would count as traffic.
 */
export const makePair = async (): Promise<Pair> => {
  const near = await makeNamespace('near')
  const far = await makeNamespace('far')
  for (const { run } of [near, far]) await run(['sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'])
  await run([
    ...['ip', 'link', 'add', 'eth0', 'netns', near.name, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', far.name],
  ] as unknown as Argv)
  for (const [{ run }, address] of [[near, ends.near] as const, [far, ends.far] as const]) {
    await run(['ip', 'address', 'add', `${address}/24`, 'dev', 'eth0'])
    await run(['ip', 'link', 'set', 'eth0', 'up'])
  }
  await near.run(['ip', 'route', 'add', 'default', 'via', ends.far])
  return { near, far }
}
