import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished, vi } from 'vitest'
import { type Argv, type Finished, finish, run } from './finish.ts'

export { type Argv, type Finished, finish, run }

/** A program that runs beside the test, and is ended with it. */
export interface Running {
  readonly pid: number
  /** Everything that it has printed so far. */
  output(): string
  errors(): string
  write(text: string): void
  /** Its exit status, or the signal that ended it; undefined while it runs. */
  status(): number | string | undefined
  /** Waits until a line that it prints matches; gives back the match. */
  said(pattern: RegExp, limit?: number): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** Starts a program. Its process has the pid that is told: what stands before it in the arguments must `exec`. */
export const start = ([command, ...args]: Argv, env = process.env): Running => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdin.on('error', () => undefined)
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} could not be started`)
  const kill = (signal: NodeJS.Signals): void => {
    if (!isOver(child)) process.kill(pid, signal)
  }
  onTestFinished(async () => {
    if (isOver(child)) return
    const ended = once(child, 'exit')
    kill('SIGKILL')
    await ended
  })
  return {
    pid,
    kill,
    output: () => output,
    errors: () => errors,
    write: (text) => void child.stdin.write(text),
    status: () => child.exitCode ?? child.signalCode ?? undefined,
    said: (pattern, limit = 20_000) =>
      vi.waitFor(
        () => {
          const found = output
            .split('\n')
            .map((line) => pattern.exec(line))
            .find((match) => match !== null)
          if (found) return found
          throw new Error(`${command} has not said ${String(pattern)}, but: ${(output + errors).slice(-500)}`)
        },
        { timeout: limit, interval: 20 },
      ),
  }
}
