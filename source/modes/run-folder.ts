import { randomBytes } from 'node:crypto'
import { lstatSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string | undefined

/** Removes a folder that is ours. Where the name belongs to somebody else it was refused, and stays. */
const remove = (path: string): void => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory() === true && found.uid === process.geteuid?.()) rmSync(path, { recursive: true, force: true })
}

/**
 * A folder for this run alone, where nothing can be kept. Whoever needs it makes it; it goes when the process exits. One that was
 * killed leaves its folder, so that no other run may come to the same name: it is no process id.
 */
export const runFolder = (): string => {
  if (folder !== undefined) return folder
  const made = join(tmpdir(), `kntop-${randomBytes(6).toString('hex')}`)
  process.once('exit', () => remove(made))
  folder = made
  return made
}
