import { type Clean, clean } from '../../../text/clean.ts'
import { isOn, type Printed, valueOf } from './ssh-g.ts'
import type { PrintedSettings } from './ssh-settings.ts'

/** What stands in the user's files, as far as it decides who can connect. */
export interface ClientFacts {
  /** Identity files that have a certificate beside them. */
  readonly certified: readonly string[]
  /** Identity files of keys that live in a security key. */
  readonly securityKeys: readonly string[]
  /** There is a Kerberos ticket cache. */
  readonly hasTicket: boolean
}

interface Case {
  readonly printed: Printed
  readonly settings: PrintedSettings
  readonly facts: ClientFacts
}

/** A word about what the configuration says; undefined: it does not say so. */
type Reason = (of: Case) => string | undefined

const says =
  (key: string, name: string): Reason =>
  ({ printed }) => {
    const value = valueOf(printed, key)
    return value === undefined ? undefined : `${name} ${value}`
  }

const on =
  (key: string, name: string): Reason =>
  ({ printed }) =>
    isOn(printed, key, false) ? `${name} yes` : undefined

const first =
  (files: (of: Case) => readonly string[], says: (file: string) => string): Reason =>
  (of) => {
    const [file] = files(of)
    return file === undefined ? undefined : says(file)
  }

/**
 * Debian's ssh_config has GSSAPIAuthentication yes for everybody, so that alone says nothing: Kerberos is meant where there
 * is a ticket, where the user puts it first, or where no other way is left.
 */
const gssapi: Reason = ({ printed, settings: { methods }, facts }) => {
  if (!isOn(printed, 'gssapiauthentication', false)) return undefined
  if (methods.preferred?.[0]?.startsWith('gssapi')) return 'PreferredAuthentications begins with gssapi'
  if (facts.hasTicket) return 'GSSAPIAuthentication yes, and there is a Kerberos ticket'
  const others = methods.publicKey || methods.password || methods.keyboardInteractive
  return others ? undefined : 'GSSAPIAuthentication is the only way to log in'
}

/** All that the system's ssh can do and ssh2 cannot. */
const reasons: readonly Reason[] = [
  first(
    ({ settings }) => settings.certificateFiles,
    (file) => `CertificateFile ${file}`,
  ),
  first(
    ({ facts }) => facts.certified,
    (file) => `there is a certificate for ${file}`,
  ),
  first(
    ({ facts }) => facts.securityKeys,
    (file) => `${file} is a security key`,
  ),
  gssapi,
  on('hostbasedauthentication', 'HostbasedAuthentication'),
  says('pkcs11provider', 'PKCS11Provider'),
  says('knownhostscommand', 'KnownHostsCommand'),
  says('revokedhostkeys', 'RevokedHostKeys'),
  // `ask` only shows what the name server says.
  (of) =>
    valueOf(of.printed, 'verifyhostkeydns') === 'ask' ? undefined : on('verifyhostkeydns', 'VerifyHostKeyDNS')(of),
  // Its text may hold secrets; the name is enough.
  ({ printed }) => (valueOf(printed, 'proxycommand') === undefined ? undefined : 'ProxyCommand'),
  // Before OpenSSH 8.5, where PubkeyAcceptedAlgorithms was not called so, this was on for everybody.
  (of) => (of.printed.has('pubkeyacceptedkeytypes') ? undefined : on('checkhostip', 'CheckHostIP')(of)),
  on('proxyusefdpass', 'ProxyUseFdpass'),
  says('bindinterface', 'BindInterface'),
]

/** What stands in a reason for which ssh may log in with something else than keys as ssh2 has them. */
const otherWays = / is a security key$|gssapi|^HostbasedAuthentication|^PKCS11Provider/i

/** Whether the system's ssh has other ways to log in than keys that ssh2 could use as well. */
export const logsInOtherwise = ({ needsOpenSsh: whys }: { readonly needsOpenSsh: readonly string[] }): boolean =>
  whys.some((why) => otherWays.test(why))

/** Why only the system's ssh can connect as the configuration says; empty: ssh2 can. */
export const needsOpenSsh = (printed: Printed, settings: PrintedSettings, facts: ClientFacts): readonly Clean[] =>
  reasons.flatMap((reason) => {
    const why = reason({ printed, settings, facts })
    return why === undefined ? [] : [clean(why, 200)]
  })
