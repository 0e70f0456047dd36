import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
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
      // It has ended meanwhile.
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
      throw error
    }
  })

/** Namespaces that processes of the lab have and we do not. */
const ownNamespaces = (): ReadonlySet<string> => {
  const ours = new Set(namespacesOf('self'))
  return new Set(
    ownProcesses()
      .flatMap(namespacesOf)
      .filter((name) => !ours.has(name)),
  )
}

const remaining = async (namespaces: ReadonlySet<string>): Promise<readonly string[]> => {
  const known = (await run(['lsns', '--noheadings', '--raw', '--output=TYPE,NS'])).split('\n')
  const left = known.filter((line) => namespaces.has(line.replace(/ (\d+)$/, ':[$1]')))
  return left.map((line) => `namespace ${line}`)
}

/** What of a lab is on this machine, a line each; none: nothing is left. */
export const leftovers = async (namespaces: ReadonlySet<string> = new Set()): Promise<readonly string[]> => [
  ...ownProcesses().map((pid) => `process ${pid}`),
  ...(await remaining(namespaces)),
  ...((await link()) ? [`link ${labName}`] : []),
  ...mounts().map((line) => `mount ${line}`),
  ...ownCgroups().map((group) => `cgroup ${group}`),
  ...(existsSync(folder) ? [`folder ${folder}`] : []),
]

/** Removes everything of a lab that is up, half up, or was killed; rejects if something stays. The cache stays. */
export const takeDown = async (say: (text: string) => void): Promise<void> => {
  const [processes, groups, namespaces] = [ownProcesses(), ownCgroups(), ownNamespaces()]
  await endProcesses()
  await removeCgroups()
  // The kernel takes networks apart after their last process has ended.
  await until('the link of the lab goes with its network', async () => !(await link()), 20_000)
  rmSync(folder, { recursive: true, force: true })
  const left = await until(
    'nothing of the lab is left',
    async () => {
      const found = await leftovers(namespaces)
      return found.length === 0 ? found : undefined
    },
    10_000,
  ).catch(() => leftovers(namespaces))
  if (left.length > 0) throw new Error(`left of the lab:\n  ${left.join('\n  ')}`)
  say(`ended ${processes.length} processes in ${namespaces.size} namespaces, removed ${groups.length} cgroups`)
  say('nothing is left: no process, namespace, link, mount, cgroup or file but the cache')
}
