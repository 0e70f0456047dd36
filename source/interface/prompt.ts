import { findScreen, flash, type Model, type Prompt, push, replaceTop, topOf } from './model.ts'
import type { Moment, Updated } from './update.ts'

const longest = 200

const still = (model: Model): Updated => ({ model, effects: [] })

const quitWords = ['q', 'q!', 'qa', 'quit', 'exit']

/** What follows `:`: a screen's name or alias, or a word that quits. */
const runCommand = (model: Model, typed: string, moment: Moment): Updated => {
  const word = typed.trim().toLowerCase()
  if (word === '') return still(model)
  if (quitWords.includes(word)) return { model, effects: [{ type: 'quit' }] }
  const entry = findScreen(model, word)
  if (entry !== undefined) return still(push(model, entry, topOf(model).subject(moment.snapshot, moment.terminal)))
  const known = model.screens.map(({ name }) => name).join(', ')
  return still(flash(model, `no command ${word}; there are ${known}, quit`, moment.at))
}

/** Names that the typed beginning of a command can become. */
export const completionOf = (model: Pick<Model, 'screens'>, typed: string): string | undefined => {
  const word = typed.trim().toLowerCase()
  if (word === '') return undefined
  return [...model.screens.map(({ name }) => name), 'quit'].find((name) => name.startsWith(word) && name !== word)
}

const withText = (model: Model, prompt: Prompt, text: string): Model => {
  const typed: Model = { ...model, prompt: { ...prompt, text: text.slice(0, longest) } }
  return prompt.kind === 'filter' ? replaceTop(typed, topOf(typed).filter(text.slice(0, longest))) : typed
}

const closed = (model: Model): Model => ({ ...model, prompt: undefined })

/** A key while something is typed. A filter narrows at each letter; esc puts back what was. */
export const pressInPrompt = (model: Model, prompt: Prompt, key: string, moment: Moment): Updated => {
  switch (key) {
    case 'esc':
    case 'ctrl-c':
      return still(closed(withText(model, prompt, prompt.before)))
    case 'enter':
      return prompt.kind === 'filter' ? still(closed(model)) : runCommand(closed(model), prompt.text, moment)
    case 'backspace':
    case 'delete':
      return still(withText(model, prompt, Array.from(prompt.text).slice(0, -1).join('')))
    case 'ctrl-u':
    case 'ctrl-w':
      return still(withText(model, prompt, ''))
    case 'tab':
    case 'right': {
      const completion = prompt.kind === 'command' ? completionOf(model, prompt.text) : undefined
      return still(completion === undefined ? model : withText(model, prompt, completion))
    }
    case 'space':
      return still(withText(model, prompt, `${prompt.text} `))
    default:
      // A pasted text comes as one key; names of keys that type nothing are longer than a letter and hold a dash.
      return still(
        /^(ctrl-|shift-)|^(up|down|left|pageup|pagedown|home|end)$/.test(key)
          ? model
          : withText(model, prompt, prompt.text + key),
      )
  }
}
