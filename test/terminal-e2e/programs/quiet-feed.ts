import type { Feed } from '../../../source/events/feed.ts'

/** A feed that does what `run` does, and nothing of what is asked of it beside. */
export const quietFeed = (run: Feed['run']): Feed => ({
  run,
  optIn: () => undefined,
  sampleNow: () => Promise.resolve(),
  answer: () => undefined,
  inquire: () => undefined,
  inquireAgain: () => undefined,
  retry: () => undefined,
})
