/** A map that is written in one place and read by many: what a snapshot took of it never changes. */
export interface Table<Key extends string, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
  /** The table as of now; the same object until something is written. */
  view(): ReadonlyMap<Key, Value>
}

/**
 * How many pieces a table is cut into. A write after a snapshot copies one piece and the list of pieces, so that 500 changes of
 * 50,000 entries copy some 11,000 entries and not all of them.
 */
const pieceCount = 2048

/** FNV-1a over UTF-16 units. */
const pieceOf = (key: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 16)) & (pieceCount - 1)
}

type Pieces<Key, Value> = (Map<Key, Value> | undefined)[]

const noPieces: readonly undefined[] = Array.from({ length: pieceCount }, () => undefined)

// A class, as what it stands for is one.
class View<Key extends string, Value> implements ReadonlyMap<Key, Value> {
  readonly size: number
  readonly #pieces: Pieces<Key, Value>

  constructor(pieces: Pieces<Key, Value>, size: number) {
    this.#pieces = pieces
    this.size = size
  }

  get(key: Key): Value | undefined {
    return this.#pieces[pieceOf(key)]?.get(key)
  }
  has(key: Key): boolean {
    return this.#pieces[pieceOf(key)]?.has(key) === true
  }
  *entries(): MapIterator<[Key, Value]> {
    for (const piece of this.#pieces) if (piece !== undefined) yield* piece.entries()
    return undefined
  }
  *keys(): MapIterator<Key> {
    for (const piece of this.#pieces) if (piece !== undefined) yield* piece.keys()
    return undefined
  }
  *values(): MapIterator<Value> {
    for (const piece of this.#pieces) if (piece !== undefined) yield* piece.values()
    return undefined
  }
  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries()
  }
  forEach(call: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const piece of this.#pieces) piece?.forEach((value, key) => call(value, key, this))
  }
}

export const createTable = <Key extends string, Value>(): Table<Key, Value> => {
  let pieces: Pieces<Key, Value> = noPieces.slice()
  let size = 0
  let taken: View<Key, Value> | undefined
  /** Pieces that no view holds; undefined while no view holds any. */
  let owned: Set<number> | undefined

  const writable = (index: number): Map<Key, Value> => {
    if (taken !== undefined) {
      pieces = pieces.slice()
      owned = new Set()
      taken = undefined
    }
    const piece = pieces[index]
    if (piece !== undefined && (owned === undefined || owned.has(index))) return piece
    const copy = new Map(piece)
    pieces[index] = copy
    owned?.add(index)
    return copy
  }

  return {
    get: (key) => pieces[pieceOf(key)]?.get(key),
    set(key, value) {
      const piece = writable(pieceOf(key))
      const before = piece.size
      piece.set(key, value)
      size += piece.size - before
    },
    delete(key) {
      const index = pieceOf(key)
      if (pieces[index]?.has(key) !== true) return
      const piece = writable(index)
      piece.delete(key)
      if (piece.size === 0) pieces[index] = undefined
      size--
    },
    view() {
      taken ??= new View(pieces, size)
      return taken
    },
  }
}
