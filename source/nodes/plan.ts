import { type ArbiterLayout, layoutOf } from './arbiter-layout.ts'
import type { Probe, Section } from './probe.ts'
import { awkProgram, type NumberedTake } from './sampler/awk.ts'
import type { Held } from './sampler/held.ts'

/** What the sampler of a node reads, and which number each take of each probe has in it. One for all nodes. */
export interface Plan {
  readonly takes: readonly NumberedTake[]
  /** Per probe: the name of a take to its number. */
  readonly numbers: readonly ReadonlyMap<string, number>[]
  /** Per probe: what its arbiters share. */
  readonly layouts: readonly ArbiterLayout[]
  /** The node-side program for `takes`: made when it is first asked for, and then the same text for every node. */
  awk(): string
}

/** Numbers the takes of all probes; a take that several probes want in the same form is read once. */
export const planOf = (probes: readonly Probe[]): Plan => {
  const takes: NumberedTake[] = []
  const known = new Map<string, number>()
  let awk: string | undefined
  const numbers = probes.map(
    (probe) =>
      new Map(
        Object.entries(probe.takes).map(([name, take]) => {
          const key = JSON.stringify(take)
          const number = known.get(key) ?? takes.length + 1
          if (!known.has(key)) takes.push({ number, take })
          known.set(key, number)
          return [name, number] as const
        }),
      ),
  )
  return {
    takes,
    numbers,
    layouts: probes.map(({ tiers }) => layoutOf(tiers)),
    awk: () => (awk ??= awkProgram(takes)),
  }
}

// A class for the same reason as the arbiter: there is one for each probe of each node.
class HeldSection implements Section {
  private readonly numbers: ReadonlyMap<string, number>
  private readonly held: () => readonly (Held | undefined)[]
  private readonly frame: () => number

  constructor(numbers: ReadonlyMap<string, number>, held: () => readonly (Held | undefined)[], frame: () => number) {
    this.numbers = numbers
    this.held = held
    this.frame = frame
  }

  lines(take: string): readonly string[] | undefined {
    const one = this.find(take)
    return one?.there === true ? one.lines : undefined
  }

  fresh(take: string): boolean {
    const frame = this.frame()
    return frame > 0 && this.find(take)?.reads.frame === frame
  }

  seconds(take: string): number {
    return this.find(take)?.reads.seconds ?? Number.NaN
  }

  there(take: string): boolean {
    return this.find(take)?.there !== false
  }

  private find(take: string): Held | undefined {
    const number = this.numbers.get(take)
    if (number === undefined) throw new Error(`no take ${take} in this probe`)
    return this.held()[number]
  }
}

/** A probe's view of what the sampler holds. `frame`: the number of frames read so far. */
export const sectionOf = (
  numbers: ReadonlyMap<string, number>,
  held: () => readonly (Held | undefined)[],
  frame: () => number,
): Section => new HeldSection(numbers, held, frame)
