import type { AskPerson, Question } from '../../../../../../source/nodes/connections/ssh/auth/prompts.ts'
import { type Secret, secretOf } from '../../../../../../source/nodes/connections/ssh/auth/secret.ts'
import { clean } from '../../../../../../source/text/clean.ts'

/** A person who answers with these texts, one list a question, and declines after that. */
export const person = (...answers: readonly (readonly string[])[]) => {
  const asked: Question[] = []
  const given: Secret[] = []
  const ask: AskPerson = (question) => {
    const texts = answers[asked.length]
    asked.push(question)
    if (texts === undefined) return Promise.resolve({ kind: 'declined', cause: clean('declined') })
    const secrets = texts.map(secretOf)
    given.push(...secrets)
    return Promise.resolve({ kind: 'answered', secrets })
  }
  return { asked, given, ask }
}
