import type { Probe, Section } from './probe.ts'
import type { NumberedTake } from './sampler/awk.ts'
import type { Held } from './sampler/held.ts'

/** What the sampler of a node reads, and which number each take of each probe has in it. */
export interface Plan {
  readonly takes: readonly NumberedTake[]
  /** Per probe: the name of a take to its number. */
  readonly numbers: readonly ReadonlyMap<string, number>[]
}

/** Numbers the takes of all probes; a take that several probes want in the same form is read once. */
export const planOf = (probes: readonly Probe[]): Plan => {
  const takes: NumberedTake[] = []
  const known = new Map<string, number>()
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
  return { takes, numbers }
}

/** A probe's view of what the sampler holds. `frame`: the number of frames read so far. */
export const sectionOf = (
  numbers: ReadonlyMap<string, number>,
  held: () => readonly (Held | undefined)[],
  frame: () => number,
): Section => {
  const find = (take: string): Held | undefined => {
    const number = numbers.get(take)
    if (number === undefined) throw new Error(`no take ${take} in this probe`)
    return held()[number]
  }
  return {
    lines: (take) => {
      const one = find(take)
      return one?.there === true ? one.lines : undefined
    },
    fresh: (take) => frame() > 0 && find(take)?.frame === frame(),
    seconds: (take) => find(take)?.seconds ?? Number.NaN,
    there: (take) => find(take)?.there !== false,
  }
}
