import { type Clean, clean } from '../../text/clean.ts'

/** Response codes that kntop counts (IANA DNS parameters). */
export const rcode = { servfail: 2, nxdomain: 3 } as const

/** What a DNS message says before its records: the header and the first question. */
export type Message = {
  readonly id: number
  /** Answer (true) or query. */
  readonly response: boolean
  /** The four bits of the header. */
  readonly rcode: number
  /** Lower case, without the last dot (`.` is the root); dots and unprintable bytes inside a label as `\DDD`. */
  readonly name: Clean
  /** Query type by IANA number: 1 A, 28 AAAA. */
  readonly type: number
}

const headerBytes = 12
const longestName = 255
const longestLabel = 63

// RFC 1035 5.1: what would be taken for syntax, or not be seen at all, is written as a backslash and three digits.
const written = (byte: number): string => {
  const text = String.fromCharCode(byte)
  const plain = byte > 0x20 && byte < 0x7f && text !== '.' && text !== '\\'
  return plain ? text.toLowerCase() : `\\${String(byte).padStart(3, '0')}`
}
const characters: readonly string[] = Array.from({ length: 256 }, (_, byte) => written(byte))

type Name = { readonly text: string; readonly end: number }

/** The name at `start`, and where it ends; undefined where it is cut off, too long or holds anything but plain labels. */
const readName = (bytes: Uint8Array, start: number): Name | undefined => {
  let text = ''
  let at = start
  for (let length = bytes[at]; length !== 0; length = bytes[at]) {
    const end = at + 1 + (length ?? 0)
    // A compression pointer leads to an earlier name (RFC 1035 4.1.4), and before the first question there is none.
    if (length === undefined || length > longestLabel || end - start >= longestName) return undefined
    if (text !== '') text += '.'
    for (at += 1; at < end; at += 1) text += characters[bytes[at] ?? 0]
  }
  return { text: text === '' ? '.' : text, end: at + 1 }
}

/**
 * Reads the header and the first question of a DNS message of which the rest may be missing. Undefined: shorter than
 * that, not a plain query or answer (opcode 0), no question, or a malformed name.
 */
export const readMessage = (bytes: Uint8Array): Message | undefined => {
  if (bytes.length < headerBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const flags = view.getUint16(2)
  const opcode = (flags >> 11) & 0x0f
  if (opcode !== 0 || view.getUint16(4) === 0) return undefined
  const name = readName(bytes, headerBytes)
  if (name === undefined || name.end + 4 > bytes.length) return undefined
  return {
    id: view.getUint16(0),
    response: flags >> 15 === 1,
    rcode: flags & 0x0f,
    name: clean(name.text),
    type: view.getUint16(name.end),
  }
}
