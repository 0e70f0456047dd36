import { existsSync, globSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeCgroups } from './cgroup.ts'
import { run } from './command.ts'
import { folder, prefix } from './names.ts'
import { ownNamespaces, removeNamespace } from './namespace.ts'
import { removeSudoer } from './sudoer.ts'

const lock = join(folder, 'pid')

/** The run that uses this machine now, by its pid; undefined where there is none, or it was killed. */
export const runningSuite = (): number | undefined => {
  if (!existsSync(lock)) return undefined
  const pid = Number(readFileSync(lock, 'utf8'))
  return pid !== process.pid && existsSync(`/proc/${pid}`) ? pid : undefined
}

/** Mount points inside our folder, the innermost first: what is mounted there is not ours to delete. */
const ownMounts = (): readonly string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${folder}/`))
    .toReversed()

/** Removes what the suite makes: of this run, or of one that was killed. */
export const removeLeftovers = async (): Promise<void> => {
  for (const name of await ownNamespaces()) await removeNamespace(name)
  for (const path of ownMounts()) {
    const instance = join(path, 'instances', prefix)
    if (existsSync(instance)) rmdirSync(instance)
    await run(['umount', path])
  }
  removeCgroups()
  await removeSudoer()
  for (const path of globSync(join(folder, '*'))) if (path !== lock) rmSync(path, { recursive: true, force: true })
}
