import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { JsonReading, JsonSnapshot } from '../../../source/export/json.ts'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { type Argv, type Running, start } from './command.ts'
import { builtFolder, folder } from './names.ts'
import { type Mark, makeMark, type Process } from './processes.ts'

/** The built program, running, with a home of its own. */
export interface Kntop {
  readonly program: Running
  /** It and everything that it has started. */
  readonly mark: Mark
  readonly home: string
}

const program = join(builtFolder, 'bin/kntop.js')

/** What starts the built program with these flags. `enter`: a way into a namespace. */
export const kntopCommand = (flags: readonly string[], enter: readonly string[] = []) => {
  const home = mkdtempSync(join(folder, 'home-'))
  const mark = makeMark()
  const variables = [mark.variable, `HOME=${home}`, 'TERM=xterm-256color']
  const argv = [...enter, 'env', '-u', 'XDG_STATE_HOME', '-u', 'XDG_CONFIG_HOME', ...variables] as unknown as Argv
  return { argv: [...argv, process.execPath, program, ...flags] as Argv, mark, home }
}

export const startKntop = (flags: readonly string[], enter: readonly string[] = []): Kntop => {
  const { argv, mark, home } = kntopCommand(flags, enter)
  return { program: start(argv), mark, home }
}

/** What `--once --output json` prints, once it has ended with 0. */
export const printed = async ({ program }: Kntop): Promise<JsonSnapshot> => {
  await vi.waitFor(
    () => {
      if (program.status() === undefined) throw new Error(`kntop does not end, it says ${program.errors()}`)
    },
    { timeout: 60_000, interval: 20 },
  )
  if (program.status() !== 0) throw new Error(`kntop ended with ${program.status()}: ${program.errors()}`)
  return JSON.parse(program.output()) as JsonSnapshot
}

/** What `--stream` has written so far. */
export const streamed = ({ program }: Kntop): readonly JsonSnapshot[] =>
  program
    .output()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonSnapshot)

/** What kntop runs on a node, by name: the sampler, commands, opt-ins. */
export const onNode = (mark: Mark): readonly Process[] => mark.processes().filter(({ name }) => name !== 'kntop')

export const readingIn = ({ nodes }: JsonSnapshot, metric: MetricId): JsonReading => {
  const reading = nodes[0]?.readings[metric]
  if (reading === undefined) throw new Error(`no ${metric} was printed`)
  return reading
}

/** The value of a metric in what was printed; fails with the reason where there is none. */
export const valueIn = (snapshot: JsonSnapshot, metric: MetricId): number => {
  const reading = readingIn(snapshot, metric)
  if ('missing' in reading) throw new Error(`${metric} is missing: ${reading.missing}: ${reading.advice}`)
  return reading.value
}
