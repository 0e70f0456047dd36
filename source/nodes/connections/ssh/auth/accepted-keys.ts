import { type Clean, clean } from '../../../../text/clean.ts'
import { rsaBits } from '../rsa-bits.ts'
import type { AuthenticationSettings } from './authentication-settings.ts'
import type { PublicKey } from './public-key.ts'

/** Names by which keys of a type sign, where it is not the type's own. */
const signatures: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512'],
}

/** Why the configuration leaves a key out; undefined: it does not. */
export type WhyLeftOut = (key: PublicKey) => Clean | undefined

/** What PubkeyAcceptedAlgorithms and RequiredRSASize leave out: ssh offers none of it. */
export const leftOut =
  ({ algorithms, requiredRsaSize }: Pick<AuthenticationSettings, 'algorithms' | 'requiredRsaSize'>): WhyLeftOut =>
  ({ type, blob }) => {
    const { publicKeys } = algorithms
    const names = signatures[type] ?? [type]
    if (publicKeys.length > 0 && !names.some((name) => publicKeys.includes(name)))
      return clean(`PubkeyAcceptedAlgorithms of the configuration leaves ${type} out`)
    return (rsaBits(blob) ?? requiredRsaSize) < requiredRsaSize
      ? clean(`it is shorter than RequiredRSASize ${requiredRsaSize} of the configuration`)
      : undefined
  }
