import type { StackCounter } from '../../events/look-stack.ts'
import type { StackMeaning } from '../../metrics/stack/meaning.ts'
import { stackGroups, stackMeaning } from '../../metrics/stack/meanings.ts'

/** A counter with what it means. */
export interface Counted {
  readonly counter: StackCounter
  readonly meaning: StackMeaning
}

export const countedOf = (counter: StackCounter): Counted => ({ counter, meaning: stackMeaning(counter.name) })

const weights = ['bad', 'hint', 'plain'] as const

/** What is bad and moves, what was bad, what goes with trouble, and what is plain traffic; each by its group. */
export const rankOf = ({ counter, meaning }: Counted): number => {
  const { perSecond = 0 } = counter
  const weight = weights.indexOf(meaning.weight)
  const step = perSecond > 0 ? 2 * weight : 2 * weight + 1
  // What moves and goes with trouble comes before what was bad in the past.
  const stage = step === 1 ? 2 : step === 2 ? 1 : step
  return stage * 100 + stackGroups.indexOf(meaning.group)
}

export const isBadNow = ({ counter: { perSecond = 0 }, meaning }: Counted): boolean =>
  meaning.weight === 'bad' && perSecond > 0
