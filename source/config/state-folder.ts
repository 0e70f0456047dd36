import { randomUUID } from 'node:crypto'
import { access, chmod, constants, mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The folder for what outlives a run, or why there is none: kntop works without, and forgets. */
export type StateFolder = { readonly folder: string } | { readonly unusable: string }

/**
 * Makes a folder and those above it. Not by Node's `recursive`: where a folder refuses with ENOENT although it is there, as
 * those of /proc do, that never ends.
 */
const makeFolder = async (folder: string): Promise<void> => {
  const parent = dirname(folder)
  const isThere = await access(folder).then(
    () => true,
    () => false,
  )
  if (isThere) return
  if (parent !== folder) await makeFolder(parent)
  await mkdir(folder, { mode: 0o700 })
}

/**
 * Makes the state folder if need be, readable and writable for its owner only, whatever the umask. Never throws.
 */
export const openStateFolder = async (folder: string | undefined): Promise<StateFolder> => {
  if (folder === undefined) return { unusable: 'there is no home folder: set HOME or XDG_STATE_HOME' }
  try {
    await makeFolder(folder)
    const { uid } = await stat(folder)
    if (uid !== (process.geteuid?.() ?? uid)) return { unusable: `${folder} belongs to another user (uid ${uid})` }
    await chmod(folder, 0o700)
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return { folder }
  } catch (error) {
    return { unusable: `${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const synced = async (path: string, flags: string, content?: string): Promise<void> => {
  const handle = await open(path, flags, 0o600)
  try {
    if (content !== undefined) {
      await handle.chmod(0o600)
      await handle.writeFile(content)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a file of a state folder, readable and writable for its owner only, whatever the umask. Others see the old
 * content or the new one and never a part, also after a crash. Rejects with the system's error, and leaves nothing behind.
 */
export const writeStateFile = async (folder: string, name: string, content: string): Promise<void> => {
  const temporary = join(folder, `.${basename(name)}.${randomUUID()}`)
  try {
    await synced(temporary, 'wx', content)
    await rename(temporary, join(folder, basename(name)))
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  // The rename itself is safe only once the folder is.
  await synced(folder, 'r')
}
