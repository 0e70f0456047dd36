import type { Clean } from '../../../../text/clean.ts'

/** `silent`: there is no answer to be had, of no fault of a key's. `refuses`: it answered that it will not sign. */
export type AgentTrouble = 'silent' | 'refuses'

/** What went wrong with an agent; neither is a failed authentication. */
export class AgentError extends Error {
  readonly trouble: AgentTrouble
  readonly reason: Clean
  constructor(trouble: AgentTrouble, reason: Clean) {
    super(reason)
    this.trouble = trouble
    this.reason = reason
  }
}
