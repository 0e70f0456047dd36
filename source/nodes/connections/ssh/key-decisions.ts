import { collectKeys } from './host-verifier.ts'
import { knownName } from './known-hosts.ts'
import type { PresentedKey } from './presented-key.ts'
import type { KeyDecisions } from './shared.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** Milliseconds without another unknown key, after which a person is asked about all of them at once. */
const quiet = 1500

const nameOf = (key: PresentedKey): string => `${knownName(key.host)} ${key.fingerprint}`

/**
 * Collects unknown keys, has a person decide on all of them together, and keeps what was accepted. `decide` undefined:
 * nobody is asked. A no is not asked again until the host is tried again. `failed` hears why keys could not be kept.
 */
export const createKeyDecisions = (options: {
  readonly trusted: Pick<TrustedKeys, 'accept'>
  readonly decide: ((keys: readonly PresentedKey[]) => Promise<boolean>) | undefined
  readonly failed: (error: unknown) => void
}): KeyDecisions => {
  const { trusted, decide, failed } = options
  const collector = collectKeys()
  const waiting = new Map<string, PromiseWithResolvers<void>>()
  let timer: NodeJS.Timeout | undefined
  let asked: ReadonlySet<string> = new Set()

  const keep = async (keys: readonly PresentedKey[]): Promise<boolean> => {
    try {
      await trusted.accept(keys)
      return true
    } catch (error) {
      failed(error)
      return false
    }
  }

  const ask = async (): Promise<void> => {
    const keys = collector.take()
    if (decide === undefined || keys.length === 0) return
    const names = new Set(keys.map(nameOf))
    asked = names
    const isAccepted = (await decide(keys)) && (await keep(keys))
    asked = new Set()
    for (const name of names) {
      if (isAccepted) waiting.get(name)?.resolve()
      waiting.delete(name)
    }
    plan()
  }

  /** One decision at a time: keys that come meanwhile are the next one. */
  const plan = (): void => {
    clearTimeout(timer)
    if (asked.size === 0) timer = setTimeout(() => void ask(), quiet).unref()
  }

  return {
    fresh: (key) => void keep([key]),
    unknown(key) {
      // What is being asked about is not asked again.
      if (decide === undefined || asked.has(nameOf(key))) return
      collector.add(key)
      if (!waiting.has(nameOf(key))) waiting.set(nameOf(key), Promise.withResolvers<void>())
      plan()
    },
    accepted: (key) => (decide === undefined ? undefined : waiting.get(nameOf(key))?.promise),
  }
}
