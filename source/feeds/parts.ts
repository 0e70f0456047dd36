import type { Feed } from '../events/feed.ts'
import type { Inquiry } from '../events/inquiry.ts'
import type { NodeWatches } from './node-watches.ts'
import type { SshDoor } from './ssh-door.ts'

/**
 * Waits until every part of a feed has ended. One that fails ends the others by `fail`: whoever hears of it may rely on it
 * that nothing runs any more. Rejects with what failed first.
 */
export const endOf = async (parts: readonly Promise<void>[], fail: () => void): Promise<void> => {
  for (const part of parts) part.catch(fail)
  const outcomes = await Promise.allSettled(parts)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

/** What there is once a feed runs. */
export interface Running {
  watches?: NodeWatches
  ssh?: SshDoor
  /** Asked before there was anybody to ask. */
  inquiries?: readonly Inquiry[]
}

/** From now on these answer. */
export const startWatches = (running: Running, watches: NodeWatches): void => {
  running.watches = watches
  watches.inquire(running.inquiries ?? [])
}

/** What is asked of a feed while it runs; before that it goes nowhere. */
export const controlsOf = (running: Running): Omit<Feed, 'run'> => ({
  optIn: (name, on, nodes) => running.watches?.optIn(name, on, nodes),
  async sampleNow() {
    await running.watches?.sampleNow()
  },
  inquire(inquiries) {
    running.inquiries = inquiries
    running.watches?.inquire(inquiries)
  },
  inquireAgain: () => running.watches?.inquireAgain(),
  answer: (id, answer) => running.ssh?.requests.answer(id, answer),
  retry(nodes) {
    running.ssh?.fleet.pressed()
    running.watches?.retry(nodes)
  },
})
