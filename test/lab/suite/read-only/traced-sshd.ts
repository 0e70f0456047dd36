import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Deed, deedsIn } from '../../../strace/judge.ts'
import { callsIn } from '../../../strace/log.ts'
import type { LabNode } from '../../node.ts'
import { until } from '../../processes.ts'

/** Where it listens, beside the node's own. */
export const tracedPort = 2222

/** Everything that names a file, that starts a program, or that changes something by another way. */
const traced = [
  ...['%file', 'clone', 'clone3', 'fork', 'vfork', 'setns', 'unshare', 'fchmod', 'fchown', 'fsetxattr', 'fremovexattr'],
  ...['init_module', 'finit_module', 'delete_module', 'bpf', 'sethostname', 'settimeofday', 'reboot', 'kexec_load'],
]

/** Its own process is the one that is noted, and becomes strace. */
const begin = 'echo $$ >"$1"; shift; exec "$@"'

// A process that has ended by itself is what is wanted.
const end = `for file; do [ ! -e "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null || :; rm -f "$file"; done`

const pidFiles = { sshd: '/run/traced-sshd.pid', strace: '/run/traced-strace.pid' } as const

/** A second sshd of a node, and what was done by those who logged in there. */
export interface TracedSshd {
  readonly node: LabNode
  /** So far. */
  deeds(): readonly Deed[]
  stop(): Promise<void>
}

/** Starts sshd on a node under strace. The log lies on the machine, out of the node's sight. */
export const traceSshd = async (node: LabNode): Promise<TracedSshd> => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-strace-'))
  const path = join(folder, 'log')
  const log = openSync(path, 'a')
  // Not --seccomp-bpf, which is faster: it keeps sudo from becoming anybody.
  const words = ['-f', '-s', '200000', '-o', '/dev/fd/3', '-e', `trace=${traced.join(',')}`]
  const sshd = ['/usr/sbin/sshd', '-D', '-e', '-p', String(tracedPort), '-o', `PidFile=${pidFiles.sshd}`]
  const [command, ...enter] = node.enter()
  const argv = [...enter, 'sh', '-c', begin, 'sh', pidFiles.strace, 'strace', ...words, '--', ...sshd]
  const child = spawn(command, argv, { stdio: ['ignore', 'ignore', 'pipe', log], cwd: '/' })
  closeSync(log)
  let said = ''
  let isOver = false
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.on('exit', () => {
    isOver = true
  })
  const stop = async (): Promise<void> => {
    await node.run(['sh', '-c', end, 'sh', pidFiles.sshd, pidFiles.strace])
    await until(`strace ends on ${node.name}`, () => isOver)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until('sshd listens under strace', () => isOver || said.includes('Server listening'))
    if (isOver) throw new Error(`sshd does not run under strace (is that here? apt-get install strace): ${said}`)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    node,
    deeds() {
      const text = readFileSync(path, 'latin1')
      return deedsIn(callsIn(text.slice(0, text.lastIndexOf('\n') + 1)))
    },
    stop,
  }
}
