import { constants, type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import ssh2, { type ParsedKey } from 'ssh2'
import { type Clean, clean } from '../../../../text/clean.ts'
import { decryptKey } from './decryption.ts'
import { readKeyText } from './key-format.ts'
import { type Plain, plainKey } from './plain-key.ts'
import { type PublicKey, parsePublicLine, publicKeyOf } from './public-key.ts'
import type { Secret } from './secret.ts'

/** A private key ready to sign. */
export interface UsableKey {
  readonly state: 'usable'
  readonly path: string
  readonly publicKey: PublicKey
  readonly key: ParsedKey
}

/** An encrypted one. Its public key is unknown only for old PEM files with no `.pub` beside them. */
export interface LockedKey {
  readonly state: 'encrypted'
  readonly path: string
  readonly publicKey: PublicKey | undefined
}

/** What an identity file is good for. `public-only`: an agent must hold the rest. */
export type KeyFile =
  | UsableKey
  | LockedKey
  | { readonly state: 'public-only'; readonly path: string; readonly publicKey: PublicKey }
  | { readonly state: 'missing'; readonly path: string }
  | { readonly state: 'unreadable'; readonly path: string; readonly cause: Clean }
  | {
      readonly state: 'unsupported'
      readonly path: string
      readonly cause: Clean
      readonly publicKey: PublicKey | undefined
    }

/** How a person knows a key file. */
export const keyFileName = (path: string): Clean => clean(basename(path), 64)

/** OpenSSH reads no larger one either. */
const largest = 1024 * 1024

const readRegular = async (handle: FileHandle): Promise<{ readonly text: string } | { readonly cause: string }> => {
  const found = await handle.stat()
  if (!found.isFile()) return { cause: 'it is no regular file' }
  if (found.size > largest) return { cause: `it is larger than ${largest} bytes` }
  const text = await handle.readFile('utf8')
  const mode = found.mode & 0o777
  // As OpenSSH judges it: only our own files, and only those that hold something to hide.
  const open = found.uid === process.getuid?.() && (mode & 0o077) !== 0 && text.includes('PRIVATE KEY')
  return open ? { cause: `others may read it (mode ${mode.toString(8)}): chmod 600` } : { text }
}

type Content = { readonly text: string } | { readonly cause: string } | undefined

/** Undefined: there is no such file. */
const readText = async (path: string): Promise<Content> => {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    return await readRegular(handle)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return { cause: code === 'EACCES' ? 'this user may not read it' : message }
  } finally {
    await handle?.close()
  }
}

const parsed = (path: string, plain: Plain, comment: Clean | undefined): KeyFile => {
  const refuse = (cause: string): KeyFile => ({ state: 'unsupported', path, cause: clean(cause), publicKey: undefined })
  if (!('plain' in plain)) return refuse(plain.trouble === 'unsupported' ? plain.why : 'its content is damaged')
  const key = ssh2.utils.parseKey(plain.plain)
  if (key instanceof Error) return refuse(key.message)
  const publicKey = publicKeyOf(key.getPublicSSH(), comment ?? key.comment)
  return publicKey === undefined ? refuse('its content is damaged') : { state: 'usable', path, publicKey, key }
}

const publicBeside = async (path: string): Promise<PublicKey | undefined> => {
  const beside = await readText(`${path}.pub`)
  return beside !== undefined && 'text' in beside ? parsePublicLine(beside.text.split('\n')[0] ?? '') : undefined
}

const readKeyFile = async (path: string): Promise<KeyFile> => {
  const [content, beside] = await Promise.all([readText(path), publicBeside(path)])
  // A key that only an agent holds is often named by its public half.
  if (content === undefined)
    return beside === undefined ? { state: 'missing', path } : { state: 'public-only', path, publicKey: beside }
  if ('cause' in content) return { state: 'unreadable', path, cause: clean(content.cause) }
  const found = readKeyText(content.text, beside)
  if (found.holds === 'unsupported')
    return { state: 'unsupported', path, cause: found.cause, publicKey: found.publicKey }
  if (found.holds === 'public') return { state: 'public-only', path, publicKey: found.publicKey }
  if (found.encrypted) return { state: 'encrypted', path, publicKey: found.publicKey }
  return parsed(path, plainKey(content.text, undefined), beside?.comment)
}

/** `wrong` may be asked again; anything else is final. */
export type Unlocked = UsableKey | { readonly state: 'wrong' } | { readonly state: 'useless'; readonly cause: Clean }

/** Identity files, each read and parsed once, also where that failed, however many hosts name it. */
export interface KeyFiles {
  read(path: string): Promise<KeyFile>
  /** Decrypts off the main thread; from then on the file reads as usable. The passphrase is left to the caller to drop. */
  unlock(path: string, passphrase: Secret): Promise<Unlocked>
  /** Reads files that were of no use anew when they are next asked for: a person may have repaired them. */
  forget(): Promise<void>
}

export const openKeyFiles = (decrypt = decryptKey): KeyFiles => {
  const known = new Map<string, Promise<KeyFile>>()
  const read = (path: string): Promise<KeyFile> => {
    const found = known.get(path) ?? readKeyFile(path)
    known.set(path, found)
    return found
  }
  return {
    read,
    unlock: async (path, passphrase) => {
      const content = await readText(path)
      if (content === undefined || 'cause' in content)
        return { state: 'useless', cause: clean(content?.cause ?? 'the file is gone') }
      const plain = await decrypt(content.text, passphrase)
      if ('trouble' in plain && plain.trouble === 'wrong-passphrase') return { state: 'wrong' }
      const locked = await read(path)
      const comment = 'publicKey' in locked ? locked.publicKey?.comment : undefined
      const file = parsed(path, plain, comment)
      if (file.state !== 'usable')
        return { state: 'useless', cause: 'cause' in file ? file.cause : clean('its content is damaged') }
      known.set(path, Promise.resolve(file))
      return file
    },
    forget: async () => {
      for (const [path, file] of [...known]) if ((await file).state !== 'usable') known.delete(path)
    },
  }
}
