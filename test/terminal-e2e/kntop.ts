import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'
import { onTestFinished, vi } from 'vitest'
import type { Size } from '../../source/terminal/screen.ts'
import { createEmulator, type Emulator } from '../terminal/emulator.ts'

export const patience = { timeout: 20_000, interval: 20 }

/** A program in a real terminal that an emulator reads. */
export interface InTerminal {
  readonly pty: IPty
  readonly emulator: Emulator
  /** Waits until this stands somewhere on the screen. */
  sees(text: string | RegExp): Promise<void>
  /** Undefined while it runs. */
  exitCode(): number | undefined
  /** Everything that was written to the terminal. */
  written(): string
  /** Processes that it started, itself included, which still live. */
  alive(): readonly number[]
  resize(size: Size): void
}

const hasMark = (pid: number, mark: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)
  } catch {
    // Gone by now, or somebody else's.
    return false
  }
}

const killed = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It has ended by itself since we looked: what we want.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Arguments that start one of the programs beside this file, JSX and all. */
export const programOf = (name: string): readonly string[] => [
  '--import',
  join(import.meta.dirname, 'programs', 'with-jsx.ts'),
  join(import.meta.dirname, 'programs', name),
]

/** Starts a program of this Node; it is gone, with all it started, when the test ends. `enter`: what becomes it. */
export const runInTerminal = (
  argv: readonly string[],
  size: Size = { columns: 100, rows: 30 },
  environment: Readonly<Record<string, string>> = {},
  enter: readonly string[] = [],
): InTerminal => {
  const home = mkdtempSync(join(tmpdir(), 'kntop-home-'))
  const mark = randomUUID()
  const emulator = createEmulator(size)
  const pty = spawn('env', [...enter, process.execPath, ...argv], {
    cols: size.columns,
    rows: size.rows,
    name: 'xterm-256color',
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      LANG: 'C.UTF-8',
      NODE_ENV: 'production',
      KNTOP_TEST_MARK: mark,
      ...environment,
    },
  })
  let exitCode: number | undefined
  let written = ''
  pty.onData((data) => {
    written += data
    void emulator.write(data)
  })
  pty.onExit((exit) => {
    exitCode = exit.exitCode
  })
  const alive = (): readonly number[] =>
    readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && hasMark(pid, mark))
  onTestFinished(async () => {
    for (const pid of alive()) killed(pid)
    pty.resume()
    await vi.waitUntil(() => alive().length === 0, patience)
    emulator.dispose()
    rmSync(home, { recursive: true, force: true })
  })
  return {
    pty,
    emulator,
    sees: (text) =>
      vi.waitFor(() => {
        const shown = emulator.text().join('\n')
        if (!(typeof text === 'string' ? shown.includes(text) : text.test(shown)))
          throw new Error(`no ${String(text)} on the screen:\n${shown}`)
      }, patience),
    exitCode: () => exitCode,
    written: () => written,
    alive,
    resize({ columns, rows }) {
      emulator.resize({ columns, rows })
      pty.resize(columns, rows)
    },
  }
}
