import type { Settings } from '../config/settings.ts'
import { exitCodeOf, type FailOn } from '../export/fail-on.ts'
import type { Format } from '../export/format.ts'
import { printed } from '../export/print.ts'
import { waits } from '../export/waits.ts'
import { catalogue } from '../metrics/catalogue.ts'
import { optIns } from '../nodes/probes.ts'
import { follow, type Watching } from './follow.ts'
import { catchInterrupts, interruptCode } from './interrupts.ts'
import { print, sayWhyNothing, type TextStream } from './output.ts'
import { setup } from './setup.ts'
import type { Surroundings } from './surroundings.ts'

export interface OnceOptions {
  readonly output: Format
  /** Seconds from the first reading of all nodes to the last, which is printed. */
  readonly wait: number | undefined
  readonly failOn: FailOn | undefined
}

/** A node that has not answered by then is printed as it stands. Milliseconds. */
const longestStart = 10_000
const longestReading = 10_000

/** Seconds to wait where nobody says how long: until the slowest opt-in that was asked for has its first figures. */
const waitFor = (asked: Watching['optIns']): number =>
  Math.max(waits.usual, ...optIns.filter(({ name }) => asked.has(name)).map(({ settle = 0 }) => settle))

/** The same levels without their holds: one look has no time to wait for them. */
const atOnce = (thresholds: Settings['thresholds']): Settings['thresholds'] =>
  Object.fromEntries(
    catalogue.map(({ id, levels }) => [
      id,
      Object.fromEntries(
        Object.entries(thresholds[id] ?? levels).map(([band, level]) => [band, { ...level, hold: 0 }]),
      ),
    ]),
  )

/**
 * Reads as the screen would, each second, for as long as it waits; reads everything once more, ends what it started,
 * prints. Gives back the exit code. Rates are those of the last second, percentiles those of all the wait.
 */
export const lookOnce = async (
  watching: Watching,
  settings: Settings,
  { output, wait = waitFor(watching.optIns), failOn }: OnceOptions,
  stdout: TextStream & { readonly columns?: number },
  interrupted: AbortSignal,
): Promise<number> => {
  const following = follow(watching, { ...settings, thresholds: atOnce(settings.thresholds) }, interrupted)
  try {
    await following.waitFor(following.settled, longestStart)
    await following.waitFor(new Promise<never>(() => undefined), wait * 1000)
    await following.waitFor(watching.feed.sampleNow(), longestReading)
  } catch (error) {
    if (interrupted.aborted) return interruptCode(interrupted)
    throw error
  } finally {
    await following.end()
  }
  const snapshot = following.store.snapshot()
  await print(printed(snapshot, output, stdout.columns), stdout, interrupted)
  if (interrupted.aborted) return interruptCode(interrupted)
  sayWhyNothing(snapshot)
  return exitCodeOf(snapshot, failOn)
}

/** `--once` on what the settings name. */
export const once = async (
  settings: Settings,
  options: OnceOptions,
  surroundings: Omit<Surroundings, 'door'>,
): Promise<number> => {
  const watching = await setup(settings, { ...surroundings, door: 'headless' })
  const interrupts = catchInterrupts()
  try {
    return await lookOnce(watching, settings, options, process.stdout, interrupts.signal)
  } finally {
    interrupts.release()
  }
}
