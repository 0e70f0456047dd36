import { describe, expect, test } from 'vitest'
import { bindingsFor, generalBindings, readOnlyKeys, tableBindings } from '../../source/interface/binding.ts'
import { absences } from '../../source/interface/figure-cell.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'
import { screens } from '../../source/screens/screens.ts'
import { type Driver, open } from './driver.ts'

describe('f', () => {
  test('freezes what is shown while everything goes on, and shows now again', () => {
    const at = open()
    at.press('f')
    at.sees('FROZEN', 'display frozen, collecting goes on; f again for now')
    at.has('worker-2', { 'conntrack.fill': 97 })
    at.wait(10)
    expect(at.cell('worker-2', 'CT%')).toBe('12')
    at.sees('12:01:41', '● 3 nodes quiet')
    at.press('down', 'enter', 'tab')
    at.sees(/conntrack table fill +12%/)
    at.press('f')
    at.seesNot('FROZEN', 'display frozen')
    at.sees(/conntrack table fill +▲97%/, '12:01:51')
  })

  test('is told on a small terminal too', () => {
    const at = open({ terminal: { columns: 40, rows: 10 } })
    at.press('f')
    expect(at.line(1)).toMatch(/^ FROZEN/)
  })
})

describe('ctrl-c', () => {
  test('once says that once more quits', () => {
    const at = open()
    at.press('ctrl-c')
    at.sees('press ctrl-c again to quit')
    expect(at.effects()).toEqual([])
    at.pass(1.1)
    at.seesNot('press ctrl-c again')
  })

  test('twice within a second quits', () => {
    const at = open()
    at.press('ctrl-c')
    at.pass(0.9)
    at.press('ctrl-c')
    expect(at.effects()).toEqual([{ type: 'quit' }])
  })

  test('twice with more between them does not', () => {
    const at = open()
    at.press('ctrl-c')
    at.pass(1.5)
    at.press('ctrl-c')
    at.press('j', 'ctrl-c')
    expect(at.effects()).toEqual([])
  })
})

describe('leaving', () => {
  test.each(['q', 'esc'])('%s goes one step, and says at the first screen how to quit', (key) => {
    const at = open()
    at.press('enter', '?')
    at.sees('<nodes> <node> <help>')
    at.press(key)
    at.sees(/<nodes> <node>(?! <)/)
    at.press(key, key)
    at.sees('this is the first screen: ctrl-c twice or :q to quit')
    expect(at.effects()).toEqual([])
  })

  test(':q quits', () => {
    const at = open()
    at.press(':')
    at.type('q')
    at.press('enter')
    expect(at.effects()).toEqual([{ type: 'quit' }])
  })
})

describe('keys that change something in k9s', () => {
  test.each(['ctrl-k', 'ctrl-d', 'e'])('%s does nothing here and says so, on every screen', (key) => {
    for (const way of [[], ['enter'], ['right', 'x'], ['w'], ['?']]) {
      const at = open()
      at.press(...way, key)
      at.sees(`read-only: ${key} does nothing here`)
      expect(at.effects()).toEqual([])
    }
  })
})

