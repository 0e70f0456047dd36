import { createHmac, randomBytes } from 'node:crypto'
import { type Sha1State, sha1Block, sha1Message, sha1Rounds, sha1Schedule, sha1Start } from './sha1.ts'

/** A name of known_hosts that is kept as `|1|salt|hash`: HMAC-SHA1 as far as the salt goes, and what it must come to. */
export interface HashedName {
  readonly inner: Sha1State
  readonly outer: Sha1State
  readonly hash: Int32Array
}

const digestLength = 20

/** Bytes of base64 as OpenSSH reads it, padding and all; undefined if they are not. */
export const strictBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64')
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined
}

const wordsOf = (bytes: Buffer): Int32Array => {
  const words = new Int32Array(digestLength / 4)
  for (let i = 0; i < words.length; i++) words[i] = bytes.readInt32BE(4 * i)
  return words
}

const isSame = (a: Int32Array, b: Int32Array): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const keyed = (salt: Buffer, pad: number): Sha1State => {
  const block = Buffer.alloc(64, pad)
  for (let i = 0; i < salt.length; i++) block[i] = (salt[i] ?? 0) ^ pad
  const state = sha1Start()
  sha1Rounds(state, sha1Block(block, 0))
  return state
}

/** Reads `|1|salt|hash`; undefined if it is malformed. */
export const readHashedName = (text: string): HashedName | undefined => {
  const [, saltText = '', hashText = ''] = /^\|1\|([^|]+)\|(.+)$/.exec(text) ?? []
  const [salt, hash] = [strictBase64(saltText), strictBase64(hashText)]
  if (salt?.length !== digestLength || hash?.length !== digestLength) return undefined
  return { inner: keyed(salt, 0x36), outer: keyed(salt, 0x5c), hash: wordsOf(hash) }
}

/** A test for one name, to be put to many hashed ones. */
export const hashMatcher = (name: string): ((hashed: HashedName) => boolean) => {
  const message = sha1Message(Buffer.from(name), 64)
  // The inner digest as the end of a message of 84 bytes: the words behind it are always the same.
  const [end = new Int32Array(80)] = sha1Message(Buffer.alloc(digestLength), 64)
  const state = sha1Start()
  return ({ inner, outer, hash }) => {
    state.set(inner)
    for (const rounds of message) sha1Rounds(state, rounds)
    end.set(state)
    sha1Schedule(end)
    state.set(outer)
    sha1Rounds(state, end)
    return isSame(state, hash)
  }
}

/** A name as `|1|salt|hash`, with a fresh salt. */
export const hashName = (name: string): string => {
  const salt = randomBytes(digestLength)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}
