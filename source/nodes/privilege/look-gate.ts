import type { Look } from '../../events/looks.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { type Blind, isBlind, type LookKind } from '../namespaces/look-kind.ts'
import type { ProbeSettings } from '../probe.ts'
import { wholeEngine } from './connect-as-root.ts'
import type { SudoGate } from './sudo-gate.ts'

/** What may run as root through sudo on a node, and what sudo has answered there. */
export interface LookSudo {
  readonly setting: ProbeSettings['sudo']
  readonly gate: SudoGate
}

/** How one kind of look gets through sudo. */
export interface LookGate {
  /** Whether its script may go through sudo for single commands. */
  readonly mayAsk: boolean
  /** Why sudo is not asked now; undefined: it may be, or need not. */
  barred(): Clean | undefined
  /** Notes how a look ended; one that sudo refused says what is missing. */
  heard(seen: Look | Blind): Look | Blind
}

export const lookGate = ({ tab, sudo: commands }: LookKind, sudo: LookSudo | undefined): LookGate => {
  const gate = sudo?.gate
  const mayAsk = commands !== undefined && sudo?.setting === 'commands'
  return {
    mayAsk,
    barred: () => (mayAsk ? gate?.barred(tab)?.advice : undefined),
    heard(seen) {
      if (!isBlind(seen)) {
        if (mayAsk) gate?.worked(tab)
        return seen
      }
      const { refused, needsRoot } = seen
      if (refused !== undefined && gate !== undefined) {
        const fragment = `kntop commands --output sudoers (here ${refused.line} is missing)`
        return { ...seen, cause: gate.refused(tab, refused.words, fragment).advice }
      }
      const whole = needsRoot === true && sudo?.setting === 'root' ? gate?.refusal(wholeEngine) : undefined
      return whole === undefined ? seen : { ...seen, cause: clean(whole.advice) }
    },
  }
}
