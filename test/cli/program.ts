import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { onTestFinished, vi } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** The program, built into a folder of its own. */
export interface Built {
  readonly folder: string
  readonly entry: string
  remove(): void
}

/** Lays `bin` into a fresh folder, and beside it what `npm run build` makes, unless it is to be missing. */
export const buildProgram = ({ dist = true } = {}): Built => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-built-'))
  const entry = join(folder, 'bin', 'kntop.js')
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(root, 'bin/kntop.js'), entry)
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  if (dist) {
    const built = spawnSync(process.execPath, [join(root, 'scripts/build.ts'), join(folder, 'dist')])
    if (built.status !== 0) throw new Error(`cannot build: ${built.stderr.toString()}`)
  }
  return { folder, entry, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Ended>
  /** Processes that it started, itself included, which still live. */
  alive(): readonly string[]
}

interface Start {
  readonly environment?: Readonly<Record<string, string>>
  /** Shell text around the program, which is `"$@"`. */
  readonly shell?: string
}

const hasMark = (pid: string, mark: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)
  } catch {
    // Gone by now, or somebody else's.
    return false
  }
}

/** Starts a command that a test waits for; it is gone, with all it started, when the test ends. */
export const start = (command: readonly string[], { environment = {}, shell }: Start = {}): Running => {
  const home = mkdtempSync(join(tmpdir(), 'kntop-home-'))
  const mark = `KNTOP_TEST_MARK=${randomUUID()}`
  const [name = '', ...words] = shell === undefined ? command : ['sh', '-c', shell, 'sh', ...command]
  const child = spawn(name, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, KNTOP_TEST_MARK: mark.split('=')[1], ...environment },
  })
  const alive = (): readonly string[] => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && hasMark(pid, mark))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Ended>((settle) => {
    child.on('close', (code) => settle({ code, stdout, stderr }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await vi.waitUntil(() => alive().length === 0, { timeout: 10_000 })
    rmSync(home, { recursive: true, force: true })
  })
  return { child, stdout: () => stdout, stderr: () => stderr, ended, alive }
}
