import type { NodeName } from '../../../events/subject.ts'
import type { Addresses } from './addresses.ts'
import type { Keyring } from './auth/login-plan.ts'
import type { AskPerson } from './auth/prompts.ts'
import type { Unlocker } from './auth/unlock.ts'
import type { KeySink } from './host-verifier.ts'
import type { Logins } from './logins.ts'
import type { PresentedKey } from './presented-key.ts'
import type { Slots } from './slots.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** What becomes of keys that are not known yet. */
export interface KeyDecisions extends KeySink {
  /** Settles when a person has accepted this key, with others or alone; never, if nobody is asked. */
  accepted(key: PresentedKey): Promise<void> | undefined
}

/** What all logins of this program share. */
export interface Shared {
  readonly addresses: Addresses
  readonly keyring: Keyring
  readonly unlocker: Unlocker
  readonly trusted: TrustedKeys
  readonly decisions: KeyDecisions
  readonly logins: Logins
  readonly slots: Slots
  /** Undefined: headless, nobody is asked. */
  readonly ask: AskPerson | undefined
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** A host by the name under which it is watched. */
export interface Watched {
  readonly name: NodeName
  readonly host: string
}
