import { byte } from './bytes.ts'
import { endOfValue, startScan } from './scan.ts'

/** What a list answered that is not one. */
export class NotAList extends Error {
  override readonly name = 'NotAList'
}

/** Takes the objects of a list apart as its bytes arrive. */
export interface Items {
  /**
   * The objects that ended within this chunk, one after the other, so that whoever takes them may pause between two; one
   * beyond the limit is `undefined`. The bytes hold only until the next is taken. Throws {@link NotAList}.
   */
  push(chunk: Uint8Array): Generator<Uint8Array | undefined>
  /** What stood around the items, with an empty list in their place. Throws {@link NotAList} where the list did not end. */
  end(): string
}

const envelopeLimit = 64 * 1024

const isBlank = (one: number): boolean => one === 0x20 || (one >= 0x09 && one <= 0x0d)

/** @param limit bytes of one object that are held; of a larger one nothing is. */
export const createItems = (limit: number): Items => {
  const envelope: number[] = []
  // Text of the last string in the envelope, which is a key where a colon follows.
  let stringFrom = 0
  let key = ''
  let inItems = false
  const around = startScan()
  const within = startScan()
  let pieces: Uint8Array[] = []
  let held = 0

  /** Reads the envelope up to its items or the end of the chunk; gives where it stopped. */
  const readEnvelope = (chunk: Uint8Array, from: number): number => {
    for (let at = from; at < chunk.length; at++) {
      const one = chunk[at] ?? 0
      envelope.push(one)
      if (envelope.length > envelopeLimit) throw new NotAList('more than 64 KB beside its items')
      if (around.inString) {
        if (around.escaped) around.escaped = false
        else if (one === byte.backslash) around.escaped = true
        else if (one === byte.quote) {
          around.inString = false
          if (around.depth === 1) key = Buffer.from(envelope.slice(stringFrom, -1)).toString()
        }
      } else if (one === byte.quote) {
        around.inString = true
        stringFrom = envelope.length
      } else if (one === byte.open || one === byte.openList) {
        around.depth++
        if (around.depth === 2 && one === byte.openList && key === 'items') {
          inItems = true
          return at + 1
        }
      } else if (one === byte.close || one === byte.closeList) around.depth--
    }
    return chunk.length
  }

  /** What was held of an object, with its last piece; undefined where it is too large. */
  const whole = (last: Uint8Array): Uint8Array | undefined => {
    const before = pieces
    const size = held + last.length
    pieces = []
    held = 0
    if (size > limit) return undefined
    return before.length === 0 ? last : Buffer.concat([...before, last], size)
  }

  const hold = (piece: Uint8Array): void => {
    held += piece.length
    // The chunk is its sender's again after this.
    if (held > limit) pieces = []
    else pieces.push(Uint8Array.prototype.slice.call(piece))
  }

  return {
    *push(chunk) {
      let at = 0
      while (at < chunk.length) {
        if (!inItems) {
          at = readEnvelope(chunk, at)
          continue
        }
        if (within.depth === 0) {
          const one = chunk[at] ?? 0
          if (one === byte.closeList) {
            inItems = false
            key = ''
            around.depth--
            envelope.push(one)
            at++
            continue
          }
          if (isBlank(one) || one === 0x2c) {
            at++
            continue
          }
          if (one !== byte.open) throw new NotAList('something among its items is no object')
        }
        const end = endOfValue(chunk, at, within)
        if (end === -1) {
          hold(chunk.subarray(at))
          return
        }
        yield whole(chunk.subarray(at, end))
        at = end
      }
    },
    end() {
      const text = Buffer.from(envelope).toString()
      if (inItems || around.depth !== 0 || text.trim() === '') throw new NotAList('it broke off before its end')
      return text
    },
  }
}
