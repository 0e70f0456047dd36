import { constants, type Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import { hashName } from './hashed-name.ts'
import { type HostIdentity, knownName, lookup } from './known-hosts.ts'
import { type KnownHostsFile, parseKnownHosts } from './known-hosts-file.ts'
import { changeFile } from './locked-file.ts'
import type { PresentedKey } from './presented-key.ts'

const largest = 64 * 1024 * 1024

const unreadable = (path: string, why: string): ConnectionError =>
  new ConnectionError({ state: 'denied', cause: clean(`known hosts cannot be checked: ${path} ${why}`) })

const statOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await stat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(path, `cannot be read (${(error as NodeJS.ErrnoException).code}): correct its permissions`)
  }
}

const contentOf = async (path: string): Promise<string> => {
  try {
    // Never waits, should the file have become a pipe by now.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadable(path, `cannot be read (${(error as NodeJS.ErrnoException).code}): correct its permissions`)
  }
}

/** Why others than the user and root could have written a file of ours. */
const writtenByOthers = ({ uid, mode }: Stats): string | undefined => {
  if (uid !== 0 && uid !== process.geteuid?.()) return `belongs to another user (uid ${uid})`
  return (mode & 0o022) === 0 ? undefined : 'can be written by others: chmod 600'
}

interface Kept {
  readonly identity: string
  readonly file: KnownHostsFile
}

/** The keys that are trusted, of all the files that say so. */
export interface TrustedKeys {
  /**
   * The files that hold for a host, ours first: `files` are the user's and the system's. Read again only when they changed.
   * Rejects with a {@link ConnectionError}, where one is there and cannot be read: nobody is trusted then.
   */
  load(files: readonly string[]): Promise<readonly KnownHostsFile[]>
  /** Adds keys to our own file; those that it holds already are left out. */
  accept(keys: readonly PresentedKey[]): Promise<void>
}

/** A name in our file stands for itself alone: one that could be read as a pattern, a list or a marker is hashed. */
const writtenName = (name: string): string => (/^[\w.:%[][\w.:%[\]-]*$/.test(name) ? name : hashName(name))

const lineOf = ({ host, type, blob }: PresentedKey): string =>
  `${writtenName(knownName(host))} ${type} ${blob.toString('base64')}\n`

const holds = (file: KnownHostsFile, host: HostIdentity, blob: Buffer): boolean =>
  lookup([file], host, blob).kind === 'known'

/** Opens the trusted keys; `ownFile` is where the accepted ones are kept, in a folder of ours. */
export const createTrustedKeys = (ownFile: string): TrustedKeys => {
  const kept = new Map<string, Kept>()

  const read = async (path: string): Promise<KnownHostsFile> => {
    const empty = parseKnownHosts(path, '')
    if (path === '/dev/null') return empty
    const found = await statOf(path)
    if (found === undefined) return empty
    if (!found.isFile()) throw unreadable(path, 'is not a file')
    if (found.size > largest) throw unreadable(path, 'is larger than 64 MB')
    const others = path === ownFile ? writtenByOthers(found) : undefined
    if (others !== undefined) throw unreadable(path, others)
    const identity = `${found.dev} ${found.ino} ${found.size} ${found.mtimeMs}`
    const old = kept.get(path)
    if (old?.identity === identity) return old.file
    const file = parseKnownHosts(path, await contentOf(path))
    kept.set(path, { identity, file })
    return file
  }

  const appended = async (keys: readonly PresentedKey[]): Promise<string | undefined> => {
    const file = await read(ownFile)
    const fresh = keys.filter(({ host, blob }) => !holds(file, host, blob)).map(lineOf)
    if (fresh.length === 0) return undefined
    const content = (await statOf(ownFile)) === undefined ? '' : await contentOf(ownFile)
    return `${content}${content === '' || content.endsWith('\n') ? '' : '\n'}${[...new Set(fresh)].join('')}`
  }

  let gathered: PresentedKey[] = []
  let gathering: Promise<void> | undefined
  let written: Promise<void> = Promise.resolve()

  const writeGathered = (): Promise<void> => {
    const keys = gathered
    gathered = []
    gathering = undefined
    return changeFile(ownFile, () => appended(keys))
  }

  /** A fleet that is new is accepted key by key: those that come while one write is under way are the next one. */
  const accept = (keys: readonly PresentedKey[]): Promise<void> => {
    gathered.push(...keys)
    gathering ??= written.catch(() => undefined).then(writeGathered)
    written = gathering
    return gathering
  }

  return {
    load: (files) => Promise.all([...new Set([ownFile, ...files])].map(read)),
    accept,
  }
}
