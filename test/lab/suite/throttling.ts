import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { cgroupsMatching } from '../cgroups.ts'

/** Periods of a container's limit: all that it ran in, and those in which it was held back. */
export interface Periods {
  readonly all: number
  readonly held: number
}

interface Count extends Periods {
  /** Wall ms. */
  readonly at: number
}

/** Milliseconds that a count may be off the time that is asked for. */
const near = 600

const countIn = (text: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])

const nearest = (counts: readonly Count[], at: number): Count | undefined => {
  const [best] = counts.toSorted((one, other) => Math.abs(one.at - at) - Math.abs(other.at - at))
  return best !== undefined && Math.abs(best.at - at) <= near ? best : undefined
}

/** The cpu.stat of all containers of a node, counted each time that `look` is called. */
export const throttlingOn = (node: string) => {
  const counts = new Map<string, Count[]>()
  return {
    look(): void {
      for (const file of cgroupsMatching('cpu', node, 'kubepods/**/pod*/*/cpu.stat')) {
        const [text, id] = [readFileSync(file, 'utf8'), basename(dirname(file))]
        const count = { at: Date.now(), all: countIn(text, 'nr_periods'), held: countIn(text, 'nr_throttled') }
        counts.set(id, [...(counts.get(id) ?? []), count])
      }
    },
    /** What came between two times to the container whose id begins so; undefined: nobody counted then. */
    between(container: string, from: number, until: number): Periods | undefined {
      const id = [...counts.keys()].find((each) => each.startsWith(container))
      const all = counts.get(id ?? '') ?? []
      const [first, last] = [nearest(all, from), nearest(all, until)]
      return first && last && { all: last.all - first.all, held: last.held - first.held }
    },
  }
}
