import { createSudoGate } from '../../source/nodes/privilege/sudo-gate.ts'
import type { ProbeContext, Section } from '../../source/nodes/probe.ts'
import type { Take } from '../../source/nodes/sampler/take.ts'
import { readTake, twinMemory } from '../../source/nodes/sampler/twin.ts'

/** One reading of a node's files, as texts; a file that is not named is not there. `uptime` in seconds. */
export interface Reading {
  readonly uptime: number
  readonly files: Readonly<Record<string, string>>
  /** Takes that are read in this frame; default: all. */
  readonly takes?: readonly string[]
}

/**
 * Sections as a probe sees them when these readings follow one another, made by the sampler's twins. Each section is valid
 * until the next one is taken, as in the engine.
 */
export function* sectionsOf(takes: Readonly<Record<string, Take>>, readings: readonly Reading[]): Generator<Section> {
  const memories = new Map(Object.keys(takes).map((name) => [name, twinMemory()]))
  const held = new Map<string, { lines: readonly string[] | undefined; at: number; seconds: number }>()
  for (const reading of readings) {
    const read = new Set(reading.takes ?? Object.keys(takes))
    for (const [name, take] of Object.entries(takes)) {
      if (!read.has(name)) continue
      const memory = memories.get(name) ?? twinMemory()
      const lines = readTake(take, (path) => reading.files[path], memory)
      const before = held.get(name)
      held.set(name, {
        lines,
        at: reading.uptime,
        seconds: before === undefined ? Number.NaN : reading.uptime - before.at,
      })
    }
    yield {
      lines: (name) => held.get(name)?.lines,
      fresh: (name) => read.has(name),
      seconds: (name) => held.get(name)?.seconds ?? Number.NaN,
      there: (name) => held.get(name)?.lines !== undefined,
    }
  }
}

/** A context of a plain root node on which nothing is set; override what the test is about. */
export const contextOf = (section: Section, more: Partial<ProbeContext> = {}): ProbeContext => ({
  flags: {
    uid: 0,
    engine: 'awk',
    paths: new Set(),
    tools: new Set(['ss', 'conntrack', 'tcpdump', 'perl', 'curl', 'timeout']),
  },
  settings: { etcdMetrics: [], ownPeers: [] },
  section,
  sudo: createSudoGate(() => 0),
  has: () => false,
  commandSeconds: 0,
  namespaces: undefined,
  ...more,
})
