import { isIP } from 'node:net'
import type { AtAddress } from '../openssh/at-address.ts'
import type { Addresses, Family } from './addresses.ts'
import { sameAlias } from './known-hosts.ts'
import type { Asked } from './run-ssh-g.ts'
import { isSameOtherwise } from './same-otherwise.ts'
import { parsePrinted } from './ssh-g.ts'
import type { SshSettings } from './ssh-settings.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** Where a host was, for an ssh that cannot find out. */
export interface Recalled {
  readonly at: AtAddress
  /** Monotonic ms of when it last worked. */
  readonly worked: number
}

export interface RecallOptions {
  readonly addresses: Addresses
  readonly trusted: Pick<TrustedKeys, 'load'>
  /** Runs `ssh -G`; rejects where that fails. */
  readonly askSsh: (asked: Asked) => Promise<string | undefined>
}

const families: Readonly<Record<SshSettings['addressFamily'], Family>> = { any: 'any', inet: 4, inet6: 6 }

export const familyOf = ({ addressFamily }: Pick<SshSettings, 'addressFamily'>): Family => families[addressFamily]

/** What needs the name itself, and name servers: the ticket is for the name; the key is asked of a name server. */
const needsName = /gssapi|^VerifyHostKeyDNS/i

/** Names that ssh takes as they stand. */
const plain = /^[\w.:[\]-]+$/

/**
 * Finds the address for the system's ssh, which resolves names by itself, where name servers are silent and one worked before.
 * Nothing else may change by it: not the name that the host's key is known by, and nothing that the configuration says.
 */
export const createRecall = ({ addresses, trusted, askSsh }: RecallOptions) => {
  const isSame = async ({ alias, named: as }: SshSettings, at: AtAddress): Promise<boolean> => {
    const asked = { host: alias, ...as }
    const [named, there] = await Promise.all([askSsh(asked), askSsh({ ...asked, at })])
    return named !== undefined && there !== undefined && isSameOtherwise(parsePrinted(named), parsePrinted(there))
  }

  /** Undefined: ssh is to find its way as ever. Rejects where a file of known hosts cannot be read, or `ssh -G` fails. */
  return async (settings: SshSettings): Promise<Recalled | undefined> => {
    const { hostName, needsOpenSsh } = settings
    if (isIP(hostName) !== 0 || !addresses.remembers(hostName)) return undefined
    // A name that is unknown, ssh says better itself.
    const found = await addresses.find(hostName, familyOf(settings)).catch(() => undefined)
    const [first] = found?.addresses ?? []
    if (found?.remembered === undefined || first === undefined) return undefined
    // Kept by the name alone, and another configuration may have wanted the other family.
    const family = familyOf(settings)
    if (family !== 'any' && first.family !== family) return undefined
    if (needsOpenSsh.some((why) => needsName.test(why))) return undefined
    const files = await trusted.load([...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles])
    const keyName = sameAlias(files, settings)
    if (keyName === undefined || !plain.test(keyName)) return undefined
    const at = { address: first.address, keyName }
    return (await isSame(settings, at)) ? { at, worked: found.remembered } : undefined
  }
}
