import { type Depth, type Depths, depthFor, fullDepths, lengthFor, planDepths, slotsFor } from './depth.ts'
import { lanesOf, minuteOf, phaseFor, type Series, type Shape, write } from './series.ts'
import { createSlabs, type Piece } from './slabs.ts'

/** The history held: bytes, and how far back it reaches for metrics in default columns and for the others. */
export interface History extends Depths {
  /** Bytes that series may take. */
  readonly limit: number
  /** Bytes that they took from the machine so far. */
  readonly allocated: number
}

/** Where all series live. When room runs out, all of them are cut shorter, keeping the newest. */
export interface SeriesPool {
  /** A series that begins with a value at `at` (monotonic ms). */
  create(shape: Shape, at: number, value: number): Series
  /** Takes back the room of a series: whoever still holds it reads gaps from now on. */
  release(series: Series): void
  history(): History
}

// Room for so much more than is known to come, so that shortening is rare.
const margin = 1 / 16
const nowhere: Piece = { data: new Float32Array(0), offset: 0 }

const shallower = (one: Depth, other: Depth): Depth => ({
  seconds: Math.min(one.seconds, other.seconds),
  minutes: Math.min(one.minutes, other.minutes),
})

/**
 * @param bytes the most that all series together take
 * @param expected how many series there will be for each that there is: how many nodes are known for each that has series
 */
export const createSeriesPool = (bytes: number, expected: () => number): SeriesPool => {
  const slabs = createSlabs(bytes)
  /** In the order of their pieces; each knows its place, because a node that goes releases fifty, among fifty thousand. */
  const all: Series[] = []
  /** Among `all`: their pieces are free for the next series of the same shape. */
  const spare = new Set<Series>()
  const counts = new Map<Shape, number>()
  let depths = fullDepths
  let scratch = new Float32Array(0)

  const cut = (shape: Shape): Piece | undefined => {
    const length = lengthFor(shape, depths)
    return length === 0 ? nowhere : slabs.cut(length)
  }

  const shorten = (): void => {
    const share = Math.max(1, expected()) * (1 + margin)
    const planned = planDepths(
      Array.from(counts, ([shape, count]) => [shape, Math.floor(count * share)] as const),
      (longest) => slabs.capacity(longest),
    )
    // Where many are gone there would be room for more: what is written moves towards the start only.
    depths = {
      shown: shallower(depths.shown, planned.shown),
      other: shallower(depths.other, planned.other),
    }
    // Pieces only become shorter, so each moves towards the start, over what is already moved, and never over another.
    slabs.rewind()
    const used = all.filter((series) => !spare.has(series))
    spare.clear()
    all.length = 0
    for (const series of used) {
      series.place = all.push(series) - 1
      if (series.data.length === 0) continue
      const { seconds, minutes } = depthFor(series.shape, depths)
      const slots = slotsFor(series.shape, { seconds, minutes })
      const length = slots + lanesOf(series.shape) * minutes
      if (scratch.length < length) scratch = new Float32Array(length)
      gather(series, slots, minutes, scratch)
      const piece = cut(series.shape) ?? nowhere
      piece.data.set(scratch.subarray(0, length), piece.offset)
      Object.assign(series, { ...piece, slots, minutes })
    }
  }

  const reuse = (shape: Shape): Series | undefined => {
    for (const series of spare) if (series.shape === shape && spare.delete(series)) return series
    return undefined
  }

  return {
    create(shape, at, value) {
      counts.set(shape, (counts.get(shape) ?? 0) + 1)
      const phase = phaseFor(at, shape.period)
      const first = Math.floor((at - phase) / (shape.period * 1000))
      const old = reuse(shape)
      if (old !== undefined) {
        const series = Object.assign(old, { phase, first, head: first })
        write(series, first, value)
        return series
      }
      let piece = cut(shape)
      if (piece === undefined) {
        shorten()
        piece = cut(shape) ?? nowhere
      }
      const { seconds, minutes } = piece === nowhere ? { seconds: 0, minutes: 0 } : depthFor(shape, depths)
      const slots = slotsFor(shape, { seconds, minutes })
      const { data, offset } = piece
      // Name by name: what is spread into an object stands beside it, and there are fifty thousand, each written every second.
      const place = all.length
      const series: Series = { shape, place, phase, data, offset, slots, minutes, first, head: first }
      write(series, first, value)
      all.push(series)
      return series
    },
    release(series) {
      if (all[series.place] !== series) return
      counts.set(series.shape, (counts.get(series.shape) ?? 1) - 1)
      // Another object in its place: the room goes to somebody else, and a snapshot may hold this one.
      const left = { ...series }
      all[series.place] = left
      spare.add(left)
      Object.assign(series, { ...nowhere, slots: 0, minutes: 0 })
    },
    history: () => ({ ...depths, limit: bytes, allocated: slabs.allocated() }),
  }
}

/** Lays out the newest of a series for shorter rings. Places that hold nothing valid are left as they are. */
const gather = (series: Series, slots: number, minutes: number, into: Float32Array): void => {
  copyRing(series, series.offset, series.slots, series.head, series.first, into, 0, slots)
  const newest = minuteOf(series.shape, series.head) - 1
  const oldest = minuteOf(series.shape, series.first)
  for (let which = 0; which < lanesOf(series.shape); which++) {
    const from = series.offset + series.slots + which * series.minutes
    copyRing(series, from, series.minutes, newest, oldest, into, slots + which * minutes, minutes)
  }
}

const copyRing = (
  series: Series,
  from: number,
  length: number,
  newest: number,
  oldest: number,
  into: Float32Array,
  at: number,
  shorter: number,
): void => {
  for (let slot = newest; slot >= oldest && slot > newest - shorter; slot--) {
    into[at + (slot % shorter)] = series.data[from + (slot % length)] ?? Number.NaN
  }
}
