import type { ProbeContext, Refusal, Script } from '../probe.ts'
import { refuse } from '../refuse.ts'
import { wholeEngine } from './connect-as-root.ts'

/**
 * How a tier gets at what only root may, from an engine that is not root: by the script that goes through sudo, where that
 * was asked for and not refused; else why not. `without`: what is said where nobody asked for sudo.
 */
export const throughSudo = ({ settings, sudo }: ProbeContext, script: Script, without: string): Script | Refusal => {
  const refusal = settings.sudo === 'root' ? sudo.refusal(wholeEngine) : undefined
  if (settings.sudo === 'commands') return script
  return refusal ?? refuse('denied', without)
}
