import { lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import { newSocketName, removeLeftSockets } from './control-sockets.ts'

/**
 * The longest path that a socket may have while it is made: 104 bytes with the zero at the end on macOS and the BSDs, 108 on
 * Linux, and ssh adds a point and 16 letters until it has its name.
 */
const longest = 103 - 17

/** A path that means itself: ssh expands `%`, `~` and `${}`, and takes it out of a quoted word. */
const plain = /^\/[\w./,@+:=-]+$/

/** Why a folder cannot be used; undefined: it is there, it is a folder, and nobody else comes into it. */
const problemOf = async (folder: string): Promise<string | undefined> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const found = await lstat(folder)
    if (!found.isDirectory()) return 'is not a folder'
    if (found.uid !== process.geteuid?.()) return 'belongs to another user'
    return (found.mode & 0o077) === 0 ? undefined : 'is open to others: chmod 700'
  } catch (error) {
    return `cannot be used: ${(error as NodeJS.ErrnoException).code}`
  }
}

const candidates = (folder: string, runtime: string | undefined): readonly string[] => [
  folder,
  ...(runtime === undefined ? [] : [join(runtime, 'kntop')]),
  `/tmp/kntop-${process.geteuid?.()}`,
]

const swept = new Set<string>()

/** What runs before left is removed, once. No login waits for it: a name that is made now is that of no socket yet. */
const sweepOnce = (folder: string): void => {
  if (swept.has(folder)) return
  swept.add(folder)
  void removeLeftSockets(folder)
}

/**
 * A path for one new control socket, in the given folder, else in the runtime folder, else under /tmp: whichever is short
 * enough and only ours. Rejects with a {@link ConnectionError}.
 */
export const newControlPath = async (folder: string, runtime: string | undefined): Promise<string> => {
  const name = newSocketName()
  const problems: string[] = []
  for (const candidate of candidates(folder, runtime)) {
    const path = join(candidate, name)
    if (!plain.test(path) || Buffer.byteLength(path) > longest) {
      problems.push(`${candidate} is too long or holds odd characters`)
      continue
    }
    const problem = await problemOf(candidate)
    if (problem === undefined) {
      sweepOnce(candidate)
      return path
    }
    problems.push(`${candidate} ${problem}`)
  }
  throw new ConnectionError({ state: 'lost', cause: clean(`no folder for the socket of ssh: ${problems.join('; ')}`) })
}
