import type { NumberedTake } from './awk.ts'
import type { Held } from './decoder.ts'
import { filesOf } from './fallback.ts'
import type { Every } from './take.ts'
import { readTake, twinMemory } from './twin.ts'

export interface RawFrame {
  line(line: string): void
  /** Makes of the files of these groups what the takes ask for, and writes it into what is held. */
  finish(groups: readonly number[]): void
}

/** Gathers the output of `head -v` and reduces it here, for nodes without awk. */
export const createRawFrame = (takes: readonly NumberedTake[], held: readonly (Held | undefined)[]): RawFrame => {
  const files = new Map<string, string>()
  const memories = new Map(takes.map(({ number }) => [number, twinMemory()]))
  let path: string | undefined
  let gathered: string[] = []
  let arrived = new Set<string>()

  const close = (next: string | undefined): void => {
    if (path !== undefined) {
      // head parts two files by an empty line.
      if (next !== undefined && gathered.at(-1) === '') gathered.pop()
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
      for (const every of groups)
        for (const file of filesOf(takes, every as Every).files) if (!arrived.has(file)) files.delete(file)
      arrived = new Set()
      for (const { number, take } of takes) {
        const one = held[number]
        if (one === undefined || !groups.includes(take.every)) continue
        const lines = readTake(take, (name) => files.get(name), memories.get(number) ?? twinMemory())
        one.there = lines !== undefined
        one.lines = [...(lines ?? [])]
      }
    },
  }
}
