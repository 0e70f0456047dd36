import type { Settings } from '../config/settings.ts'
import { exitCodes, type FailOn, isAnyLive, isReached } from '../export/fail-on.ts'
import { jsonText } from '../export/json.ts'
import { clean } from '../text/clean.ts'
import { follow, type Watching } from './follow.ts'
import { catchInterrupts, interruptCode } from './interrupts.ts'
import { createLineSink, isReaderGone, type LineSink, sayWhyNothing } from './output.ts'
import { setup } from './setup.ts'
import type { Surroundings } from './surroundings.ts'

export interface StreamOptions {
  readonly failOn: FailOn | undefined
}

/** After so many seconds a node that has not answered counts as one that is not watched, whenever it came. */
const longestStart = 10

/**
 * Writes a line at each second of the feed, until interrupted or until nobody reads. A reader that is too slow gets the
 * newest line and not those before it. Gives back the exit code: what `--fail-on` names counts whenever it was so, and
 * comes before how the stream ended.
 */
export const streamLines = async (
  watching: Watching,
  settings: Settings,
  { failOn }: StreamOptions,
  sink: LineSink,
  interrupted: AbortSignal,
): Promise<number> => {
  let seconds = 0
  let wasLive = false
  let wasReached = false

  let second = Number.NEGATIVE_INFINITY
  const following = follow(watching, settings, interrupted, (events, { store, isSettled }) => {
    // The clock tells the time more often than it is worth a line.
    const now = Math.max(...events.map((event) => (event.type === 'clock' ? Math.floor(event.at / 1000) : second)))
    if (now <= second) return
    second = now
    const snapshot = store.snapshot()
    // At the very first there is nobody to speak of.
    if (watching.nodes !== 'told by the cluster' && watching.nodes.some((node) => !snapshot.nodes.has(node)))
      return store.release(snapshot)
    seconds++
    wasLive ||= isAnyLive(snapshot)
    if (failOn !== undefined && (isSettled() || seconds > longestStart))
      wasReached ||= isReached(snapshot, failOn, longestStart * 1000)
    sink.offer(jsonText(snapshot))
    store.release(snapshot)
  })

  let broken: Error | undefined
  try {
    broken = await following.waitFor(sink.failed)
  } catch (error) {
    if (!interrupted.aborted) throw error
  } finally {
    // It may have come to live since the last line, or before the first.
    wasLive ||= isAnyLive(following.store.snapshot())
    await Promise.all([following.end(), sink.end()])
  }
  if (broken !== undefined && !isReaderGone(broken)) {
    process.stderr.write(`kntop: cannot write: ${clean(broken.message)}\n`)
    return exitCodes.nothing
  }
  if (wasReached) return exitCodes.reached
  if (!wasLive && (following.isSettled() || seconds > longestStart)) {
    sayWhyNothing(following.store.snapshot())
    return exitCodes.nothing
  }
  return interrupted.aborted ? interruptCode(interrupted) : exitCodes.fine
}

/** `--stream` of what the settings name. */
export const stream = async (
  settings: Settings,
  options: StreamOptions,
  surroundings: Omit<Surroundings, 'door'>,
): Promise<number> => {
  const watching = await setup(settings, { ...surroundings, door: 'headless' })
  const interrupts = catchInterrupts()
  try {
    return await streamLines(watching, settings, options, createLineSink(process.stdout), interrupts.signal)
  } finally {
    interrupts.release()
  }
}
