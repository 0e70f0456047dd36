import type { Clean } from '../../text/clean.ts'
import type { Door } from '../ssh-door.ts'

/** What settings say of logging in to the nodes of a cluster: `ask` where nothing was said. */
export type SshSetting = 'yes' | 'no' | 'ask'

/** Whether nodes may be logged in to; where not, why, as their links say it. */
export type Standing = { readonly allowed: true } | { readonly allowed: false; readonly why: string }

export interface ConsentOptions {
  readonly setting: SshSetting
  readonly door: Door
  /** What was answered in an earlier run, once and for all. */
  readonly remembered: boolean
  readonly ask: () => Promise<'yes' | 'no' | 'always'>
  readonly remember: () => void
  readonly changed: (standing: Standing) => void
}

/** The first use of a cluster: nobody is logged in to before a person, or a setting, has said so. */
export interface Consent {
  readonly standing: () => Standing
  /** There are nodes: asks, where there is somebody to ask and nothing was said yet. */
  wanted(): void
  /** A person wants everything tried again: a no is asked about once more. */
  again(): void
}

const open: Standing = { allowed: false, why: 'SSH waits for a yes: press !' }
const refused: Standing = { allowed: false, why: 'you said no to SSH; r asks again' }
const off: Standing = { allowed: false, why: 'SSH is switched off (--no-ssh): what the API server knows is shown' }
const nobody: Standing = {
  allowed: false,
  why: 'nobody was asked whether SSH may be used: write --ssh, or answer always on the screen once',
}

export const createConsent = (options: ConsentOptions): Consent => {
  const first = (): Standing => {
    if (options.setting === 'no') return off
    if (options.setting === 'yes' || options.remembered) return { allowed: true }
    return options.door === 'person' ? open : nobody
  }
  let standing = first()
  let asking = false

  const become = (next: Standing): void => {
    standing = next
    options.changed(next)
  }

  const ask = async (): Promise<void> => {
    if (asking) return
    asking = true
    const answer = await options.ask()
    asking = false
    if (answer === 'always') options.remember()
    become(answer === 'no' ? refused : { allowed: true })
  }

  return {
    standing: () => standing,
    wanted() {
      if (standing === open) void ask()
    },
    again() {
      if (standing !== refused) return
      become(open)
      void ask()
    },
  }
}

/** The question, and what a yes would do. `routes`: some of the ways. */
export const questionOf = (context: string, count: number, user: string): string =>
  `SSH to ${count} node${count === 1 ? '' : 's'} of ${context} as ${user}?`

export const linesOf = (routes: readonly Clean[], count: number): readonly string[] => [
  'kntop reads figures there that the API server does not have. Nothing is installed or written; kntop commands prints everything that may run. Host keys are checked as by ssh.',
  '',
  ...routes,
  ...(count > routes.length ? [`and ${count - routes.length} more`] : []),
]
