import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { type Clean, clean } from '../../source/text/clean.ts'
import { link, request } from './cluster.ts'
import { type Driver, open } from './driver.ts'

const canary = 'c4n:ry/q!w yn'

const gone = (id: string): Event => ({ type: 'request-gone', id })

/** A frame of everything that can be seen, after each thing that is done. */
const watched = (at: Driver): { readonly frames: string[]; press(...keys: readonly string[]): void } => {
  const frames: string[] = []
  const look = (): void => void frames.push(at.screen.join('\n'))
  look()
  return {
    frames,
    press(...keys) {
      for (const key of keys) {
        at.press(key === ' ' ? 'space' : key)
        look()
      }
    },
  }
}

describe('a typed answer', () => {
  test('is a dot for each letter of a secret, and goes to whoever asked', () => {
    const at = open()
    at.say(request('worker-1'))
    at.press('!', 'enter')
    expect(at.line(22)).toBe(' worker-1 asks: Password for karin:')
    at.type('secret')
    expect(at.line(23)).toMatch(/^ > •{6} {3}enter sends it, esc leaves it unanswered$/)
    at.press('backspace', 'enter')
    expect(at.effects()).toEqual([{ type: 'answer', id: 'worker-1', answer: { said: 'text', text: 'secre' } }])
    at.sees('answer sent: worker-1 asks:')
    expect(at.title).toMatch('questions[1]')
  })

  test('has keys of its own while it is typed, and only then', () => {
    const at = open()
    at.say(request('worker-1'))
    at.press('!', 'enter')
    at.sees('in the line for the answer enter sends, esc leaves it', 'enter sends it, esc leaves it unanswered')
    at.seesNot('n declines')
    at.press('esc')
    at.wait(10)
    at.sees('enter opens a line for the answer, which is not shown; n declines')
  })

  test('is a star where the terminal shows only ASCII, and its end is seen where it is long', () => {
    const at = open({ glyphs: 'ascii', terminal: { columns: 40, rows: 10 } })
    at.say(request('worker-1'))
    at.press('!', 'enter')
    at.type('x'.repeat(100))
    expect(at.line(9)).toMatch(/^ worker-1 asks: .*\$ \*{11,13} ?$/)
  })

  test('is seen where it is no secret, and may be empty there', () => {
    const at = open()
    at.say(request('worker-1', { lines: [clean('Press enter, or type a code:')], answer: 'text' }))
    at.press('!', 'enter')
    at.type('12 3')
    at.sees(' > 12 3')
    at.press('ctrl-u', 'enter')
    expect(at.effects()).toEqual([{ type: 'answer', id: 'worker-1', answer: { said: 'text', text: '' } }])
  })

  test('that is a secret is not sent empty: a key pressed twice costs no login', () => {
    const at = open()
    at.say(request('worker-1'))
    at.press('!', 'enter', 'enter', 'enter')
    expect(at.effects()).toEqual([])
    at.type('s')
    at.press('enter')
    expect(at.effects()).toHaveLength(1)
  })

  test('may be pasted: the first line, without its end, and nothing is pressed by it', () => {
    const at = open()
    at.say(request('worker-1'))
    at.press('!', 'enter')
    at.paste('pass phrase  x\nq\nrm -rf\n')
    expect(at.effects()).toEqual([])
    at.press('enter')
    expect(at.effects()).toEqual([{ type: 'answer', id: 'worker-1', answer: { said: 'text', text: 'pass phrase  x' } }])
    at.paste(canary)
    at.seesNot(canary)
  })

  test('is left by esc, and then declined by n', () => {
    for (const key of ['esc', 'ctrl-c']) {
      const at = open()
      at.say(request('worker-1'))
      at.press('!', 'enter')
      at.type(canary)
      at.press(key)
      at.sees('left unanswered: worker-1 asks:')
      expect(at.effects()).toEqual([])
      expect(at.held).not.toMatch(canary)
      at.press('n')
      expect(at.effects()).toEqual([{ type: 'answer', id: 'worker-1', answer: { said: 'no' } }])
    }
  })

  test('never begins by itself: what is typed for something else goes there', () => {
    const at = open()
    at.press('/')
    at.type('wor')
    at.say(request('worker-1'))
    at.type('ker!')
    at.sees(' /worker!', '1 question waits')
    at.press('esc', ':')
    at.type('!')
    at.sees(' :!')
    at.press('esc')
    expect(at.title).toMatch('nodes(all)')
    expect(at.effects()).toEqual([])
  })
})

describe('a question that goes away while its answer is typed', () => {
  test.each([
    ['is withdrawn', [gone('worker-1')]],
    ['becomes another one', [request('worker-1', { lines: [clean('Verification code:')] })]],
    ['is asked again', [gone('worker-1'), request('worker-1')]],
  ])('because it %s: what was typed is dropped, and the rest presses no key', (_, events) => {
    const at = open()
    at.say(request('worker-1'), request('worker-2'))
    at.press('!', 'enter')
    at.type('half of ')
    at.say(...events)
    expect(at.held).not.toMatch('half of')
    at.sees('gone, and what was typed with it: esc goes on', 'worker-1 asks:')
    at.type(`${canary}:/wyn`)
    at.paste(canary)
    at.seesNot(canary, 'half of')
    expect([at.effects(), at.held.includes(canary)]).toEqual([[], false])
    at.press('enter')
    expect(at.title).toMatch('questions[')
    expect(at.effects()).toEqual([])
  })
})

describe('a secret', () => {
  /** The places where somebody may begin to type it, and how it may end. */
  const beginnings: Readonly<Record<string, readonly string[]>> = {
    'from the landing screen': ['!', 'enter'],
    'from a node': ['enter', '!', 'enter'],
    'after a frozen display': ['f', '!', 'enter'],
    'without a header': ['ctrl-e', '!', 'enter'],
    'from the question, once left': ['!', 'enter', 'esc', 'enter'],
    'from the help': ['?', '!', 'enter'],
  }
  const endings: Readonly<Record<string, readonly string[]>> = {
    sent: ['enter', 'esc', '?'],
    left: ['esc', 'esc', '?'],
    'taken back': ['ctrl-u', 'esc', ':'],
  }

  test.each(Object.entries(beginnings))('stands in no frame, however it is typed and ends: %s', (_, beginning) => {
    for (const ending of Object.values(endings))
      for (const terminal of [
        { columns: 80, rows: 24 },
        { columns: 40, rows: 10 },
        { columns: 20, rows: 5 },
      ]) {
        const at = open({ terminal })
        at.say(request('worker-1'))
        const { frames, press } = watched(at)
        press(...beginning, ...Array.from(canary))
        at.resize(200, 55)
        at.paste(canary)
        press(...ending)
        const shown = frames.join('\n')
        // Not even a part of it.
        expect(shown).not.toMatch(canary.slice(0, 4))
        expect(at.held).not.toMatch(canary.slice(0, 4))
      }
  })

  test('stands in no picture of a fault', () => {
    const at = open({ terminal: { columns: 140, rows: 30 } })
    at.say(request('worker-1'))
    at.press('!', 'enter')
    at.type(canary)
    const cause = {
      toString() {
        throw new Error('a fault in drawing')
      },
    } as unknown as Clean
    at.say(link('worker-2' as NodeName, at.now, 'lost', '', { cause }))
    at.sees('kntop has a fault', 'a fault in drawing')
    at.seesNot(canary.slice(0, 4))
  })
})
