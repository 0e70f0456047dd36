import { clipboardSequence } from '../terminal/clipboard.ts'
import { ask } from './answering.ts'
import { bindingFor, bindingsFor, readOnlyKeys } from './binding.ts'
import { bodyOf } from './layout.ts'
import { bring, findScreen, flash, type Model, pop, replaceTop, topOf } from './model.ts'
import { type Moment, type Outward, still, type Updated } from './moment.ts'
import { pressInPrompt } from './prompt.ts'
import type { Effect } from './screen.ts'

/** Milliseconds within which a second ctrl-c quits. */
const quitWindow = 1000

/** Carries out what a screen asked for. */
const applyEffects = (start: Model, effects: readonly Effect[], moment: Moment): Updated => {
  let model = start
  const outward: Outward[] = []
  for (const effect of effects) {
    switch (effect.type) {
      case 'open': {
        const entry = findScreen(model, effect.screen)
        model =
          entry === undefined
            ? flash(model, `no screen ${effect.screen}`, moment.at)
            : bring(model, entry, effect.parameters)
        break
      }
      case 'back':
        model = pop(model)
        break
      case 'flash':
        model = flash(model, effect.text, moment.at)
        break
      case 'ask':
        model = ask(model, effect.request)
        break
      case 'copy': {
        const sequence = clipboardSequence(effect.text)
        if (sequence !== undefined) outward.push({ type: 'control', sequence })
        const told = sequence === undefined ? 'too long for a clipboard' : 'copied, if this terminal takes it (OSC 52)'
        model = flash(model, told, moment.at)
        break
      }
      default:
        outward.push(effect)
    }
  }
  return { model, effects: outward }
}

/** esc in steps: the filter first, then the screen; the landing screen is never left by it. */
const back = (model: Model, moment: Moment): Updated => {
  const top = topOf(model)
  if (top.filterText !== '') return still(replaceTop(model, top.filter('')))
  if (model.stack.length > 1) return still(pop(model))
  return still(flash(model, 'this is the first screen: ctrl-c twice or :q to quit', moment.at))
}

const quit = (model: Model, moment: Moment): Updated => {
  if (model.quitAt !== undefined && moment.at - model.quitAt <= quitWindow)
    return { model, effects: [{ type: 'quit' }] }
  return still({ ...flash(model, 'press ctrl-c again to quit', moment.at, quitWindow), quitAt: moment.at })
}

const openBeside = (model: Model, name: string, moment: Moment): Updated => {
  const top = topOf(model)
  const entry = findScreen(model, name)
  if (entry === undefined || top.name === entry.name) return still(model)
  const subject = top.subject(moment.snapshot, bodyOf(moment.terminal, model.header))
  return still(bring(model, entry, { ...subject, screen: top.name }))
}

const freeze = (model: Model, moment: Moment): Updated =>
  model.frozen === undefined
    ? still(
        flash({ ...model, frozen: moment.snapshot }, 'display frozen, collecting goes on; f again for now', moment.at),
      )
    : still({ ...model, frozen: undefined, flash: undefined })

const general = (model: Model, action: string, moment: Moment): Updated | undefined => {
  switch (action) {
    case 'help':
    case 'opt-ins':
    case 'questions':
      return openBeside(model, action, moment)
    case 'command':
      return still({ ...model, prompt: { kind: 'command', text: '' } })
    case 'filter': {
      const text = topOf(model).filterText
      return still({ ...model, prompt: { kind: 'filter', text, before: text } })
    }
    case 'back':
      return back(model, moment)
    case 'freeze':
      return freeze(model, moment)
    case 'header':
      return still({ ...model, header: !model.header })
    case 'sample-now':
      return { model: flash(model, 'reading everything now', moment.at), effects: [{ type: 'sample-now' }] }
    case 'redraw':
      return { model, effects: [{ type: 'redraw' }] }
    case 'quit':
      return quit(model, moment)
    default:
      return undefined
  }
}

/** The one reducer of the interface: a key, and what follows from it. */
export const update = (before: Model, key: string, moment: Moment): Updated => {
  if (before.prompt !== undefined) return pressInPrompt(before, before.prompt, key, moment)
  // What was said was about the key before.
  const model = { ...before, flash: undefined, quitAt: key === 'ctrl-c' ? before.quitAt : undefined }
  const top = topOf(model)
  const binding = bindingFor(key, bindingsFor(top))
  if (binding === undefined)
    return still(readOnlyKeys.includes(key) ? flash(model, `read-only: ${key} does nothing here`, moment.at) : model)
  const isOwn = top.bindings.includes(binding)
  const done = isOwn ? undefined : general(model, binding.action, moment)
  if (done !== undefined) return done
  const { snapshot, live, terminal } = moment
  const pressed = top.press(binding.action, snapshot, bodyOf(terminal, model.header), live)
  return applyEffects(replaceTop(model, pressed.open), pressed.effects, moment)
}
