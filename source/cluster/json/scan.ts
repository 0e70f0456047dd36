import { byte } from './bytes.ts'

/** Where a scan stands within a value, over the ends of chunks. */
export interface Scan {
  depth: number
  inString: boolean
  /** The next byte is escaped. */
  escaped: boolean
}

export const startScan = (): Scan => ({ depth: 0, inString: false, escaped: false })

const dull = 0
const quote = 1
const opens = 2
const kinds = new Uint8Array(256)
kinds[byte.quote] = quote
for (const one of [byte.open, byte.openList]) kinds[one] = opens
for (const one of [byte.close, byte.closeList]) kinds[one] = 3

/** Behind the quote that ends the string that `from` is in; -1: not within these bytes. */
const endOfString = (bytes: Uint8Array, from: number, scan: Scan): number => {
  let at = scan.escaped ? from + 1 : from
  scan.escaped = false
  for (; at < bytes.length; at++) {
    const one = bytes[at]
    if (one === byte.quote) return at + 1
    if (one === byte.backslash) at++
  }
  // The loop ends one further where the last byte was a backslash.
  scan.escaped = at > bytes.length
  return -1
}

/**
 * Behind the bracket that ends the object or list that begins or goes on at `from`; -1: not within these bytes, and `scan`
 * knows where it stands. It only tells brackets from strings: every byte of a list of a cluster comes by here.
 */
export const endOfValue = (bytes: Uint8Array, from: number, scan: Scan): number => {
  let at = from
  let { depth } = scan
  if (scan.inString) {
    at = endOfString(bytes, at, scan)
    if (at === -1) return -1
    scan.inString = false
  }
  const { length } = bytes
  for (; at < length; at++) {
    const kind = kinds[bytes[at] ?? 0]
    if (kind === dull) continue
    if (kind === quote) {
      at++
      for (; at < length; at++) {
        const one = bytes[at]
        if (one === byte.quote) break
        if (one === byte.backslash) at++
      }
      if (at < length) continue
      scan.inString = true
      scan.escaped = at > length
      break
    }
    if (kind === opens) depth++
    else if (--depth === 0) {
      scan.depth = 0
      return at + 1
    }
  }
  scan.depth = depth
  return -1
}
