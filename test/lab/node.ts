import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Argv, type Finished, finish, run } from '../system/support/finish.ts'
import { nodeFolder } from './node-files.ts'
import { nodeInit } from './processes.ts'
import type { NodePlan } from './state.ts'

/** A node of the lab that runs. Paths are those on the node unless it is said. */
export interface LabNode extends NodePlan {
  /** Its own files, as the machine sees them. */
  readonly folder: string
  /** Its first process by the machine's pid; undefined if it is dead. */
  init(): number | undefined
  /** What runs a program on it, to be put before the program's arguments. */
  enter(): Argv
  run(argv: Argv, input?: string): Promise<string>
  finish(argv: Argv, input?: string): Promise<Finished>
  /** Starts a program that stays, under a name that is free. */
  start(part: string, argv: Argv): Promise<void>
  /** Sends a signal to a program that was started. */
  signal(part: string, name: 'KILL' | 'TERM' | 'STOP' | 'CONT'): Promise<void>
  /** Kills a program that was started; settles when it is gone. One that does not run is left at that. */
  stop(part: string): Promise<void>
  /** R, S, T and so on as the kernel has it; undefined if it does not run. */
  state(part: string): Promise<string | undefined>
  /** What a program that was started has printed. */
  log(part: string): string
}

const move = 'for group in /sys/fs/cgroup/*/cgroup.procs; do echo 0 >"$group"; done'

// The shell that starts it is gone at once: it belongs to the node's first process, as a service does.
const launch = `${move}
part=$1; shift
if [ -e "/run/parts/$part" ] && kill -0 "$(cat "/run/parts/$part")" 2>/dev/null; then echo "$part runs already" >&2; exit 1; fi
"$@" </dev/null >>"/var/log/parts/$part" 2>&1 &
echo $! >"/run/parts/$part"`

const stateOf = `pid=$(cat "/run/parts/$1" 2>/dev/null) || exit 0
sed -n 's/^State:[[:space:]]*\\(.\\).*/\\1/p' "/proc/$pid/status" 2>/dev/null || :`

const stop = `file=/run/parts/$1
[ -e "$file" ] || exit 0
while kill -KILL "$(cat "$file")" 2>/dev/null; do sleep 0.02; done
rm "$file"`

export const nodeOf = (plan: NodePlan): LabNode => {
  const { name } = plan
  const enter = (): Argv => {
    const pid = nodeInit(name)
    if (pid === undefined) throw new Error(`${name} does not run`)
    const way = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--'] as const
    return ['nsenter', `--target=${pid}`, ...way, 'sh', '-c', `${move}; exec "$@"`, 'sh']
  }
  const runHere = (argv: Argv, input?: string): Promise<string> => run([...enter(), ...argv], input)
  return {
    ...plan,
    folder: nodeFolder(name),
    init: () => nodeInit(name),
    enter,
    run: runHere,
    finish: (argv, input) => finish([...enter(), ...argv], input),
    start: async (part, argv) => void (await runHere(['sh', '-ec', launch, 'sh', part, ...argv])),
    signal: async (part, what) =>
      void (await runHere(['sh', '-ec', 'kill "-$1" "$(cat "/run/parts/$2")"', 'sh', what, part])),
    stop: async (part) => void (await runHere(['sh', '-ec', stop, 'sh', part])),
    async state(part) {
      const found = (await runHere(['sh', '-c', stateOf, 'sh', part])).trim()
      return found === '' || found === 'Z' ? undefined : found
    },
    log(part) {
      const path = join(nodeFolder(name), 'var-log/parts', part)
      return existsSync(path) ? readFileSync(path, 'utf8') : ''
    },
  }
}
