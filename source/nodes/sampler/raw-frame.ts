import type { NumberedTake } from './awk.ts'
import { groupsReading } from './fallback.ts'
import type { Held } from './held.ts'
import { readTake, type TwinMemory, twinMemory } from './twin.ts'

export interface RawFrame {
  line(line: string): void
  /** Makes of the files of these groups what the takes ask for, and writes it into what is held. */
  finish(groups: readonly number[]): void
}

/** Gathers the output of `head -v` and reduces it here, for nodes without awk. */
export const createRawFrame = (takes: readonly NumberedTake[], held: readonly (Held | undefined)[]): RawFrame => {
  const files = new Map<string, string>()
  const groupsOf = groupsReading(takes)
  // Made when the first frame comes: most nodes have awk and send none.
  const memories: TwinMemory[] = []
  let path: string | undefined
  let gathered: string[] = []
  let arrived = new Set<string>()

  const close = (next: string | undefined): void => {
    if (path !== undefined) {
      // An empty line follows each file.
      if (gathered.at(-1) === '') gathered.pop()
      files.set(path, gathered.map((text) => `${text}\n`).join(''))
      arrived.add(path)
    }
    path = next
    gathered = []
  }

  return {
    line(line) {
      if (line.startsWith('==> ') && line.endsWith(' <==')) close(line.slice(4, -4))
      else if (path !== undefined) gathered.push(line)
    },
    finish(groups) {
      close(undefined)
      // What was asked for and did not come is gone; what was not asked for is not kept.
      for (const file of files.keys())
        if (groupsOf(file).some((every) => groups.includes(every)) !== arrived.has(file)) files.delete(file)
      arrived = new Set()
      for (const { number, take } of takes) {
        const one = held[number]
        if (one === undefined || !groups.includes(take.every)) continue
        const lines = readTake(take, (name) => files.get(name), (memories[number] ??= twinMemory()))
        one.there = lines !== undefined
        one.lines = [...(lines ?? [])]
      }
    },
  }
}
