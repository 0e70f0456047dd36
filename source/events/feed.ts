import type { Event } from './event.ts'
import type { Inquiry } from './inquiry.ts'
import type { Answer } from './request.ts'
import type { NodeName } from './subject.ts'

/** A source of events: live nodes, a recording. It runs until the signal aborts, and leaves nothing behind. */
export interface Feed {
  /** Settles when everything has ended. */
  run(emit: (events: readonly Event[]) => void, signal: AbortSignal): Promise<void>
  /** Switches an opt-in; the feed answers by `opt-in` events. */
  optIn(name: string, on: boolean, nodes: readonly NodeName[] | 'all'): void
  /** Reads everything once, now; settles when all nodes have answered or cannot. */
  sampleNow(): Promise<void>
  /** Answers a request; one that is gone by now is left alone. */
  answer(id: string, answer: Answer): void
  /** What is to be answered from now on, by `report` events; what is not in the list any more is not asked any more. */
  inquire(inquiries: readonly Inquiry[]): void
  /** Looks again at all that is asked, at once. */
  inquireAgain(): void
  /** Tries lost and refused nodes again at once, whatever they wait for. */
  retry(nodes: readonly NodeName[] | 'all'): void
}
