import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'

const variable = 'KNTOP_TEST_MARK'

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

const pids = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)

/** Whether a process is there and has not ended: one that waits for its parent to look at it has. */
const runs = (pid: number): boolean => {
  const state = /^.*\) (.)/s.exec(textOf(`/proc/${pid}/stat`))?.[1]
  return state !== undefined && state !== 'Z'
}

/** Marks every process that is started from here on, however many steps away, until `forget`. */
export interface Marked {
  readonly environment: Readonly<Record<string, string>>
  /** Those of them that are there now. */
  now(): readonly number[]
  /** Of those the ones whose command line holds this. */
  named(part: string): readonly number[]
  /** Waits until none is left. */
  none(): Promise<void>
  forget(): void
}

/** Begins to mark: processes inherit the mark with their environment, whatever group or session they move to. */
export const mark = (): Marked => {
  const value = randomUUID()
  process.env[variable] = value
  const now = (): readonly number[] =>
    pids().filter((pid) => textOf(`/proc/${pid}/environ`).includes(`${variable}=${value}`) && runs(pid))
  return {
    environment: { [variable]: value },
    now,
    named: (part) => now().filter((pid) => textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').includes(part)),
    none: async () => {
      await expect.poll(now, { timeout: 10_000, interval: 20 }).toEqual([])
    },
    forget: () => {
      for (const pid of now()) process.kill(pid, 'SIGKILL')
      delete process.env[variable]
    },
  }
}
