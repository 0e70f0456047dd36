import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Argv, type Finished, finish, run } from '../support/command.ts'
import { prefix } from '../support/names.ts'

/** Whoever makes something says how it is removed. `onTestFinished`, or a list of a suite of its own. */
export type OnEnd = (end: () => void | Promise<void>) => void

/** A process of a node, as its own `ps` shows it: pids are those inside. */
export interface NodeProcess {
  readonly pid: number
  readonly parent: number
  readonly state: string
  readonly user: string
  readonly command: string
}

/** A machine of its own as far as its programs see: network, processes, mounts, users and name. */
export interface Space {
  readonly name: string
  /** Its files; also seen from inside, under the same path. */
  readonly folder: string
  /** What runs a program inside. A process of ours waits for it outside. */
  readonly enter: Argv
  run(argv: Argv, input?: string): Promise<string>
  finish(argv: Argv): Promise<Finished>
  /** Everything that runs inside, by pid, but for who asks. */
  processes(): Promise<readonly NodeProcess[]>
}

/** Who logs in. No user of the machine itself is touched. */
export const user = { name: 'karin', id: 4242 } as const

/**
 * The first process of a node: its own users, home and /run, and then nothing but to be there, and to bury whom nobody else
 * does. With it ends everything on the node.
 */
const init = `
mount --bind "$2/passwd" /etc/passwd
mount --bind "$2/group" /etc/group
mount --bind "$2/shadow" /etc/shadow
mount -t tmpfs -o mode=755 ${prefix} /run
mkdir /run/sshd
mount --bind "$2/home" /home
hostname "$1"
sleep infinity </dev/null &
echo ready
while :; do wait; sleep infinity </dev/null & done`

const writeUsers = (folder: string, shell: string): void => {
  const home = join(folder, 'home', user.name)
  mkdirSync(home, { recursive: true })
  writeFileSync(
    join(folder, 'passwd'),
    `root:x:0:0:root:/root:/bin/sh\nsshd:x:901:65534::/run/sshd:/usr/sbin/nologin
${user.name}:x:${user.id}:${user.id}::/home/${user.name}:${shell}\nnobody:x:65534:65534::/:/usr/sbin/nologin\n`,
  )
  writeFileSync(join(folder, 'group'), `root:x:0:\n${user.name}:x:${user.id}:\nnogroup:x:65534:\n`)
  // A star is no password and yet no locked account.
  writeFileSync(join(folder, 'shadow'), `root:*:1::::::\n${user.name}:*:1::::::\n`, { mode: 0o600 })
}

const ready = async (child: ChildProcess, name: string): Promise<number> => {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const over = once(child, 'exit')
  const out = child.stdout
  if (child.pid === undefined || out === null) throw new Error(`${name} could not be made`)
  await Promise.race([once(out, 'data'), over])
  if (child.exitCode !== null) throw new Error(`${name} ended: ${errors}`)
  return child.pid
}

const processOf = (line: string): readonly NodeProcess[] => {
  const [, pid, parent, state, owner, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
  if (command === undefined || owner === undefined || state === undefined) return []
  return [{ pid: Number(pid), parent: Number(parent), state: state.charAt(0), user: owner, command }]
}

/** Makes a node inside a network namespace that is there. `shell`: what its user gets at login. */
export const makeSpace = async (
  { name, namespace, folder, shell }: { name: string; namespace: string; folder: string; shell: string },
  onEnd: OnEnd,
): Promise<Space> => {
  writeUsers(folder, shell)
  await run(['chown', '-R', `${user.id}:${user.id}`, join(folder, 'home', user.name)])
  const kinds = ['--mount', '--pid', '--uts', '--fork', '--kill-child', '--mount-proc']
  const child = spawn('ip', ['netns', 'exec', namespace, 'unshare', ...kinds, 'sh', '-ec', init, 'sh', name, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
  })
  onEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  const outside = await ready(child, name)
  const of = `/proc/${outside}/ns`
  const enter: Argv = [
    ...(['nsenter', `--net=/run/netns/${namespace}`, `--mount=${of}/mnt`, `--uts=${of}/uts`] as const),
    `--pid=${of}/pid_for_children`,
  ]
  return {
    name,
    folder,
    enter,
    run: (argv, input) => run([...enter, ...argv], input),
    finish: (argv) => finish([...enter, ...argv]),
    async processes() {
      const ps: Argv = ['ps', '-ww', '-eo', 'pid=,ppid=,stat=,user=,args=']
      const text = await run([...enter, ...ps])
      return text
        .split('\n')
        .flatMap(processOf)
        .filter(({ command }) => command !== ps.join(' '))
    },
  }
}
