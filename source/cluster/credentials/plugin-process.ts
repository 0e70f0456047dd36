import { spawn } from 'node:child_process'

export interface PluginLimits {
  /** Milliseconds that it may run. */
  readonly time: number
  /** Bytes that it may write to stdout. */
  readonly output: number
}

/** How a run of a plugin ended. `stderr` is its tail, as it came. */
export type PluginEnd =
  | { readonly how: 'answered'; readonly stdout: string }
  | { readonly how: 'failed'; readonly exit: string; readonly stderr: string }
  | { readonly how: 'not-started'; readonly code: string }
  | { readonly how: 'too-long'; readonly stderr: string }
  | { readonly how: 'too-much' }
  | { readonly how: 'ended-by-us' }

const stderrLimit = 4096

/** Milliseconds that what a plugin left behind may hold its pipes. */
const afterExit = 200

/**
 * Runs a plugin in a session of its own: no terminal, nothing on stdin. Whatever its end, nothing of its group is left.
 * Never rejects.
 */
export const runPlugin = (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { time, output }: PluginLimits,
  signal: AbortSignal,
): Promise<PluginEnd> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve({ how: 'ended-by-us' })
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env })
    const timers: NodeJS.Timeout[] = []
    const chunks: Buffer[] = []
    let size = 0
    let stderr = ''

    const end = (how: PluginEnd): void => {
      timers.forEach(clearTimeout)
      signal.removeEventListener('abort', abort)
      try {
        // Its number is a group's as long as anybody is in it: that of nobody else, as it was its leader's.
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // Nobody is left in it.
      }
      child.stdout.destroy()
      child.stderr.destroy()
      resolve(how)
    }
    const abort = (): void => end({ how: 'ended-by-us' })

    child.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => end({ how: 'not-started', code }))
    if (child.pid === undefined) return undefined
    signal.addEventListener('abort', abort, { once: true })
    timers.push(setTimeout(() => end({ how: 'too-long', stderr }), time))
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > output) end({ how: 'too-much' })
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-stderrLimit)
    })
    child.once('exit', (code, killer) => {
      const tell = (): void =>
        end(
          code === 0
            ? { how: 'answered', stdout: Buffer.concat(chunks).toString('utf8') }
            : { how: 'failed', exit: code === null ? `by ${killer}` : `with code ${code}`, stderr },
        )
      // What it started may hold the pipes for ever.
      timers.push(setTimeout(tell, afterExit))
      child.once('close', tell)
    })
    return undefined
  })