describe('?', () => {
  /** The whole help, page by page. */
  const helpFrom = (...way: readonly string[]): string => {
    const at = open({ terminal: { columns: 120, rows: 40 } })
    at.press(...way)
    const pages: string[] = [...at.body]
    for (let page = 0; page < 20 && at.body.some((line) => line.includes('more lines below')); page += 1) {
      at.press('space')
      pages.push(...at.body)
    }
    return pages.join('\n')
  }
  const ways: Readonly<Record<string, readonly string[]>> = {
    nodes: ['?'],
    node: ['enter', '?'],
    flows: [':', ...Array.from('flows'), 'enter', '?'],
    pods: [':', ...Array.from('pods'), 'enter', '?'],
    pod: [':', ...Array.from('pod'), 'enter', '?'],
    'by-hand': [':', ...Array.from('by-hand'), 'enter', '?'],
    services: [':', ...Array.from('svc'), 'enter', '?'],
    service: [':', ...Array.from('service'), 'enter', '?'],
    namespaces: [':', ...Array.from('ns'), 'enter', '?'],
    contexts: [':', ...Array.from('ctx'), 'enter', '?'],
    links: [':', ...Array.from('links'), 'enter', '?'],
    explain: ['right', 'x', '?'],
    'flows-by-hand': [':', ...Array.from('flows-by-hand'), 'enter', '?'],
    'opt-ins': ['w', '?'],
    questions: ['!', '?'],
    question: [':', ...Array.from('question'), 'enter', '?'],
    help: [':', ...Array.from('help'), 'enter', ':', ...Array.from('help'), 'enter'],
  }

  test.each(screens.map(({ name }) => name))('on %s shows every key that does something there', (name) => {
    const help = helpFrom(...(ways[name] ?? []))
    const entry = screens.find((one) => one.name === name)
    for (const { keys, label } of entry === undefined ? [] : bindingsFor(entry).flat()) {
      if (name === 'help' && entry?.bindings.some((own) => own.label === label)) continue
      expect(help).toMatch(`${keys.join(' ')} `.padEnd(22) + label)
    }
  })

  test('shows the keys of tables and of everywhere, those that are inert, signs, words and columns', () => {
    const help = helpFrom('?')
    for (const sign of [
      '< or >',
      'max',
      '+16',
      '…',
      '┊',
      '↑ or ↓',
      'ending, was',
      'local 1, ssh 3',
      'kntop 257ms late',
    ])
      expect(help).toMatch(sign)
    expect(help).not.toMatch(/…(?! {10})/)
    for (const { keys, label } of [...tableBindings, ...generalBindings])
      expect(help).toMatch(`${keys.join(' ')} `.padEnd(22) + label)
    expect(help).toMatch(readOnlyKeys.join(' '))
    for (const word of ['warning', 'critical', 'stale']) expect(help).toMatch(word)
    for (const { short, meaning } of Object.values(absences)) {
      expect(help).toMatch(short)
      expect(help).toMatch(meaning)
    }
    const columns = catalogue.flatMap(({ column, title }) => (column === undefined ? [] : [{ ...column, title }]))
    for (const { heading, title } of columns)
      expect(help).toMatch(new RegExp(`^${heading.replace('/', '\\/')} +${title.slice(0, 30)}`, 'm'))
    for (const { name, purpose } of screens) expect(help).toMatch(new RegExp(`^${name}.* ${purpose.slice(0, 20)}`, 'm'))
  })

  test('is left with the same key', () => {
    const at = open()
    at.press('?', '?')
    expect(at.title).toMatch('nodes(all)')
  })

  test('can be read to the end at 80x24', () => {
    const at = open()
    at.press('?', 'G')
    at.seesNot('more lines below')
    at.sees('AGE')
  })
})

describe('the header', () => {
  test('goes with ctrl-e and comes again; what it told stays in one line', () => {
    const at = open()
    at.has('worker-1', { 'conntrack.fill': 97 })
    at.wait(10)
    at.press('ctrl-e')
    expect(at.line(1)).toMatch(/^ ssh \[RO\] 3\/3 live {2}▲ worker-1 CT 97% since 12:01 +<\?> help$/)
    expect(at.line(2)).toMatch(/^┌/)
    at.press('ctrl-e')
    expect(at.line(1)).toMatch(/^ Context ssh \[RO\]/)
  })

  test('shows keys of this screen, and none that mean something else here', () => {
    const at = open()
    at.sees('<enter> open', '<?> help', '<x> explain', '<w> opt-ins', '</> filter', '<O> sort', '<f> freeze')
    at.resize(200, 24)
    at.press('w')
    at.sees('<space> switch here', '<a> all on, or off', '<:> command')
    at.seesNot('<w> opt-ins')
    at.resize(80, 24)
    at.press('w', 'enter')
    at.sees('<tab> next tab', '<1-6> window')
  })
})

