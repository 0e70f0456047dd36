import { type Clean, clean } from '../../text/clean.ts'

/** What is shown in place of figures that sudo stands before. */
export interface SudoRefusal {
  readonly missing: 'denied'
  readonly advice: Clean
}

/** Milliseconds for which nothing is tried after sudo refused: each refusal is logged on the node, and mailed. */
const barredFor = 3_600_000

/** What sudo has answered on one node so far, over all its connections. `what` tells commands apart. */
export interface SudoGate {
  /** Why it is not tried now; undefined: it may be. What has worked once may be tried again while others are refused. */
  barred(what: string): SudoRefusal | undefined
  /** Why it was refused last, however long ago. */
  refusal(what: string): SudoRefusal | undefined
  worked(what: string): void
  /** Notes a refusal, with sudo's words for it; gives back what to show. `fragment`: the command that prints what permits it. */
  refused(what: string, words: string, fragment?: string): SudoRefusal
  /** Notes that sudo said nothing, and in which way: nothing was refused or logged, so nothing is barred. */
  unanswered(what: string, words: string): void
}

/** `now`: monotonic milliseconds. */
export const createSudoGate = (now: () => number): SudoGate => {
  const working = new Set<string>()
  const refusals = new Map<string, SudoRefusal>()
  let last: { readonly refusal: SudoRefusal; readonly at: number } | undefined

  return {
    barred: (what) =>
      last === undefined || working.has(what) || now() - last.at >= barredFor
        ? undefined
        : (refusals.get(what) ?? last.refusal),
    refusal: (what) => refusals.get(what),
    worked(what) {
      working.add(what)
      refusals.delete(what)
    },
    refused(what, words, fragment = 'kntop commands --output sudoers') {
      const refusal: SudoRefusal = {
        missing: 'denied',
        advice: clean(`sudo: ${words}: give the node what ${fragment} prints. Tried once an hour.`),
      }
      working.delete(what)
      refusals.set(what, refusal)
      last = { refusal, at: now() }
      return refusal
    },
    unanswered(what, words) {
      const advice = `sudo: ${words}: look at the node's PAM modules and its log. Tried again within minutes.`
      refusals.set(what, { missing: 'denied', advice: clean(advice) })
    },
  }
}
