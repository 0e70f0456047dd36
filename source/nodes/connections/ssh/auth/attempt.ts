import type { AnyAuthMethod } from 'ssh2'
import type { Clean } from '../../../../text/clean.ts'
import type { AgentTrouble } from './agent-error.ts'

/** One attempt at authentication that is under way: what is sent, and what its signer makes of it. */
export interface Attempt {
  readonly method: AnyAuthMethod
  /** How a person knows what is offered. */
  readonly name: Clean
  /** Of the key that is offered. */
  readonly fingerprint?: string
  /** `undefined` until something is to be signed. A signature is asked for only when the server would take the key. */
  signer?: 'signed' | { readonly trouble: AgentTrouble; readonly reason: Clean }
  /** By the server's questions: it has asked none so far. */
  unasked?: boolean
}