describe('ctrl-r and ctrl-l', () => {
  test('ask for a reading, and for the screen anew', () => {
    const at = open()
    at.press('ctrl-r')
    at.sees('reading everything now')
    expect(at.effects()).toEqual([{ type: 'sample-now' }])
    at.press('ctrl-l')
    expect(at.effects()).toEqual([{ type: 'redraw' }])
  })
})

describe('a command', () => {
  const run = (at: Driver, text: string): void => {
    at.press(':')
    at.type(text)
    at.press('enter')
  }

  test('opens a screen on what stands under the cursor', () => {
    const at = open()
    at.press('down', 'right')
    run(at, 'node')
    expect(at.title).toMatch('node(worker-2)')
    run(at, 'nodes')
    run(at, 'x')
    expect(at.title).toMatch('explain(worker-2 conntrack.fill)')
  })

  test('is completed as it is typed', () => {
    const at = open()
    at.press(':')
    at.type('op')
    at.sees(/^ :op t-ins/m)
    at.press('tab', 'enter')
    expect(at.title).toMatch('opt-ins')
  })

  test('that nobody knows is said', () => {
    const at = open()
    run(at, 'nothing')
    at.sees('no command nothing; ? lists them all')
    run(at, 'flwos')
    at.sees('no command flwos (did you mean flows?); ? lists them all')
  })
})

describe('a terminal that is too small', () => {
  test('is told so, with what is worst, and is as it was when it grows', () => {
    const at = open()
    at.has('worker-1', { 'conntrack.fill': 97 })
    at.wait(10)
    at.press('down')
    at.resize(20, 5)
    expect(at.screen.slice(0, 2)).toEqual(['20x5 is too small', 'kntop needs 40x10'])
    expect(at.line(3)).toMatch(/^▲ w.*1 CT /)
    at.resize(80, 24)
    expect(at.cursor).toMatch(/^worker-2/)
  })

  test('says of a lost node that it is lost', () => {
    const at = open({ terminal: { columns: 39, rows: 9 } })
    at.becomes('worker-1', 'lost')
    at.sees('▲ worker-1 lost since 12:01')
  })

  test.each([
    { columns: 1, rows: 1 },
    { columns: 3, rows: 2 },
    { columns: 500, rows: 1 },
    { columns: 1, rows: 200 },
  ])('of $columns x $rows is filled and nothing more', (terminal) => {
    expect(open({ terminal }).screen).toHaveLength(terminal.rows)
  })
})

describe('a terminal of 40x10', () => {
  test('can be used: open, read, switch, leave', () => {
    const at = open({ terminal: { columns: 40, rows: 10 } })
    expect(at.order).toEqual(['worker-1', 'worker-2', 'worker-3'])
    at.press('enter')
    at.sees('▌conntrack table fill 12%  1 of 4')
    at.press('tab')
    at.sees(/conntrack entries +31\.5k/)
    at.press('esc', 'w')
    at.sees(/disk-probe +off/)
    at.press('space')
    expect(at.effects()).toHaveLength(1)
  })
})

describe('a terminal that shows only ASCII', () => {
  test('gets only that, whatever comes from outside', () => {
    const at = open({ glyphs: 'ascii', nodes: 2 })
    at.has('worker-1', { 'conntrack.fill': 97 })
    at.becomes('worker-2', 'lost', 'Zeitüber 超时')
    at.wait(10)
    for (const key of ['enter', 'tab', 'tab', '?', 'esc', 'esc', 'w']) {
      at.press(key)
      expect(at.screen.join('\n')).toMatch(/^[ -~\n]*$/)
    }
    at.resize(140, 30)
    at.sees('X worker-1 CT 97%', 'Zeit?ber ????')
  })
})
