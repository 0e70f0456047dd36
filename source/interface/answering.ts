import type { Request } from '../events/request.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { flash, type Model, type Prompt, pop } from './model.ts'
import { type Moment, still, type Updated } from './moment.ts'
import { typedWith } from './typing.ts'

type AnswerPrompt = Extract<Prompt, { kind: 'answer' }>

/** More than any secret has: one that is cut would be wrong, and nobody would see why. */
const longest = 4096

/** Opens the line in which a question is answered. What is typed there stands nowhere else. */
export const ask = (model: Model, request: Request): Model => ({
  ...model,
  prompt: { kind: 'answer', request, text: '' },
})

const withText = (model: Model, prompt: AnswerPrompt, text: string): Model =>
  text.length > longest ? model : { ...model, prompt: { ...prompt, text } }

const closed = (model: Model): Model => ({ ...model, prompt: undefined })

/** A secret that is empty is a key pressed twice, and would cost a failed login. */
const send = (model: Model, { request, text }: AnswerPrompt, moment: Moment): Updated =>
  text === '' && request.answer === 'secret'
    ? still(model)
    : {
        // The screen that asked shows a question that is answered now.
        model: flash(pop(closed(model)), `answer sent: ${request.title}`, moment.at),
        effects: [{ type: 'answer', id: request.id, answer: { said: 'text', text } }],
      }

/** A key while an answer is typed. */
export const pressInAnswer = (model: Model, prompt: AnswerPrompt, key: string, moment: Moment): Updated => {
  if (key === 'enter') return send(model, prompt, moment)
  if (key === 'esc' || key === 'ctrl-c')
    return still(flash(closed(model), `left unanswered: ${prompt.request.title}`, moment.at))
  const text = typedWith(prompt.text, key)
  return still(text === undefined ? model : withText(model, prompt, text))
}

/**
 * A key after the question went away: letters of a secret must not become keys, nor show up in another line. It ends with
 * the screen that asked.
 */
export const pressAfterwards = (model: Model, key: string): Updated =>
  still(key === 'enter' || key === 'esc' || key === 'ctrl-c' ? pop(closed(model)) : model)

/** Only the first line of a pasted text: a line end says where a copied secret ends, and is no key. */
export const pasteAnswer = (model: Model, prompt: AnswerPrompt, pasted: string): Model =>
  withText(model, prompt, prompt.text + (pasted.split(/[\r\n]/, 1)[0] ?? ''))

/**
 * The model as what is asked now leaves it. An answer to a question that went away, or that is another one by now, is dropped
 * as it stands. A frozen display holds figures still, not questions: nodes wait for those.
 */
export const keepUp = (before: Model, { requests }: Snapshot): Model => {
  const { frozen } = before
  const model =
    frozen === undefined || frozen.requests === requests ? before : { ...before, frozen: { ...frozen, requests } }
  const { prompt } = model
  if (prompt?.kind !== 'answer' || requests.get(prompt.request.id) === prompt.request) return model
  return { ...model, prompt: { kind: 'withdrawn', title: prompt.request.title, text: '' } }
}
