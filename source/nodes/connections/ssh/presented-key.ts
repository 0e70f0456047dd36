import type { Clean } from '../../../text/clean.ts'
import type { HostKey } from './host-key.ts'
import type { HostIdentity } from './known-hosts.ts'

/** A key that a host showed. */
export interface PresentedKey extends HostKey {
  readonly host: HostIdentity
  /** `SHA256:...` */
  readonly fingerprint: string
  /** How the person wrote the hosts that showed it there. */
  readonly aliases?: readonly Clean[]
}
