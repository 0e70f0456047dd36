import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Connection } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { openSampler, type Sampler } from '../../../source/nodes/sampler/session.ts'

// Another user's process, and to be another user: only root can make either.
const isRoot = process.getuid?.() === 0
const other = 4242

let folder = ''
let connection: Connection
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-sessions-'))
  chmodSync(folder, 0o755)
  // A process is called as its file is.
  for (const [program, name] of [
    ['sleep', 'sshd-session'],
    ['sleep', 'sleeper'],
    ['dash', 'sshd-login'],
  ] as const)
    copyFileSync(realpathSync(`/bin/${program}`), join(folder, name))
  connection = await connectLocal()
})
afterEach(async () => {
  connection.close()
  await connection.closed
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

const asUser = (uid: number, argv: readonly string[]): readonly [string, ...string[]] =>
  uid === process.getuid?.()
    ? (argv as readonly [string, ...string[]])
    : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...argv]

/** A process that sleeps under this name, and `PID:START` as a greeting has it. */
const sleeping = async (name: string, uid = process.getuid?.() ?? 0) => {
  const [command, ...args] = asUser(uid, [join(folder, name), '60'])
  const child = spawn(command, args, { stdio: 'ignore' })
  children.push(child)
  await once(child, 'spawn')
  const nameNow = (): string => readFileSync(`/proc/${child.pid}/comm`, 'utf8').trim()
  await expect.poll(nameNow).toBe(name)
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1')
  const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  return { child, session: `${child.pid}:${start}`, start }
}

/** A sampler below a process that is called as sshd's are. */
const below = async (stale: readonly string[], uid = process.getuid?.() ?? 0): Promise<Sampler> => {
  const login = [join(folder, 'sshd-login'), '-c', '"$0" "$@"; exit $?', 'sh']
  return openSampler({
    connection,
    takes: [],
    onFrame: () => undefined,
    signal: new AbortController().signal,
    stale,
    shell: asUser(uid, login),
  })
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

describe('the greeting', () => {
  test('names sshd’s process of this session', async () => {
    const { hello } = await below([])
    const [pid = '', start] = hello.session.split(':')
    expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('sshd-login\n')
    expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(` ${start} `)
  })

  test('names none where there is none', async () => {
    const sampler = await openSampler({
      connection,
      takes: [],
      onFrame: () => undefined,
      signal: new AbortController().signal,
    })
    expect(sampler.hello.session).toBe('')
  })
})

describe('a session of ours that a cut link left', () => {
  test('is ended, and several are', async () => {
    const [one, two] = [await sleeping('sshd-session'), await sleeping('sshd-session')]
    await below([one.session, two.session])
    await expect.poll(() => [hasEnded(one.child), hasEnded(two.child)]).toEqual([true, true])
  })

  test('is not this very one', async () => {
    const login = 's=$(cut -d " " -f 22 "/proc/$$/stat"); sed -u "s/@self@/$$:$s/" | "$0" "$@"; exit $?'
    const sampler = await openSampler({
      connection,
      takes: [],
      onFrame: () => undefined,
      signal: new AbortController().signal,
      stale: ['@self@'],
      shell: [join(folder, 'sshd-login'), '-c', login, 'sh'],
    })
    const [pid = ''] = sampler.hello.session.split(':')
    expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('sshd-login\n')
  })
})

/** Greets only when everything before it has run. */
const survives = async (
  stale: readonly string[],
  child: ChildProcess,
  uid = process.getuid?.() ?? 0,
): Promise<void> => {
  await below(stale, uid)
  // One that may be ended, ended after it: by then the first would have.
  const last = await sleeping('sshd-session', uid)
  await below([last.session], uid)
  await expect.poll(() => hasEnded(last.child)).toBe(true)
  expect(hasEnded(child)).toBe(false)
}

describe('left alone is', () => {
  test('a process that only has the same number: it was started at another time', async () => {
    const { child, start } = await sleeping('sshd-session')
    await survives([`${child.pid}:${start - 1}`, `${child.pid}:`, `${child.pid}`], child)
  })

  test('a process that is not sshd’s', async () => {
    const { child, session } = await sleeping('sleeper')
    await survives([session], child)
  })

  test.skipIf(!isRoot)('another user’s session, by root too', async () => {
    const { child, session } = await sleeping('sshd-session', other)
    await survives([session], child)
  })

  test.skipIf(!isRoot)('root’s, by another user, who ends their own', async () => {
    const { child, session } = await sleeping('sshd-session', 0)
    await survives([session], child, other)
  })

  test('a process that got the number, whose name is a pattern for files after the end of a name: nothing is looked for', async () => {
    const name = String.raw`open(my $c, ">", "/proc/self/comm") or die; syswrite $c, "a) /*/*/*/*/*\nb" or die; close $c; sleep 60`
    const child = spawn('perl', ['-e', name], { stdio: 'ignore' })
    children.push(child)
    const nameNow = (): string => readFileSync(`/proc/${child.pid}/comm`, 'utf8')
    await expect.poll(nameNow).toBe('a) /*/*/*/*/*\nb\n')
    const before = performance.now()
    await below([`${child.pid}:7`])
    // All files five folders deep are some hundred thousand.
    expect(performance.now() - before).toBeLessThan(4000)
    expect(hasEnded(child)).toBe(false)
  })

  test('everybody, where what is listed is no process at all', async () => {
    const { child } = await sleeping('sshd-session')
    await survives(['1:1', '0:0', '-1:7', '99999999:1', '*:*', '$(id):1'], child)
  })
})
