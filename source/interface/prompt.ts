import { didYouMean } from '../text/nearest.ts'
import { pasteAnswer, pressAfterwards, pressInAnswer } from './answering.ts'
import { bodyOf } from './layout.ts'
import { bring, findCommand, findScreen, flash, type Model, type Prompt, replaceTop, topOf } from './model.ts'
import { type Moment, still, type Updated } from './moment.ts'
import { typedWith } from './typing.ts'

type LinePrompt = Extract<Prompt, { kind: 'filter' | 'command' }>

const longest = 200

const quitWords = ['q', 'q!', 'qa', 'quit', 'exit']

/** What follows `:`: a name of a screen or of a part and, where it takes one, a word to open it with; or a word that quits. */
const runCommand = (model: Model, typed: string, moment: Moment): Updated => {
  const [word = '', ...others] = typed.trim().toLowerCase().split(/\s+/)
  const more = others.join(' ')
  if (word === '') return still(model)
  if (quitWords.includes(word) && more === '') return { model, effects: [{ type: 'quit' }] }
  const found = findCommand(model, word)
  if (found !== undefined) {
    const { entry, shortcut } = found
    const top = topOf(model)
    const subject = top.subject(moment.snapshot, bodyOf(moment.terminal, model.header))
    const argument =
      more === ''
        ? {}
        : ((shortcut?.argument ?? entry.argument)?.(more, moment.snapshot) ?? `${word} takes nothing after it`)
    if (typeof argument === 'string') return still(flash(model, `${argument}: ${more}`, moment.at))
    return still(bring(model, entry, { ...subject, screen: top.name, ...shortcut?.parameters, ...argument }))
  }
  const near = didYouMean(word, commandsOf(model))
  return still(flash(model, `no command ${typed.trim().toLowerCase()}${near}; ? lists them all`, moment.at))
}

const commandsOf = ({ screens }: Pick<Model, 'screens'>): readonly string[] => [
  ...screens.map(({ name }) => name),
  'quit',
  ...screens.flatMap(({ shortcuts }) => shortcuts.map(({ word }) => word)),
]

/** Names that the typed beginning of a command can become. */
export const completionOf = (model: Pick<Model, 'screens'>, typed: string): string | undefined => {
  const word = typed.trim().toLowerCase()
  if (word === '') return undefined
  return commandsOf(model).find((name) => name.startsWith(word) && name !== word)
}

/** The same for the word after one. */
const argumentCompletionOf = (model: Model, typed: string, { snapshot }: Moment): string | undefined => {
  const [, before = '', command = '', begun = ''] = /^(\s*(\S+)\s+)(\S+)$/.exec(typed.toLowerCase()) ?? []
  const words = begun === '' ? undefined : findScreen(model, command)?.words?.(snapshot)
  for (const word of words ?? []) if (word.startsWith(begun) && word !== begun) return before + word
  return undefined
}

const withText = (model: Model, prompt: LinePrompt, typed: string): Model => {
  const text = Array.from(typed).slice(0, longest).join('')
  const next: Model = { ...model, prompt: { ...prompt, text } }
  return prompt.kind === 'filter' ? replaceTop(next, topOf(next).filter(text)) : next
}

const closed = (model: Model): Model => ({ ...model, prompt: undefined })

/** A key while a line is typed. A filter narrows at each letter; esc puts back what was. */
const pressInLine = (model: Model, prompt: LinePrompt, key: string, moment: Moment): Updated => {
  switch (key) {
    case 'esc':
    case 'ctrl-c':
      return still(closed(prompt.kind === 'filter' ? withText(model, prompt, prompt.before) : model))
    case 'enter':
      return prompt.kind === 'filter' ? still(closed(model)) : runCommand(closed(model), prompt.text, moment)
    case 'tab':
    case 'right':
    case 'ctrl-f': {
      const completion =
        prompt.kind === 'command'
          ? (completionOf(model, prompt.text) ?? argumentCompletionOf(model, prompt.text, moment))
          : undefined
      return still(completion === undefined ? model : withText(model, prompt, completion))
    }
    default: {
      const text = typedWith(prompt.text, key)
      return still(text === undefined ? model : withText(model, prompt, text))
    }
  }
}

/** A key while something is typed: it goes nowhere else. */
export const pressInPrompt = (model: Model, prompt: Prompt, key: string, moment: Moment): Updated => {
  switch (prompt.kind) {
    case 'answer':
      return pressInAnswer(model, prompt, key, moment)
    case 'withdrawn':
      return pressAfterwards(model, key)
    default:
      return pressInLine(model, prompt, key, moment)
  }
}

/** A pasted text goes into what is being typed, on one line; elsewhere it presses nothing. */
export const paste = (model: Model, text: string): Model => {
  const { prompt } = model
  if (prompt === undefined) return model
  switch (prompt.kind) {
    case 'withdrawn':
      return model
    case 'answer':
      return pasteAnswer(model, prompt, text)
    default:
      return withText(model, prompt, prompt.text + text.replace(/\s+/g, ' ').trim())
  }
}
