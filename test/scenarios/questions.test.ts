import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import { clean } from '../../source/text/clean.ts'
import { request } from './cluster.ts'
import { open } from './driver.ts'

const hostKeys = (hosts: number): Event =>
  request('keys', {
    kind: 'host-keys',
    title: clean(`accept the keys of ${hosts} hosts?`),
    lines: Array.from({ length: hosts }, (_, index) => clean(`10.0.0.${index} ED25519 SHA256:${index}AAAA`)),
    answer: 'yes-no',
  })

const gone = (id: string): Event => ({ type: 'request-gone', id })

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

describe('the header', () => {
  test('lists the keys that answer what is asked, and no others', () => {
    const at = open()
    at.say(hostKeys(2))
    at.press('!', 'enter')
    at.sees('<y> yes', '<n> no')
    at.seesNot('<a> always', '<enter> answer')
    at.press('a')
    at.sees('y says yes, n says no')
    at.say(hostKeys(3))
    at.sees('<enter> answer')
    at.seesNot('<y> yes', '<n> no')
    at.say(gone('keys'))
    at.seesNot('<enter> answer', '<y> yes', '<n> no')
  })

  test('lists always where that may be said', () => {
    const at = open()
    at.say(request('keys', { kind: 'consent', answer: 'yes-no-always' }))
    at.press('!', 'enter')
    at.sees('<y> yes', '<n> no', '<a> always')
  })

  test('lists no letters as keys while an answer is typed', () => {
    const at = open()
    at.say(request('worker-1'))
    at.press('!', 'enter')
    at.sees('<enter> send', '<esc> leave it open')
    at.seesNot('<y> yes', '<n> no', '<a> always', '<?> help', '<f> freeze')
    at.press('esc')
    at.sees('<n> no', '<enter> answer', '<?> help')
    at.seesNot('<y> yes', '<a> always')
  })

  test('lists nothing while what was typed for a question that went away is shown', () => {
    const at = open()
    at.say(request('worker-1'))
    at.press('!', 'enter')
    at.type('x')
    at.say(gone('worker-1'))
    at.seesNot('<y> yes', '<n> no', '<enter> send', '<?> help')
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
