/** A piece of a slab. */
export interface Piece {
  readonly data: Float32Array
  readonly offset: number
}

/** Cuts pieces of a bounded number of bytes, one after the other; slabs are allocated when they are first needed. */
export interface Slabs {
  /** The next piece of so many numbers; undefined where no room is left. Its content is whatever stood there. */
  cut(length: number): Piece | undefined
  /** Forgets what was cut: the next piece is the first again. The slabs are kept. */
  rewind(): void
  /** Numbers that surely fit in pieces of at most `longest`, each within one slab. */
  capacity(longest: number): number
  /** Bytes allocated so far, never more than the limit. */
  allocated(): number
}

const slabNumbers = 256 * 1024

/** @param bytes the limit; what is over after whole slabs of 1 MB is one smaller slab. */
export const createSlabs = (bytes: number): Slabs => {
  const total = Math.floor(bytes / Float32Array.BYTES_PER_ELEMENT)
  const count = Math.ceil(total / slabNumbers)
  const slabs: Float32Array[] = []
  let slab = 0
  let offset = 0

  const sizeOf = (index: number): number => Math.min(slabNumbers, total - index * slabNumbers)
  const slabAt = (index: number): Float32Array => (slabs[index] ??= new Float32Array(sizeOf(index)))

  return {
    cut(length) {
      while (slab < count && offset + length > sizeOf(slab)) {
        slab++
        offset = 0
      }
      if (slab >= count) return undefined
      const piece = { data: slabAt(slab), offset }
      offset += length
      return piece
    },
    rewind() {
      slab = 0
      offset = 0
    },
    capacity: (longest) => total - Math.max(0, count - 1) * longest,
    allocated: () => slabs.reduce((sum, each) => sum + each.byteLength, 0),
  }
}
