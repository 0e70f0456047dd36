import { describe, expect, test } from 'vitest'
import { initialModel, type Model, topOf } from '../../source/interface/model.ts'
import type { Moment, Outward } from '../../source/interface/moment.ts'
import { completionOf, paste } from '../../source/interface/prompt.ts'
import { type Effect, screen } from '../../source/interface/screen.ts'
import { update } from '../../source/interface/update.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'

const moment = (at = 0): Moment => {
  const snapshot = createStore().snapshot()
  return { snapshot, live: snapshot, terminal: { columns: 80, rows: 24 }, at }
}

/** A screen that counts what was pressed and asks for one thing at each press of `!`. */
const plain = (name: string, effect?: Effect) =>
  screen<string>({
    name,
    aliases: [`${name}-alias`],
    purpose: 'a screen of a test',
    bindings: [
      { action: 'own', keys: ['!'], label: 'own' },
      { action: 'shadow', keys: ['f'], label: 'instead of freeze' },
    ],
    table: true,
    initial: ({ screen }) => `from ${screen ?? 'nowhere'}`,
    press: (state, action) => ({ state: `${state} ${action}`, effects: effect && action === 'own' ? [effect] : [] }),
    filter: (state, text) => `${state} /${text}`,
    title: (_, state) => clean(state),
    body: () => [],
  })

const open = (...effects: readonly Effect[]): Model =>
  initialModel([plain('one', effects[0]), plain('two', effects[1]), plain('help'), plain('opt-ins')])

interface Pressed {
  readonly model: Model
  readonly effects: readonly Outward[]
}

const press = (model: Model, keys: readonly string[], at = 0): Pressed =>
  keys.reduce<Pressed>(
    (before, key) => {
      const { model, effects } = update(before.model, key, moment(at))
      return { model, effects: [...before.effects, ...effects] }
    },
    { model, effects: [] },
  )

const names = ({ model }: Pressed): readonly string[] => model.stack.map(({ name }) => name)
const title = ({ model }: Pressed): string => topOf(model).title(moment().snapshot)

describe('a key', () => {
  test('goes to the screen first, then to what is general', () => {
    expect(title(press(open(), ['!', 'f', 'j']))).toBe('from nowhere own shadow down')
    expect(press(open(), ['f']).model.frozen).toBeUndefined()
  })

  test('that means nothing changes nothing', () => {
    const model = open()
    expect(press(model, ['f5']).model).toEqual(model)
  })

  test.each(['ctrl-k', 'ctrl-d', 'e'])('%s changes something in k9s, and is answered here', (key) => {
    expect(press(open(), [key]).model.flash?.text).toBe(`read-only: ${key} does nothing here`)
  })
})

describe('what a screen asks for', () => {
  test('is carried out or handed on', () => {
    const toTwo = open({ type: 'open', screen: 'two', parameters: {} }, { type: 'back' })
    expect(names(press(toTwo, ['!']))).toEqual(['one', 'two'])
    expect(names(press(toTwo, ['!', '!']))).toEqual(['one'])
    const optIn: Effect = { type: 'opt-in', name: 'disk-probe', on: true, nodes: 'all' }
    expect(press(open(optIn), ['!']).effects).toEqual([optIn])
    const retry: Effect = { type: 'retry', nodes: 'all' }
    expect(press(open(retry), ['!']).effects).toEqual([retry])
    expect(press(open({ type: 'flash', text: clean('done') }), ['!']).model.flash?.text).toBe('done')
  })

  test('of a screen that is not there is said', () => {
    const model = open({ type: 'open', screen: 'three', parameters: {} })
    expect(press(model, ['!']).model.flash?.text).toBe('no screen three')
  })
})

describe('the stack of screens', () => {
  test('is gone through by commands, names or aliases', () => {
    expect(names(press(open(), [':', 't', 'w', 'o', 'enter']))).toEqual(['one', 'two'])
    expect(names(press(open(), [':', ...Array.from('two-alias'), 'enter']))).toEqual(['one', 'two'])
    expect(title(press(open(), [':', ...Array.from('TWO'), 'enter']))).toBe('from one')
  })

  test('does not grow by going to and fro', () => {
    const there = [':', ...Array.from('two'), 'enter', '?', 'w', '?', 'w', ':', ...Array.from('two'), 'enter']
    expect(names(press(open(), there))).toEqual(['one', 'help', 'opt-ins', 'two'])
  })

  test('is back at the landing screen, as it was, when that is asked for', () => {
    const back = press(open(), ['!', ':', ...Array.from('two'), 'enter', ':', ...Array.from('one'), 'enter'])
    expect(names(back)).toEqual(['one'])
    expect(title(back)).toBe('from nowhere own')
  })

  test('is left step by step, and never altogether', () => {
    const deep = press(open(), [':', ...Array.from('two'), 'enter', '?']).model
    expect(names(press(deep, ['esc']))).toEqual(['one', 'two'])
    expect(names(press(deep, ['q', 'q', 'q']))).toEqual(['one'])
    expect(press(deep, ['q', 'q', 'q']).model.flash?.text).toMatch(/first screen/)
  })
})

