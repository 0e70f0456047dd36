import { lanesOf, type Shape } from './series.ts'

/** How far a history reaches back: seconds at full rate, then minutes as minimum, mean and maximum. */
export interface Depth {
  readonly seconds: number
  readonly minutes: number
}

/** Metrics that stand in a default column or feed a derived figure keep the longer history. */
export interface Depths {
  readonly shown: Depth
  readonly other: Depth
}

const full: Depth = { seconds: 15 * 60, minutes: 24 * 60 }
const least: Depth = { seconds: 5 * 60, minutes: 2 * 60 }
// A ring at full rate must hold the minute that is being written.
const floor: Depth = { seconds: 60, minutes: 10 }
const none: Depth = { seconds: 0, minutes: 0 }

/** From plenty to nothing: between two rows, depths shrink evenly. What is not shown gives way first. */
const stages: readonly Depths[] = [
  { shown: full, other: full },
  { shown: full, other: least },
  { shown: least, other: least },
  { shown: least, other: floor },
  { shown: floor, other: floor },
  { shown: floor, other: none },
  { shown: none, other: none },
]

/** The depth while there is room for everything. */
export const fullDepths: Depths = { shown: full, other: full }

export const slotsFor = (shape: Shape, depth: Depth): number => Math.ceil(depth.seconds / shape.period)

export const depthFor = (shape: Shape, depths: Depths): Depth => (shape.shown ? depths.shown : depths.other)

/** Numbers that a series of this shape takes. */
export const lengthFor = (shape: Shape, depths: Depths): number => {
  const depth = depthFor(shape, depths)
  return slotsFor(shape, depth) + lanesOf(shape) * depth.minutes
}

const between = (a: Depth, b: Depth, share: number): Depth => {
  const seconds = Math.floor(a.seconds + (b.seconds - a.seconds) * share)
  const minutes = Math.floor(a.minutes + (b.minutes - a.minutes) * share)
  return seconds < floor.seconds ? none : { seconds, minutes }
}

const depthsAt = (position: number): Depths => {
  const stage = Math.min(Math.floor(position), stages.length - 2)
  const [from, to] = [stages[stage] ?? fullDepths, stages[stage + 1] ?? fullDepths]
  return {
    shown: between(from.shown, to.shown, position - stage),
    other: between(from.other, to.other, position - stage),
  }
}

/**
 * The greatest depths at which so many series of each shape fit. `capacity` answers how many numbers there is room for
 * when the longest series has the given length.
 */
export const planDepths = (
  demand: Iterable<readonly [Shape, number]>,
  capacity: (longest: number) => number,
): Depths => {
  const wanted = [...demand]
  const fits = (depths: Depths): boolean => {
    let numbers = 0
    let longest = 0
    for (const [shape, count] of wanted) {
      const length = lengthFor(shape, depths)
      numbers += length * count
      longest = Math.max(longest, length)
    }
    return numbers <= capacity(longest)
  }
  if (fits(fullDepths)) return fullDepths
  let [tooMuch, enough] = [0, stages.length - 1]
  for (let halving = 0; halving < 24; halving++) {
    const middle = (tooMuch + enough) / 2
    if (fits(depthsAt(middle))) enough = middle
    else tooMuch = middle
  }
  return depthsAt(enough)
}
