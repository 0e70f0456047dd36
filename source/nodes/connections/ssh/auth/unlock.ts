import { type Clean, clean } from '../../../../text/clean.ts'
import type { KeyFiles, UsableKey } from './key-files.ts'
import { type AskPerson, passphraseQuestion } from './prompts.ts'

export type UnlockResult = UsableKey | { readonly state: 'locked'; readonly cause: Clean }

/** Unlocks key files by asking a person, once per file for all hosts. */
export interface Unlocker {
  /** `most`: how often it may be asked for, by who asks first; as often as ssh does where that is not said. */
  unlock(path: string, most?: number): Promise<UnlockResult>
  /** Asks again where the answer was no, or wrong: after a key press. */
  forget(): Promise<void>
}

/** As often as ssh asks where NumberOfPasswordPrompts says nothing else. */
const usualTries = 3

const locked = (cause: string): UnlockResult => ({ state: 'locked', cause: clean(cause) })

/** `ask` undefined: there is nobody to ask. The signal ends the asking for good. */
export const createUnlocker = (keys: KeyFiles, ask: AskPerson | undefined, signal: AbortSignal): Unlocker => {
  const known = new Map<string, Promise<UnlockResult>>()

  const askFor = async (path: string, most: number): Promise<UnlockResult> => {
    if (ask === undefined) return locked(`${path} needs a passphrase: add it with ssh-add`)
    for (let tries = 0; tries < most; tries += 1) {
      const answer = await ask(passphraseQuestion(path, tries), signal)
      if (answer.kind === 'declined') return locked(`${path} stays locked: ${answer.cause}`)
      const [passphrase] = answer.secrets
      if (passphrase === undefined) return locked(`${path} stays locked: no passphrase was given`)
      try {
        const unlocked = await keys.unlock(path, passphrase)
        if (unlocked.state === 'usable') return unlocked
        if (unlocked.state === 'useless') return locked(`${path}: ${unlocked.cause}`)
      } catch (error) {
        return locked(`${path} cannot be decrypted: ${(error as Error).message}`)
      } finally {
        for (const secret of answer.secrets) secret.drop()
      }
    }
    return locked(`${path} stays locked: wrong passphrase`)
  }

  return {
    unlock: (path, most = usualTries) => {
      const found = known.get(path) ?? askFor(path, most)
      known.set(path, found)
      return found
    },
    forget: async () => {
      for (const [path, result] of [...known]) if ((await result).state !== 'usable') known.delete(path)
    },
  }
}
