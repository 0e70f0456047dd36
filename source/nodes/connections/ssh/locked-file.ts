import { chmod, mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds after which a lock was left behind by a process that died. */
const stale = 10_000
const patience = 15_000
const pause = 20

const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

const unlinkStale = async (lock: string): Promise<void> => {
  try {
    if (Date.now() - (await stat(lock)).mtimeMs > stale) await unlink(lock)
  } catch (error) {
    if (code(error) !== 'ENOENT') throw error
  }
}

const makePrivate = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (code(error) !== 'EEXIST') throw error
  }
  const found = await stat(folder)
  if (found.isDirectory() && (found.mode & 0o777) !== 0o700) await chmod(folder, 0o700)
}

/** The new content is written into the lock itself, so that the rename that publishes it also unlocks. */
const takeLock = async (lock: string): ReturnType<typeof open> => {
  const end = Date.now() + patience
  for (;;) {
    try {
      return await open(lock, 'wx', 0o600)
    } catch (error) {
      if (code(error) !== 'EEXIST' || Date.now() > end) throw error
      await unlinkStale(lock)
      await wait(pause)
    }
  }
}

/**
 * Replaces a file's content by what `change` makes of what is there now, while no other kntop does the same. Others see the
 * old content or the new one, never a part. File 0600, folder 0700, whatever the umask. `change` gives undefined to leave
 * everything as it is. Rejects with the system's error or that of `change`, and leaves nothing behind.
 */
export const changeFile = async (path: string, change: () => Promise<string | undefined>): Promise<void> => {
  await makePrivate(dirname(path))
  const lock = `${path}.lock`
  const handle = await takeLock(lock)
  try {
    const content = await change()
    if (content === undefined) return await unlink(lock)
    await handle.chmod(0o600)
    await handle.writeFile(content)
    await handle.sync()
    await rename(lock, path)
  } catch (error) {
    await unlink(lock).catch(() => undefined)
    throw error
  } finally {
    await handle.close()
  }
}
