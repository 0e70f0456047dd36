import { constants, type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileProblem } from '../text/file-problem.ts'
import type { ConfigFile } from './file.ts'
import { openToOthers } from './guard.ts'
import { WrongUse } from './wrong-use.ts'

const longest = 1024 * 1024

const refuse = (file: string, why: string): never => {
  throw new WrongUse(`${file}: ${why}`)
}

/** Settings decide what runs on nodes, so nobody else may write them, nor put another file in their place. */
const readGuarded = async (handle: FileHandle, file: string): Promise<string> => {
  const found = await handle.stat()
  if (!found.isFile()) return refuse(file, 'it is no regular file')
  const self = process.geteuid?.() ?? found.uid
  const places = new Set([dirname(file), dirname(await realpath(file))])
  const reasons = [
    openToOthers('this file', file, found, self),
    ...(await Promise.all(
      [...places].map(async (place) => openToOthers(`its folder ${place}`, place, await stat(place), self)),
    )),
  ]
  const reason = reasons.find((why) => why !== undefined)
  if (reason !== undefined) return refuse(file, `refused, because ${reason}`)
  if (found.size > longest) return refuse(file, `it is larger than ${longest} bytes`)
  return handle.readFile('utf8')
}

/**
 * Reads a configuration file. One that is not there is no configuration (undefined), unless it was named (`required`).
 * Throws `WrongUse` for one that cannot be read, that others could have written, or that is wrong.
 */
export const readConfigFile = async (file: string, required: boolean): Promise<ConfigFile | undefined> => {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const text = await readGuarded(handle, file)
    // Most machines have no such file, and then nobody waits for a YAML parser.
    const { parseConfig } = await import('./file.ts')
    return parseConfig(text, file)
  } catch (error) {
    if (error instanceof WrongUse) throw error
    const { code } = error as NodeJS.ErrnoException
    if (!required && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    return refuse(file, `the configuration cannot be read: ${fileProblem(error)}`)
  } finally {
    await handle?.close()
  }
}
