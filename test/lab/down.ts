import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { finish, run } from '../system/support/finish.ts'
import { ownCgroups, ownProcesses, removeCgroups } from './cgroups.ts'
import { folder, labName } from './names.ts'
import { endProcesses, until } from './processes.ts'

const link = async (): Promise<boolean> => (await finish(['ip', 'link', 'show', labName])).status === 0

const mounts = (): readonly string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(labName))

const kinds = ['mnt', 'net', 'pid', 'uts', 'ipc', 'cgroup'] as const

const namespacesOf = (pid: number | 'self'): readonly string[] =>
  kinds.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)]
    } catch (error) {
      // It has ended meanwhile, or is none of ours: into the machine's first process not even root may look everywhere.
      if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
      throw error
    }
  })

/** Since when a process runs, in ticks of the machine's start: proc_pid_stat(5). NaN: it has ended. */
const startOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return Number.NaN
    throw error
  }
}

/** Now, in the same ticks: a hundredth of a second each on every Linux that Node runs on. */
const ticks = (): number => 100 * Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])

/** The namespaces of a lab, and when they were looked at. */
interface Owned {
  readonly names: ReadonlySet<string>
  readonly at: number
}

const nothingOwned: Owned = { names: new Set(), at: 0 }

/**
 * Whether a namespace is another one that only has the number of one of the lab: the kernel gives numbers away again. All that
 * is in it began later then.
 */
const isReused = (name: string, { at }: Owned): boolean => {
  const within = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && namespacesOf(pid).includes(name))
  return within.length > 0 && within.every((pid) => !(startOf(pid) < at))
}

/** Namespaces that processes of the lab have and we do not. */
const ownNamespaces = (): Owned => {
  const ours = new Set(namespacesOf('self'))
  const names = ownProcesses()
    .flatMap(namespacesOf)
    .filter((name) => !ours.has(name))
  return { names: new Set(names), at: ticks() }
}

const remaining = async (owned: Owned): Promise<readonly string[]> => {
  const known = (await run(['lsns', '--noheadings', '--raw', '--output=TYPE,NS'])).split('\n')
  const left = known
    .map((line) => line.replace(/ (\d+)$/, ':[$1]'))
    .filter((name) => owned.names.has(name) && !isReused(name, owned))
  return left.map((name) => `namespace ${name}`)
}

/** What of a lab is on this machine, a line each; none: nothing is left. */
export const leftovers = async (namespaces: Owned = nothingOwned): Promise<readonly string[]> => [
  ...ownProcesses().map((pid) => `process ${pid}`),
  ...(await remaining(namespaces)),
  ...((await link()) ? [`link ${labName}`] : []),
  ...mounts().map((line) => `mount ${line}`),
  ...ownCgroups().map((group) => `cgroup ${group}`),
  ...(existsSync(folder) ? [`folder ${folder}`] : []),
]

/** Milliseconds that the kernel has to take namespaces apart, on a busy machine too. */
const patience = 60_000

/** Removes everything of a lab that is up, half up, or was killed; rejects if something stays. The cache stays. */
export const takeDown = async (say: (text: string) => void): Promise<void> => {
  const [processes, groups, namespaces] = [ownProcesses(), ownCgroups(), ownNamespaces()]
  await endProcesses()
  await removeCgroups()
  // The kernel takes networks apart after their last process has ended.
  await until('the link of the lab goes with its network', async () => !(await link()), patience)
  rmSync(folder, { recursive: true, force: true })
  const left = await until(
    'nothing of the lab is left',
    async () => {
      const found = await leftovers(namespaces)
      return found.length === 0 ? found : undefined
    },
    patience,
  ).catch(() => leftovers(namespaces))
  if (left.length > 0) throw new Error(`left of the lab:\n  ${left.join('\n  ')}`)
  say(`ended ${processes.length} processes in ${namespaces.names.size} namespaces, removed ${groups.length} cgroups`)
  say('nothing is left: no process, namespace, link, mount, cgroup or file but the cache')
}
