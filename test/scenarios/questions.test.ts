// oxlint-disable max-lines -- one screen and its questions, told in one place
import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { type Clean, clean } from '../../source/text/clean.ts'
import { link, request } from './cluster.ts'
import { type Driver, open } from './driver.ts'

const canary = 'c4n:ry/q!w yn'

const hostKeys = (hosts: number): Event =>
  request('keys', {
    kind: 'host-keys',
    title: clean(`accept the keys of ${hosts} hosts?`),
    lines: Array.from({ length: hosts }, (_, index) => clean(`10.0.0.${index} ED25519 SHA256:${index}AAAA`)),
    answer: 'yes-no',
  })

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

describe('that somebody is waited for', () => {
  test('is told on every screen, with the key that leads there', () => {
    const at = open()
    at.seesNot('<!> answers')
    at.say(request('worker-1'))
    at.sees('△ 1 question waits: <!> answers')
    at.say(hostKeys(2))
    for (const key of ['enter', 'x', 'w', '?', '!']) {
      at.press(key)
      at.sees('△ 2 questions wait: <!> answers')
    }
    at.say(gone('worker-1'), gone('keys'))
    at.seesNot('<!> answers')
  })

  test('is told on a small terminal and in ASCII too', () => {
    const at = open({ terminal: { columns: 40, rows: 10 }, glyphs: 'ascii' })
    at.say(request('worker-1'))
    at.sees('! 1 question waits: <!>')
  })

  test('is told while the display is frozen, and what is asked is as it is now', () => {
    const at = open()
    at.has('worker-1', { 'conntrack.fill': 30 })
    at.press('f')
    at.wait(5)
    at.say(request('worker-1'))
    at.sees('FROZEN', '1 question waits')
    expect(at.cell('worker-1', 'CT%')).toBe('12')
    at.press('!', 'enter')
    at.type('x')
    at.say(gone('worker-1'))
    at.sees('gone, and what was typed with it')
  })
})

describe('the questions', () => {
  test('are listed, the oldest first, with all that there is to know below', () => {
    const at = open()
    at.say(request('worker-2'), hostKeys(2))
    at.press('!')
    expect(at.title).toMatch('questions[2]')
    at.sees(/login +worker-2 asks:/, /host keys +accept the keys of 2 hosts\?/, 'Password for karin:')
    at.press('down')
    at.sees('10.0.0.1 ED25519 SHA256:1AAAA')
    at.press('/')
    at.type('worker')
    expect(at.title).toMatch('questions[1 of 2]')
    expect(at.effects()).toEqual([])
  })

  test('tell of the keys that work in the list, not of those that answer', () => {
    const at = open()
    at.say(request('worker-1'), hostKeys(2))
    at.press('!')
    at.sees('enter opens it, with a line for the answer')
    at.seesNot('n declines')
    at.press('down')
    at.sees('enter opens it: only there y accepts')
    at.seesNot('y says yes')
  })

  test('are none where nobody asks', () => {
    const at = open()
    at.press(':')
    at.type('questions')
    at.press('enter', 'enter')
    at.sees('no question waits for an answer')
    expect(at.effects()).toEqual([])
  })

  test('are answered one at a time: what is meant for one that went away does not reach the next', () => {
    const at = open()
    at.say(request('worker-1'), request('worker-2'), request('worker-3'))
    at.press('!', 'down')
    at.say(gone('worker-2'))
    at.press('enter')
    at.sees('this question is gone', 'questions[2]')
    at.press('enter')
    expect(at.title).toMatch('question(worker-3 asks:)')
  })
})

describe('a question of yes or no', () => {
  test('is accepted by y alone, after it was shown', () => {
    const at = open()
    at.say(hostKeys(40))
    at.press('y', '!', 'y', 'enter')
    expect(at.title).toMatch('question(accept the keys of 40 hosts?)')
    at.sees('10.0.0.0 ED25519', /\d+ more lines below: j or space/)
    at.press('G')
    at.sees('10.0.0.39 ED25519 SHA256:39AAAA', 'y says yes, n says no')
    at.press('enter', 'space', 'down')
    expect(at.effects()).toEqual([])
    at.press('y')
    expect(at.effects()).toEqual([{ type: 'answer', id: 'keys', answer: { said: 'yes' } }])
    at.sees('said yes: accept the keys of 40 hosts?', /questions\[1\]/)
    at.press('y', 'n')
    expect(at.effects()).toEqual([])
  })

  test('is refused by n, and left open by esc', () => {
    const at = open()
    at.say(hostKeys(2))
    at.press('!', 'enter', 'esc', 'enter', 'n')
    expect(at.effects()).toEqual([{ type: 'answer', id: 'keys', answer: { said: 'no' } }])
    at.sees('said no: accept the keys of 2 hosts?')
  })

  test('that has changed is not accepted before it was read anew', () => {
    const at = open()
    at.say(hostKeys(2))
    at.press('!', 'enter')
    at.say(hostKeys(3))
    at.sees('this question has changed: enter shows it as it is now')
    at.press('y', 'n')
    expect(at.effects()).toEqual([])
    at.press('enter')
    at.sees('10.0.0.2 ED25519')
    at.press('y')
    expect(at.effects()).toEqual([{ type: 'answer', id: 'keys', answer: { said: 'yes' } }])
  })

  test('that went away says so, and takes no answer', () => {
    const at = open()
    at.say(hostKeys(2))
    at.press('!', 'enter')
    at.say(gone('keys'))
    at.sees('this question is gone')
    at.press('y', 'n', 'enter')
    expect(at.effects()).toEqual([])
  })
})

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
