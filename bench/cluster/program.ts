import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

/** A program of this folder that runs, and is spoken with in lines. */
export interface Program {
  say(text: string): void
  /** The next line that it prints. Rejects if it has ended, or ends before. */
  line(): Promise<string>
}

export interface Start {
  readonly name: string
  /** Of Node. */
  readonly options?: readonly string[]
  readonly words: readonly string[]
  /** What it is run by, as a shell's `exec` would. */
  readonly enter?: readonly string[]
}

const nextOf = async (name: string, child: ChildProcess, lines: Interface): Promise<string> => {
  const answered = new AbortController()
  const { signal } = answered
  const ended = (): Error => new Error(`${name} ended before it answered`)
  if (child.exitCode !== null || child.signalCode !== null) throw ended()
  try {
    const over = once(child, 'exit', { signal }).then(() => Promise.reject(ended()))
    const [text] = (await Promise.race([once(lines, 'line', { signal }), over])) as [string]
    return text
  } finally {
    answered.abort()
  }
}

/** Runs a program for as long as something is done with it. */
export const withProgram = async <Result>(
  { name, options = [], words, enter = [] }: Start,
  work: (program: Program) => Promise<Result>,
): Promise<Result> => {
  const file = join(import.meta.dirname, name)
  const [command = '', ...rest] = [...enter, process.execPath, ...options, file, ...words]
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  // One that has ended is told of when its answer is waited for.
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })
  try {
    return await work({
      say: (text) => void child.stdin.write(`${text}\n`),
      line: () => nextOf(name, child, lines),
    })
  } finally {
    child.kill()
  }
}
