import type { Refusal, Script } from '../probe.ts'
import { needsExpressions } from './root-command.ts'
import type { SudoGate, SudoRefusal } from './sudo-gate.ts'
import { isSudoTooOld, sudoRefusal } from './sudo-words.ts'

/** What a tier wants to run, unless it goes through sudo, which refused something on this node a short time ago. */
export const permitted = (wanted: Script | Refusal, what: string, gate: SudoGate): Script | Refusal =>
  'missing' in wanted || wanted.sudo === undefined ? wanted : (gate.barred(what) ?? wanted)

/** Tells the gate how a script ended; gives back the refusal, where it went through sudo and was refused. */
export const heardSudo = (
  script: Script,
  what: string,
  { status, text, gate }: { readonly status: number | null; readonly text: string; readonly gate: SudoGate },
): SudoRefusal | undefined => {
  if (script.sudo === undefined) return undefined
  const words = sudoRefusal(status, text)
  if (words !== undefined) {
    const tooOld = script.sudo.some(needsExpressions) && isSudoTooOld(text)
    return gate.refused(what, tooOld ? `${words} (this sudo is older than 1.9.10, which this needs)` : words)
  }
  if (status === 0) gate.worked(what)
  return undefined
}
