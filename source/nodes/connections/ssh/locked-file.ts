import { closeSync, lstatSync, openSync, renameSync, rmSync } from 'node:fs'
import { chmod, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds after which a lock was left behind by a process that died. */
const stale = 10_000
const patience = 15_000
const pause = 20

const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

const isStale = (file: string): boolean => {
  const found = lstatSync(file, { throwIfNoEntry: false })
  return found !== undefined && Date.now() - found.mtimeMs > stale
}

/**
 * By one at a time, and in one go: another that had found the same lock stale would remove that of whoever came next. Should
 * the one die in between, what it leaves is stale itself after a while.
 */
const removeStale = (lock: string): void => {
  if (!isStale(lock)) return
  const removal = `${lock}.stale`
  if (isStale(removal)) rmSync(removal, { force: true })
  try {
    closeSync(openSync(removal, 'wx', 0o600))
  } catch (error) {
    if (code(error) === 'EEXIST') return
    throw error
  }
  try {
    if (isStale(lock)) rmSync(lock, { force: true })
  } finally {
    rmSync(removal, { force: true })
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
      removeStale(lock)
      await wait(pause)
    }
  }
}

type Change = () => Promise<string | undefined>

/** False: we were held up for so long that our lock was taken for one left behind, and nothing is changed. */
const changeOnce = async (path: string, change: Change): Promise<boolean> => {
  const lock = `${path}.lock`
  const handle = await takeLock(lock)
  const { dev, ino } = await handle.stat()
  const isOurs = (): boolean => {
    const found = lstatSync(lock, { throwIfNoEntry: false })
    return found?.ino === ino && found.dev === dev
  }
  const leave = (): void => {
    if (isOurs()) rmSync(lock, { force: true })
  }
  try {
    const content = await change()
    if (content === undefined) {
      leave()
      return true
    }
    await handle.chmod(0o600)
    await handle.writeFile(content)
    await handle.sync()
    if (!isOurs()) return false
    renameSync(lock, path)
    return true
  } catch (error) {
    leave()
    throw error
  } finally {
    await handle.close()
  }
}

/**
 * Replaces a file's content by what `change` makes of what is there now, while no other kntop does the same. Others see the
 * old content or the new one, never a part. File 0600, folder 0700, whatever the umask. `change` gives undefined to leave
 * everything as it is, and may be asked twice. Rejects with the system's error or that of `change`, and leaves nothing behind.
 */
export const changeFile = async (path: string, change: Change): Promise<void> => {
  await makePrivate(dirname(path))
  if ((await changeOnce(path, change)) || (await changeOnce(path, change))) return
  throw new Error(`${path} is not written: it took over ${stale / 1000} s, twice; see whether its disk hangs`)
}
