import type { Event } from '../events/event.ts'
import type { Answer, Request } from '../events/request.ts'
import { type AskPerson, declined, type Answer as Given, type Question } from '../nodes/connections/ssh/auth/prompts.ts'
import { secretOf } from '../nodes/connections/ssh/auth/secret.ts'
import { knownName } from '../nodes/connections/ssh/known-hosts.ts'
import type { PresentedKey } from '../nodes/connections/ssh/presented-key.ts'
import { type Clean, clean } from '../text/clean.ts'

/** The door between those who need a person and the screen that asks one. */
export interface Requests {
  readonly ask: AskPerson
  /** Whether these keys are to be trusted. */
  decide(keys: readonly PresentedKey[]): Promise<boolean>
  /** Whether nodes may be logged in to, for now or always. `lines`: what would be done. */
  consent(title: string, lines: readonly Clean[], signal: AbortSignal): Promise<'yes' | 'no' | 'always'>
  answer(id: string, answer: Answer): void
}

const none = clean('')

const isText = (line: Clean): boolean => line !== ''

/** `index`: of the prompt. A server that asks for two things does not say which of them was wrong. */
const linesOf = (question: Question, index: number): readonly Clean[] => [
  ...(question.again > 0 && index === 0 ? [clean('that was not it')] : []),
  ...(question.kind === 'passphrase' ? [] : [question.instructions].filter(isText)),
]

/** As the person wrote it, and the address that the key is kept for. */
const hostOf = ({ host, aliases = [] }: PresentedKey): string => {
  const address = knownName(host)
  const others = aliases.filter((alias) => alias !== address)
  return others.length === 0 ? address : `${others.join(', ')} (${address})`
}

/** What is open waits until it is answered, or its signal aborts. */
export const createRequests = (emit: (events: readonly Event[]) => void): Requests => {
  const open = new Map<string, (answer: Answer) => void>()
  let count = 0

  const put = (request: Omit<Request, 'id'>, signal?: AbortSignal): Promise<Answer> =>
    new Promise((resolve) => {
      count += 1
      const id = `request-${count}`
      const close = (answer: Answer): void => {
        open.delete(id)
        signal?.removeEventListener('abort', withdraw)
        emit([{ type: 'request-gone', id }])
        resolve(answer)
      }
      const withdraw = (): void => close({ said: 'no' })
      open.set(id, close)
      signal?.addEventListener('abort', withdraw, { once: true })
      emit([{ type: 'request', request: { id, ...request } }])
      if (signal?.aborted) withdraw()
    })

  return {
    async ask(question, signal): Promise<Given> {
      const prompts = question.kind === 'passphrase' ? [{ text: none, echo: false }] : question.prompts
      const secrets = []
      for (const [index, { text, echo }] of prompts.entries()) {
        const answer = await put(
          {
            kind: question.kind === 'passphrase' ? 'passphrase' : 'login',
            title: question.heading,
            lines: [...linesOf(question, index), text].filter(isText),
            answer: echo ? 'text' : 'secret',
          },
          signal,
        )
        if (answer.said !== 'text') {
          for (const secret of secrets) secret.drop()
          return declined(signal.aborted ? 'no longer asked' : 'not answered')
        }
        secrets.push(secretOf(answer.text))
      }
      return { kind: 'answered', secrets }
    },
    async decide(keys) {
      const answer = await put({
        kind: 'host-keys',
        title: clean(
          `${keys.length} host${keys.length === 1 ? ' shows a key that is' : 's show keys that are'} not known: trust ${keys.length === 1 ? 'it' : 'all of them'}?`,
        ),
        lines: keys.map((key) => clean(`${hostOf(key)}  ${key.type}  ${key.fingerprint}`)),
        answer: 'yes-no',
      })
      return answer.said === 'yes'
    },
    async consent(title, lines, signal) {
      const { said } = await put({ kind: 'consent', title: clean(title), lines, answer: 'yes-no-always' }, signal)
      return said === 'text' ? 'no' : said
    },
    answer: (id, answer) => open.get(id)?.(answer),
  }
}
