import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import type { FileTier, Probe, ProbeContext } from '../../../source/nodes/probe.ts'
import { type Behind, nothingTaken, type Taken } from '../../../source/nodes/taken.ts'
import { contextOf, type Reading, sectionsOf } from '../section.ts'

export type Files = Readonly<Record<string, string>>

const folder = join(import.meta.dirname, '../../fixtures/proc')

/** Every kernel of which there are texts. */
export const kernels = ['4.18', '5.4', '5.10', '5.15', '6.1', '6.18'] as const

/** The texts of /proc of one kernel, by path. */
export const recorded = (kernel: (typeof kernels)[number]): Files => {
  const root = join(folder, kernel)
  const paths = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [`/proc/${relative(root, path)}`, readFileSync(path, 'utf8')]
    }),
  )
}

/** The files that a probe reads, as this machine has them now. */
export const live = (probe: Probe): Files =>
  Object.fromEntries(
    Object.values(probe.takes)
      .filter(({ file }) => existsSync(file))
      .map(({ file }) => [file, readFileSync(file, 'utf8')]),
  )

/** The files with one of them changed. */
export const edited = (files: Files, path: string, edit: (text: string) => string): Files => ({
  ...files,
  [path]: edit(files[path] ?? ''),
})

export const without = (files: Files, ...paths: readonly string[]): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)))

/** Readings one second apart, from an uptime of 1,000 s on. */
export const everySecond = (...files: readonly Files[]): readonly Reading[] =>
  files.map((texts, index) => ({ uptime: 1000 + index, files: texts }))

/** What the file tier of a probe takes in each of the readings. */
export const takenFrom = (
  probe: Probe,
  readings: readonly Reading[],
  context: Partial<ProbeContext> = {},
): readonly Taken[] => {
  const tier = probe.tiers.find(({ kind }) => kind === 'files') as FileTier<unknown>
  const state = tier.begin()
  return Array.from(sectionsOf(probe.takes, readings), (section) => {
    const taken = nothingTaken()
    tier.step(state, section, taken, contextOf(section, context))
    return taken
  })
}

/** What a probe takes in the last of some readings. */
export const lastTaken = (probe: Probe, readings: readonly Reading[], context: Partial<ProbeContext> = {}): Taken => {
  const last = takenFrom(probe, readings, context).at(-1)
  if (last === undefined) throw new Error('no readings')
  return last
}

/** The value that was taken; undefined if there is none. */
export const valueOf = (taken: Taken, metric: MetricId): number | undefined =>
  taken.values[taken.metrics.indexOf(metric)]

/** Everything that was taken, by metric. */
export const valuesOf = (taken: Taken): Partial<Record<MetricId, number>> =>
  Object.fromEntries(taken.metrics.map((metric, index) => [metric, taken.values[index]]))

/** What stands behind a value; undefined where none was taken. */
export const behindOf = (taken: Taken, metric: MetricId): Behind | undefined => {
  const at = taken.metrics.indexOf(metric)
  if (at < 0) return undefined
  const [observations = Number.NaN, window = Number.NaN] = [taken.observations[at], taken.windows[at]]
  const bound = taken.bounds[at]
  return {
    ...(Number.isNaN(observations) ? {} : { observations }),
    ...(Number.isNaN(window) ? {} : { window }),
    ...(bound === -1 || bound === 1 ? { bound } : {}),
  }
}

export const observationsOf = (taken: Taken, metric: MetricId): number | undefined =>
  behindOf(taken, metric)?.observations

/** Adds to one cell of a table of hexadecimal words with a header, modulo 2^32 as the kernel does. */
export const addHex = (text: string, column: string, amount: number, row = 0): string => {
  const lines = text.split('\n')
  const position = (lines[0] ?? '').trim().split(/\s+/).indexOf(column)
  if (position < 0) throw new Error(`no column ${column}`)
  return lines.map((line, index) => (index === row + 1 ? addToWord(line, position, amount) : line)).join('\n')
}

/** Adds to one word (from 0) of a line of hexadecimal words. */
export const addToWord = (line: string, position: number, amount: number): string => {
  let seen = -1
  return line.replace(/\S+/g, (word) => {
    seen += 1
    if (seen !== position) return word
    const sum = (Number.parseInt(word, 16) + amount) % 2 ** 32
    return (sum < 0 ? sum + 2 ** 32 : sum).toString(16).padStart(8, '0')
  })
}

/** Why a metric is missing, or whether its value lies between two readings of one's own, in whatever order. */
export const verdictOn = (taken: Taken, metric: MetricId, one: number, other: number): string | boolean => {
  const value = valueOf(taken, metric) ?? Number.NaN
  const within = value >= Math.min(one, other) && value <= Math.max(one, other)
  return taken.missing.get(metric)?.missing ?? within
}
