import { createHash, randomBytes } from 'node:crypto'
import { lstat, opendir, unlink } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'

/**
 * What the sockets of one machine have in their names. Machines may share a home folder, and a socket of another one refuses here
 * also while an ssh listens on it there.
 */
const markOf = (machine: string): string => createHash('sha256').update(machine).digest('hex').slice(0, 4)

/** A name for one control socket: `m-`, 4 hex digits of this machine, 8 of its own. */
export const newSocketName = (machine = hostname()): string => `m-${markOf(machine)}${randomBytes(4).toString('hex')}`

/**
 * Milliseconds of age from which a socket can be one that was left. Today's ssh gives it its name once it listens (mux.c,
 * muxserver_listen), older ones before.
 */
const young = 60_000

/** Sockets that one sweep looks at: a killed run leaves one for each node. */
const most = 1000

/** Whether nobody listens on it any more. */
const refuses = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const client = createConnection(socket)
    client.once('connect', () => {
      client.destroy()
      resolve(false)
    })
    client.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })

const isLeft = async (path: string): Promise<boolean> => {
  const found = await lstat(path)
  const canBe = found.isSocket() && found.uid === process.geteuid?.() && Date.now() - found.mtimeMs > young
  return canBe && refuses(path)
}

/**
 * Removes sockets of ours in the folder that nobody listens on: those of an ssh that was killed together with its keeper, or of
 * before a power cut. Another kntop may run, and its sockets stay. Never rejects: what cannot be removed stays, too.
 */
export const removeLeftSockets = async (folder: string): Promise<void> => {
  const ours = new RegExp(`^m-${markOf(hostname())}[0-9a-f]{8}$`)
  let seen = 0
  try {
    for await (const { name } of await opendir(folder)) {
      if (!ours.test(name)) continue
      const path = join(folder, name)
      // Another kntop may end, or sweep, at the same time.
      await isLeft(path)
        .then((left) => (left ? unlink(path) : undefined))
        .catch(() => undefined)
      seen += 1
      if (seen === most) break
    }
  } catch {
    // A folder that cannot be read has nothing that can be removed; whether it can be used, who logs in finds out.
  }
}
