import { clean } from '../../../text/clean.ts'
import type { Cause } from '../connection.ts'
import { fingerprintOf } from './auth/public-key.ts'
import { readBlob, typeOfBlob } from './host-key.ts'
import { type HostIdentity, type HostKeyAnswer, knownName, lookup, type Place } from './known-hosts.ts'
import type { KnownHostsFile } from './known-hosts-file.ts'
import { unpooled } from './lean-connection.ts'
import type { PresentedKey } from './presented-key.ts'
import { rsaBits } from './rsa-bits.ts'
import type { SshSettings } from './ssh-settings.ts'

/** ssh2's form of two parameters; anything but a strict `false` passed on would accept the host. */
export type HostVerifier = (key: Buffer, verify: (permitted: boolean) => void) => void

/**
 * Wraps a decision for one connection: calls back with a strict boolean, false where the decision throws or gives anything
 * but true, and answers the later key exchanges of the connection with the first answer; another key is refused then.
 * An asynchronous decision does not compile, since its promise would be no answer.
 */
export const hostVerifier = (decide: (key: Buffer) => boolean): HostVerifier => {
  let first: { readonly key: Buffer; readonly permitted: boolean } | undefined
  // ssh2 holds the verifier as long as the connection lives: what the decision was made from is let go with it.
  let undecided: typeof decide | undefined = decide
  const answer = (key: Buffer): boolean => {
    try {
      if (first !== undefined) return first.permitted && first.key.equals(key)
      first = { key: unpooled(key), permitted: false }
      // Types end where another module's mistake begins.
      const decision: unknown = undecided?.(key)
      first = { key: first.key, permitted: decision === true }
      return first.permitted
    } catch {
      return false
    } finally {
      undecided = undefined
    }
  }
  return (key, verify) => verify(answer(key))
}

/** `unusable`: a key that no known_hosts can hold; once it were accepted, nothing could tell another one from it. */
type Answer = HostKeyAnswer | { readonly kind: 'unusable' }

/** What is done with a key. */
export type Judgement =
  | { readonly permitted: true; readonly answer: Answer['kind'] }
  | { readonly permitted: false; readonly answer: Answer['kind']; readonly cause: Cause }

const at = ({ file, line }: Place): string => `${file}:${line}`

const denied = (text: string): Cause => ({ state: 'denied', cause: clean(text, 1000) })

const shown = ({ type, fingerprint: print }: PresentedKey): string => `${type} ${print}`

/** Why a key is refused; undefined: it is not. */
const refusal = (
  answer: Answer,
  key: PresentedKey,
  strict: SshSettings['strictHostKeyChecking'],
): Cause | undefined => {
  const name = knownName(key.host)
  switch (answer.kind) {
    case 'known':
      return undefined
    case 'unknown':
      if (strict === 'accept-new') return undefined
      return strict === 'ask'
        ? denied(`host key of ${name} is not known: ${shown(key)}: compare it, then accept it in kntop or with ssh`)
        : denied(
            `host key of ${name} is not known (${shown(key)}), and StrictHostKeyChecking is yes: add it to known_hosts`,
          )
    case 'changed':
      return denied(
        `HOST KEY CHANGED: ${name} shows ${shown(key)}, ${at(answer.place)} knows another ${answer.knownType}: if the host was made anew, ssh-keygen -R '${name}' -f ${answer.place.file}`,
      )
    case 'revoked':
      return denied(`host key of ${name} is revoked by ${at(answer.place)}: ${shown(key)}`)
    case 'unusable':
      return denied(
        `host key of ${name} is too short or malformed, as OpenSSH sees it: ${shown(key)}: make new ones there with ssh-keygen -A once the old are removed, and restart its sshd`,
      )
    case 'needs-openssh':
      return denied(`${at(answer.place)} names a certificate authority for ${name}: needs the openssh transport`)
  }
}

const tooShort = (key: PresentedKey, required: number): Cause =>
  denied(
    `host key of ${knownName(key.host)} is shorter than RequiredRSASize ${required}: ${shown(key)}: make a longer one there with ssh-keygen, or ask for less in the ssh configuration`,
  )

/** Where keys go that are not known yet. */
export interface KeySink {
  /** Refused now; to be shown, and decided on once for many. */
  unknown(key: PresentedKey): void
  /** Accepted at first sight, as the configuration wants; to be kept. */
  fresh(key: PresentedKey): void
}

/** The check of one connection's host key, and what came of it. */
export interface HostKeyCheck {
  readonly verifier: HostVerifier
  /** Undefined until a key was shown. */
  judgement(): Judgement | undefined
}

/**
 * Checks the key of one host against the files; to be made anew for every connection. What becomes of an RSA key of fewer bits than
 * `requiredRsaSize` is left to the system's ssh.
 */
export const checkHostKey = (
  files: readonly KnownHostsFile[],
  host: HostIdentity,
  strict: SshSettings['strictHostKeyChecking'],
  sink: KeySink & { readonly requiredRsaSize?: number },
): HostKeyCheck => {
  let judgement: Judgement | undefined
  // Let go of when it has answered: the verifier lives as long as the connection, and a thousand of them that each hold what
  // the files were like at their time take half a gigabyte.
  let known: readonly KnownHostsFile[] = files
  const decide = (blob: Buffer): boolean => {
    const key: PresentedKey = {
      host,
      type: typeOfBlob(blob),
      blob: Buffer.from(blob),
      fingerprint: fingerprintOf(blob),
    }
    const answer: Answer = readBlob(key.blob) === undefined ? { kind: 'unusable' } : lookup(known, host, key.blob)
    known = []
    const cause = refusal(answer, key, strict)
    judgement =
      cause === undefined ? { permitted: true, answer: answer.kind } : { permitted: false, answer: answer.kind, cause }
    const { requiredRsaSize = 0 } = sink
    const isShort = (rsaBits(key.blob) ?? requiredRsaSize) < requiredRsaSize
    if (isShort && (judgement.permitted || answer.kind === 'unknown')) {
      judgement = { permitted: false, answer: 'needs-openssh', cause: tooShort(key, requiredRsaSize) }
      return false
    }
    if (answer.kind === 'unknown') {
      if (judgement.permitted) sink.fresh(key)
      else if (strict === 'ask') sink.unknown(key)
    }
    return judgement.permitted
  }
  return { verifier: hostVerifier(decide), judgement: () => judgement }
}

/** Unknown keys of many hosts, each once, until somebody decides. */
export interface KeyCollector {
  add(key: PresentedKey): void
  /** All of them, and forgets them. */
  take(): readonly PresentedKey[]
}

export const collectKeys = (): KeyCollector => {
  const keys = new Map<string, PresentedKey>()
  return {
    add: (key) => {
      const name = `${knownName(key.host)} ${key.fingerprint}`
      const aliases = [...new Set([...(keys.get(name)?.aliases ?? []), ...(key.aliases ?? [])])]
      keys.set(name, aliases.length === 0 ? key : { ...key, aliases })
    },
    take: () => {
      const all = [...keys.values()]
      keys.clear()
      return all
    },
  }
}
