import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

/** A process as /proc shows it. */
export interface Process {
  readonly pid: number
  readonly name: string
  readonly command: string
}

/** A variable that every program started with it hands on, so that all of them are found again. */
export interface Mark {
  readonly variable: string
  /** What bears the mark now, whoever its parent is. */
  processes(): readonly Process[]
}

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended while we looked.
    return ''
  }
}

/** What a process is called; empty if it has ended. */
export const nameOf = (pid: number): string => read(pid, 'comm').trim()

export const makeMark = (): Mark => {
  const variable = `KNTOP_TEST_MARK=${randomUUID()}`
  return {
    variable,
    processes: () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => read(pid, 'environ').split('\0').includes(variable))
        .map((pid) => ({
          pid,
          name: nameOf(pid),
          command: read(pid, 'cmdline').split('\0').join(' ').slice(0, 200),
        })),
  }
}