describe('a command', () => {
  test('that nobody knows is said, with the one that was meant', () => {
    const { model } = press(open(), [':', ...Array.from('helps'), 'enter'])
    expect(model.flash?.text).toBe('no command helps (did you mean help?); ? lists them all')
  })

  test.each(['q', 'q!', 'qa', 'quit', 'exit', ' QUIT '])('%j quits', (typed) => {
    const keys = Array.from(typed, (letter) => (letter === ' ' ? 'space' : letter))
    expect(press(open(), [':', ...keys, 'enter']).effects).toEqual([{ type: 'quit' }])
  })

  test('that is empty does nothing', () => {
    expect(press(open(), [':', 'enter'])).toMatchObject({ effects: [], model: { prompt: undefined } })
  })

  test.each(['tab', 'right', 'ctrl-f'])('is completed by %s', (key) => {
    expect(press(open(), [':', 't', key]).model.prompt?.text).toBe('two')
    expect(press(open(), [':', 'z', key]).model.prompt?.text).toBe('z')
  })

  test('is completed to a name that begins so and is longer', () => {
    const model = open()
    expect(completionOf(model, 'o')).toBe('one')
    expect(completionOf(model, 'op')).toBe('opt-ins')
    expect(completionOf(model, 'one')).toBeUndefined()
    expect(completionOf(model, '')).toBeUndefined()
  })
})

describe('typing', () => {
  const typed = (keys: readonly string[]): string | undefined => press(open(), [':', ...keys]).model.prompt?.text

  test('takes letters and blanks, and no names of keys', () => {
    expect(typed(['a', 'space', '漢', 'down', 'ctrl-x', 'f5', 'alt-x', 'shift-tab'])).toBe('a 漢')
  })

  test('is taken back by the letter or altogether', () => {
    expect(typed(['a', '😀', 'backspace'])).toBe('a')
    expect(typed(['a', 'delete', 'delete'])).toBe('')
    for (const key of ['ctrl-u', 'ctrl-w', 'ctrl-q']) expect(typed(['a', 'b', key])).toBe('')
  })

  test('is left by esc and by ctrl-c, which does not count towards quitting', () => {
    for (const key of ['esc', 'ctrl-c']) {
      const { model, effects } = press(open(), [':', 'a', key, 'ctrl-c'])
      expect(model.prompt).toBeUndefined()
      expect(effects).toEqual([])
    }
  })

  test('has an end', () => {
    expect(typed(Array.from({ length: 500 }, () => 'a'))).toHaveLength(200)
  })
})

describe('a filter', () => {
  test('narrows at each letter, and is put back by esc', () => {
    const narrowed = press(open(), ['/', 'a', 'b'])
    expect(topOf(narrowed.model).filterText).toBe('ab')
    expect(topOf(press(narrowed.model, ['enter']).model).filterText).toBe('ab')
    expect(topOf(press(narrowed.model, ['esc']).model).filterText).toBe('')
    const again = press(narrowed.model, ['enter', '/', 'c', 'esc'])
    expect(topOf(again.model).filterText).toBe('ab')
  })

  test('is taken away before the screen is', () => {
    const inTwo = press(open(), [':', ...Array.from('two'), 'enter', '/', 'a', 'enter'])
    const first = press(inTwo.model, ['esc'])
    expect([names(first), topOf(first.model).filterText]).toEqual([['one', 'two'], ''])
    expect(names(press(first.model, ['esc']))).toEqual(['one'])
  })
})

describe('a pasted text', () => {
  test('is typed where something is typed, on one line, and runs nothing', () => {
    const prompted = press(open(), [':']).model
    expect(paste(prompted, 'two\nquit\n').prompt?.text).toBe('two quit')
    expect(topOf(paste(press(open(), ['/']).model, 'ab')).filterText).toBe('ab')
  })

  test('presses no key elsewhere', () => {
    const model = open()
    expect(paste(model, 'q')).toBe(model)
  })
})

describe('ctrl-c', () => {
  const twice = (apart: number, between: readonly string[] = []): readonly Outward[] => {
    const first = update(open(), 'ctrl-c', moment(5000)).model
    const { model } = press(first, between, 5000)
    return update(model, 'ctrl-c', moment(5000 + apart)).effects
  }

  test('quits when it comes twice within a second', () => {
    expect(twice(0)).toEqual([{ type: 'quit' }])
    expect(twice(1000)).toEqual([{ type: 'quit' }])
    expect(twice(1001)).toEqual([])
  })

  test('counts anew after any other key', () => {
    expect(twice(100, ['j'])).toEqual([])
  })

  test('says so for as long as that holds', () => {
    expect(update(open(), 'ctrl-c', moment(5000)).model.flash).toEqual({
      text: 'press ctrl-c again to quit',
      until: 6000,
    })
  })
})
