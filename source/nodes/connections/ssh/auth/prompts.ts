import { type Clean, clean } from '../../../../text/clean.ts'
import type { Secret } from './secret.ts'

/**
 * What a person is asked. A server's own words are only ever shown below `heading`, which is ours. `again`: how many answers
 * before this were wrong.
 */
export type Question =
  | { readonly kind: 'passphrase'; readonly keyFile: Clean; readonly heading: Clean; readonly again: number }
  | {
      readonly kind: 'keyboard-interactive' | 'password'
      readonly host: Clean
      readonly user: Clean
      readonly heading: Clean
      readonly instructions: Clean
      readonly prompts: readonly { readonly text: Clean; readonly echo: boolean }[]
      readonly again: number
    }

/** One secret for each prompt (one for a passphrase), or none at all. */
export type Answer =
  | { readonly kind: 'answered'; readonly secrets: readonly Secret[] }
  | { readonly kind: 'declined'; readonly cause: Clean }

/** The door to a person. It never rejects; when the signal aborts it takes the question away and declines. */
export type AskPerson = (question: Question, signal: AbortSignal) => Promise<Answer>

export const declined = (cause: string): Answer => ({ kind: 'declined', cause: clean(cause) })

/** A server may send as much as it likes; a person reads no more than this. */
const mostPrompts = 8
const longestText = 1024

export const passphraseQuestion = (path: string, again: number): Question => {
  const keyFile = clean(path, 256)
  return { kind: 'passphrase', keyFile, heading: clean(`Passphrase of the key ${keyFile}`), again }
}

/** As ssh writes it: one machine may be watched as several users. */
const headingOf = (host: Clean, user: Clean): Clean => clean(`${user}@${host} asks:`)

export const passwordQuestion = (host: Clean, user: Clean, again: number): Question => ({
  kind: 'password',
  host,
  user,
  heading: headingOf(host, user),
  instructions: clean(''),
  prompts: [{ text: clean(`password of ${user}`), echo: false }],
  again,
})

/** Undefined where a server asks more at once than a person can be shown. */
export const serverQuestion = (
  host: Clean,
  user: Clean,
  asked: {
    readonly name: string
    readonly instructions: string
    readonly prompts: readonly { readonly prompt: string; readonly echo?: boolean | undefined }[]
  },
  again: number,
): Question | undefined => {
  if (asked.prompts.length > mostPrompts) return undefined
  const words = [asked.name, asked.instructions].map((text) => text.trim()).filter((text) => text !== '')
  return {
    kind: 'keyboard-interactive',
    host,
    user,
    heading: headingOf(host, user),
    instructions: clean(words.join(' '), longestText),
    prompts: asked.prompts.map(({ prompt, echo }) => ({
      text: clean(prompt.trim(), longestText),
      echo: echo === true,
    })),
    again,
  }
}

/** Hands the answers to `take` and drops them, whatever becomes of it. */
export const spend = <T>(secrets: readonly Secret[], take: (texts: readonly string[]) => T): T => {
  try {
    return take(secrets.map((secret) => secret.reveal()))
  } finally {
    for (const secret of secrets) secret.drop()
  }
}
