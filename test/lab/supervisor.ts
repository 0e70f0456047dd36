import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { type Argv, run } from '../system/support/finish.ts'
import { enterCgroups, makeCgroups } from './cgroups.ts'
import { folder, labName } from './names.ts'
import { labInit, until } from './processes.ts'

/**
 * The first process of the lab. Its mounts and the names of its networks are its own, so they end with it, and with it ends
 * every process of the lab. Until it is told to stay it ends with whoever made it.
 */
const init = `
mount -t tmpfs -o mode=755 ${labName} /run
mkdir /run/netns
echo there
read -r word || exit 1
echo stays
exec </dev/null >/dev/null 2>&1
sleep infinity &
while :; do wait; sleep infinity & done`

export interface Supervisor {
  /** Killed, it takes everything with it. */
  readonly pid: number
  /** From now on the lab stays when we end. */
  release(): Promise<void>
}

/** Starts what holds the lab up. */
export const startSupervisor = async (): Promise<Supervisor> => {
  makeCgroups()
  const own = ['unshare', '--pid', '--mount', '--propagation', 'private', '--fork', '--kill-child', '--mount-proc']
  const child = spawn('sh', ['-ec', `${enterCgroups()}; exec "$@"`, 'sh', ...own, 'sh', '-ec', init, labName], {
    // Nothing of ours is held open by what stays.
    stdio: ['pipe', 'pipe', openSync(join(folder, 'supervisor.log'), 'a')],
    cwd: '/',
    detached: true,
  })
  const { pid, stdin, stdout } = child
  if (pid === undefined || stdin === null || stdout === null) throw new Error('unshare could not be started')
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('the first process of the lab ended at once')))
  await Promise.race([once(stdout, 'data'), failed])
  await until('the first process of the lab', labInit)
  failed.catch(() => undefined)
  return {
    pid,
    async release() {
      stdin.end('stay\n')
      await Promise.race([once(stdout, 'data'), failed])
      stdout.destroy()
      child.unref()
    },
  }
}

/** What runs a program among the lab's own processes, where its networks have names. */
export const enterLab = (): Argv => {
  const pid = labInit()
  if (pid === undefined) throw new Error('no lab is up; start one with: npm run lab -- up')
  return ['nsenter', `--target=${pid}`, '--mount', '--pid', '--']
}

export const runInLab = (...argv: Argv): Promise<string> => run([...enterLab(), ...argv])

/** Starts a program that belongs to the lab's first process, in a group of control groups; its output goes to a file. */
export const startInLab = async (group: string, log: string, ...argv: Argv): Promise<void> => {
  const script = `${enterCgroups(group)}; log=$1; shift; "$@" </dev/null >>"$log" 2>&1 &`
  await runInLab('sh', '-ec', script, 'sh', log, ...argv)
}
