import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

/** A program of this folder that runs, and is spoken with in lines. */
export interface Program {
  readonly child: ChildProcess
  say(text: string): void
  /** The next line that it prints. Rejects if it ends before. */
  line(): Promise<string>
}

const nextOf = async (name: string, child: ChildProcess, lines: Interface): Promise<string> => {
  const ended = new AbortController()
  const signal = ended.signal
  try {
    const over = once(child, 'exit', { signal }).then(() =>
      Promise.reject(new Error(`${name} ended before it answered`)),
    )
    const [text] = (await Promise.race([once(lines, 'line', { signal }), over])) as [string]
    return text
  } finally {
    ended.abort()
  }
}

const startProgram = (name: string, options: readonly string[], words: readonly string[]): Program => {
  const file = join(import.meta.dirname, name)
  const child = spawn(process.execPath, [...options, file, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  return {
    child,
    say: (text) => void child.stdin.write(`${text}\n`),
    line: () => nextOf(name, child, lines),
  }
}

/** Runs a program for as long as something is done with it. */
export const withProgram = async <Result>(
  name: string,
  options: readonly string[],
  words: readonly string[],
  work: (program: Program) => Promise<Result>,
): Promise<Result> => {
  const program = startProgram(name, options, words)
  try {
    return await work(program)
  } finally {
    program.child.kill()
  }
}
