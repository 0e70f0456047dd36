import { resolve } from '../../source/config/resolve.ts'
import type { Settings } from '../../source/config/settings.ts'
import type { Event } from '../../source/events/event.ts'
import type { Feed } from '../../source/events/feed.ts'
import type { Inquiry } from '../../source/events/inquiry.ts'
import type { Watching } from '../../source/modes/follow.ts'
import { worker } from '../export/sample.ts'

/** A feed that says what a test tells it to say. */
export interface FakeFeed {
  readonly watching: Watching
  say(...events: readonly Event[]): void
  /** Settles when the feed is asked to read everything now. */
  readonly asked: Promise<void>
  /** Ends the reading that was asked for. */
  answer(): void
  fail(error: Error): void
  hasEnded(): boolean
  /** What it was asked last. */
  inquiries(): readonly Inquiry[]
}

export const createFakeFeed = (nodes: Watching['nodes'] = [worker], optIns: readonly string[] = []): FakeFeed => {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const failed = Promise.withResolvers<never>()
  let emit: (events: readonly Event[]) => void = () => undefined
  let ended = false
  let inquiries: readonly Inquiry[] = []
  const feed: Feed = {
    run(tell, signal) {
      emit = tell
      const done = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          ended = true
          resolve()
        })
      })
      return Promise.race([done, failed.promise])
    },
    optIn: () => undefined,
    sampleNow() {
      asked.resolve()
      return answered.promise
    },
    answer: () => undefined,
    inquire: (asked) => {
      inquiries = asked
    },
    inquireAgain: () => undefined,
    retry: () => undefined,
  }
  return {
    watching: { feed, nodes, optIns: new Set(optIns) },
    say: (...events) => emit(events),
    asked: asked.promise,
    answer: answered.resolve,
    fail: failed.reject,
    hasEnded: () => ended,
    inquiries: () => inquiries,
  }
}

export const defaults: Settings = resolve({ flags: {}, environment: {} }, null)
