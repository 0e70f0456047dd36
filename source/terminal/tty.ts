import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  write,
  writeSync,
} from 'node:fs'
import { isatty, type WriteStream } from 'node:tty'
import type { Size } from './screen.ts'
import type { WriteSome } from './sender.ts'

/** A terminal to write to. */
export type Terminal = {
  readonly size: () => Size
  /** Calls back after each change of the size; the result ends that. */
  readonly onResize: (listener: () => void) => () => void
  readonly write: WriteSome
  /**
   * Writes before it returns, as much as the terminal takes within a quarter of a second, and says whether that is all.
   * Never throws.
   */
  readonly writeNow: (bytes: Uint8Array) => boolean
}

/** What is used of `process.stdout`. */
export type TerminalStream = Pick<WriteStream, 'columns' | 'rows' | 'on' | 'off'> & { readonly fd: number }

const longestWait = 250
const step = 10

const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const isBlocked = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN'

/** The device names under which a terminal may be opened, best first. */
function* namesOf(fd: number): Generator<string> {
  yield `/proc/self/fd/${fd}`
  const device = fstatSync(fd).rdev
  for (const name of readdirSync('/dev')) {
    const path = `/dev/${name}`
    if (name.startsWith('tty') && name !== 'tty' && statSync(path).rdev === device) yield path
  }
  // After su the terminal belongs to somebody else; under its other name it opens, if it is the controlling one. Its
  // number is the seventh field of stat, after a name in parentheses (proc_pid_stat(5)).
  const stat = readFileSync('/proc/self/stat', 'latin1')
  if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]) === device) yield '/dev/tty'
}

const openQuietly = (path: string): number | undefined => {
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    if (isatty(fd)) return fd
    closeSync(fd)
  } catch {
    // The next name may do.
  }
  return undefined
}

/**
 * Opens the terminal behind a descriptor once more, so that being non-blocking is ours alone and not shared with the
 * shell and everyone else who writes there. Undefined if it cannot be had.
 */
export const openAgain = (fd: number): number | undefined => {
  try {
    for (const name of namesOf(fd)) {
      const again = openQuietly(name)
      if (again !== undefined) return again
    }
  } catch {
    // No such files here, or the descriptor is gone.
  }
  return undefined
}

/**
 * The terminal of an output stream such as `process.stdout`, which is used for its size only: its own writes block.
 *
 * Writing goes over a descriptor of its own that is non-blocking, so that a terminal that takes nothing holds up neither
 * the event loop nor the end of the process. Where it cannot be had, a blocked write holds a thread of the pool, and Node
 * waits for that thread when it exits (seen with 24.21: `process.exit()` and even `process.reallyExit()` never return);
 * then the process is ended with SIGKILL.
 */
export const openTerminal = (stream: TerminalStream): Terminal => {
  const own = openAgain(stream.fd)
  const fd = own ?? stream.fd
  let isWriting = false

  return {
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    onResize(listener) {
      stream.on('resize', listener)
      return () => stream.off('resize', listener)
    },
    write(bytes, done) {
      isWriting = true
      write(fd, bytes, (error, written) => {
        isWriting = false
        done(error, written)
      })
    },
    writeNow(bytes) {
      if (own === undefined && isWriting) {
        process.on('exit', () => {
          if (isWriting) process.kill(process.pid, 'SIGKILL')
        })
        return false
      }
      let rest = bytes
      for (let waited = 0; rest.length > 0 && waited <= longestWait; ) {
        try {
          rest = rest.subarray(writeSync(fd, rest))
        } catch (error) {
          if (!isBlocked(error)) return false
          sleep(step)
          waited += step
        }
      }
      return rest.length === 0
    },
  }
}
