import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

export type Argv = readonly [string, ...string[]]

export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, whatever its end. */
export const finish = async ([command, ...args]: Argv, input = '', env = process.env): Promise<Finished> => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' })
  const ended = once(child, 'close')
  // A program that reads nothing may be gone before its input is written.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { status: status as number | null, stdout, stderr }
}

/** What a program prints. Rejects with its stderr if it fails. */
export const run = async (argv: Argv, input = ''): Promise<string> => {
  const { status, stdout, stderr } = await finish(argv, input)
  if (status !== 0) throw new Error(`${argv.slice(0, 12).join(' ')} ended with ${status}: ${stderr.slice(-500)}`)
  return stdout
}
