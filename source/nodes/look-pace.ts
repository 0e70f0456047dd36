import type { Pace } from '../events/inquiry.ts'
import { stretch } from './budget.ts'

/** A period that is hardly longer than the usual one is not worth a word. */
const worthSaying = 1.2

/**
 * Seconds until the next look, so that its cost stays within what a node is to pay; and what is to be said of it. `every`: seconds
 * as wished; `cost`: CPU seconds of one look; `others`: share of a core, in percent, that all else of kntop takes there. A share
 * is left to a look whatever that is, as it is to commands.
 */
export const paceOf = (every: number, cost: number, others = 0): { readonly seconds: number; readonly pace?: Pace } => {
  const [seconds = every] = stretch(others, [{ every, cost }])
  return seconds > every * worthSaying ? { seconds, pace: { seconds, cost: cost * 1000 } } : { seconds }
}
