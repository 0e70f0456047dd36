import { bufferOf, byte } from './bytes.ts'

/** Takes the lines of a watch apart as their bytes arrive. */
export interface Lines {
  /** The lines that ended within this chunk, without their ends; one beyond the limit is `undefined`. Blank ones are left out. */
  push(chunk: Uint8Array): Generator<Uint8Array | undefined>
}

/** @param limit bytes of one line that are held; of a longer one nothing is. */
export const createLines = (limit: number): Lines => {
  let pieces: Uint8Array[] = []
  let held = 0

  return {
    *push(chunk) {
      const buffer = bufferOf(chunk)
      let from = 0
      while (from < chunk.length) {
        const end = buffer.indexOf(byte.newline, from)
        const piece = chunk.subarray(from, end === -1 ? undefined : end)
        held += piece.length
        if (end === -1) {
          if (held > limit) pieces = []
          else pieces.push(Uint8Array.prototype.slice.call(piece))
          return
        }
        const [before, size] = [pieces, held]
        pieces = []
        held = 0
        from = end + 1
        if (size > limit) yield undefined
        else if (size > 0) yield before.length === 0 ? piece : Buffer.concat([...before, piece], size)
      }
    },
  }
}
