import { describe, expect, test } from 'vitest'
import { open } from './driver.ts'

const full = { 'conntrack.fill': 97 }
const slow = { 'rtt.p50': 170 }

describe('the landing screen', () => {
  test('puts the worst first, and a lost node is as bad as a full table', () => {
    const at = open({ nodes: 5 })
    at.has('worker-4', full)
    at.has('worker-5', slow)
    at.becomes('worker-2', 'lost')
    at.wait(30)
    expect(at.order).toEqual(['worker-2', 'worker-4', 'worker-5', 'worker-1', 'worker-3'])
    expect(at.row('worker-4')).toMatch(/^worker-4 ▲ .*▲97/)
    expect(at.row('worker-5')).toMatch(/^worker-5 △ .*△170ms/)
    expect(at.row('worker-2')).toMatch(/^worker-2 ▲ .*~12 .*lost 30s$/)
  })

  test('says above what is worst, and since when', () => {
    const at = open()
    at.has('worker-2', full)
    at.becomes('worker-3', 'lost', 'connection reset')
    at.wait(10)
    expect(at.line(1)).toMatch(/▲ worker-3 lost since 12:01$/)
    expect(at.line(2)).toMatch(/▲ worker-2 CT 97% since 12:01/)
    expect(at.line(3)).toMatch(/● 1 node quiet/)
    at.resize(140, 24)
    expect(at.line(1)).toMatch(/▲ worker-3 lost since 12:01 {2}connection reset/)
    expect(at.line(2)).toMatch(/▲ worker-2 CT 97% since 12:01/)
  })

  test('puts lost nodes before those whose figures are as bad, whatever they are called', () => {
    const at = open({ nodes: 5 })
    at.has('worker-1', full)
    at.has('worker-3', full)
    at.becomes('worker-5', 'lost')
    at.wait(30)
    expect(at.order).toEqual(['worker-5', 'worker-1', 'worker-3', 'worker-2', 'worker-4'])
    at.becomes('worker-5', 'connecting')
    at.wait(1)
    expect(at.order[0]).toBe('worker-5')
  })

  test('says a long cause above as far as there is room', () => {
    const cause = 'ssh: the host key of worker-3 has changed: SHA256:8Vjx4bq6xk+MZC3zqpbLQ2WTJfvl1wYhN0pXEo6m9aI'
    const at = open({ terminal: { columns: 200, rows: 55 } })
    at.becomes('worker-3', 'lost', 'gone')
    expect(at.line(1).indexOf('▲')).toBe(148)
    at.becomes('worker-3', 'lost', cause)
    at.wait(10)
    expect(at.line(1)).toMatch(new RegExp(`▲ worker-3 lost since 12:01 {2}.*${cause.slice(5, 60)}`))
    // The keys keep theirs.
    at.sees('<x> explain')
  })

  test('is calm where nothing is wrong', () => {
    const at = open({ nodes: 12 })
    at.wait(5)
    at.sees('● 12 nodes quiet', '12 of 12 live', 'nodes(all)[12]', 'ssh 12')
    at.seesNot('▲', '△', '•')
  })

  test('counts people as people do: worker-10 comes after worker-9', () => {
    expect(open({ nodes: 11 }).order.slice(-3)).toEqual(['worker-9', 'worker-10', 'worker-11'])
  })

  test('shows a node that joins', () => {
    const at = open({ nodes: 2 })
    at.joins('worker-3')
    at.wait(1)
    expect(at.order).toEqual(['worker-1', 'worker-2', 'worker-3'])
    at.sees('nodes(all)[3]')
  })

  test('says that it knows no node yet', () => {
    const at = open({ nodes: 0 })
    at.sees('no node is known yet', 'nodes(all)[0]')
    for (const key of ['x', 'enter', 'h', 't']) {
      at.pass(60)
      expect(at.screen.slice(-3).join('\n')).not.toMatch('no node')
      at.press(key)
      expect(at.screen.slice(-3).join('\n'), key).toMatch('no node is known yet')
    }
  })

  test('says of a key that no node matches the filter', () => {
    const at = open()
    at.press('/')
    at.type('nobody')
    at.press('enter', 'x')
    expect(at.screen.slice(-3).join('\n')).toMatch('nobody')
  })

  test('draws the node under the cursor below, where few nodes leave room', () => {
    const at = open({ nodes: 1 })
    at.sees('worker-1, last 5 minutes', 'conntrack table fill 12%')
    expect(open({ nodes: 8 }).screen.join('\n')).not.toMatch('last 5 minutes')
    const tall = open({ nodes: 8, terminal: { columns: 120, rows: 50 } })
    tall.press('down')
    tall.sees('worker-2, last 5 minutes')
  })
})

describe('the cursor on the landing screen', () => {
  test('stays on its node when another one becomes worse', () => {
    const at = open({ nodes: 5 })
    at.press('down', 'down')
    expect(at.cursor).toMatch(/^worker-3 /)
    at.has('worker-5', full)
    at.wait(10)
    expect(at.order[0]).toBe('worker-5')
    expect(at.cursor).toMatch(/^worker-3 /)
    at.press('enter')
    expect(at.title).toMatch('node(worker-3)')
  })

  test('stays in view when its node goes far down', () => {
    const at = open({ nodes: 40 })
    at.has('worker-40', full)
    at.wait(10)
    at.press('top')
    at.press('g', 'left')
    expect(at.cursor).toMatch(/^worker-40 /)
    at.has('worker-40', { 'conntrack.fill': 1 })
    at.wait(60)
    expect(at.cursor).toMatch(/^worker-40 /)
    expect(at.order.at(-1)).toBe('worker-40')
  })

  test('moves over rows that keep still: they are put in order two seconds after the last move', () => {
    const at = open({ nodes: 4 })
    at.press('down')
    at.has('worker-4', full)
    at.wait(1)
    at.press('down')
    for (let second = 0; second < 8; second++) {
      at.wait(1)
      at.press(second % 2 === 0 ? 'down' : 'up')
      expect(at.order).toEqual(['worker-1', 'worker-2', 'worker-3', 'worker-4'])
    }
    at.wait(1)
    expect(at.order[0]).toBe('worker-1')
    at.wait(1)
    expect(at.order).toEqual(['worker-4', 'worker-1', 'worker-2', 'worker-3'])
  })

  test('is where it was after a look at another screen', () => {
    const at = open({ nodes: 5 })
    at.press('enter', 'esc')
    at.has('worker-5', full)
    at.wait(10)
    expect(at.cursor).toMatch(/^worker-1 /)
  })

  test('moves by pages and to both ends', () => {
    const at = open({ nodes: 60 })
    at.press('pagedown')
    expect(at.cursor).toMatch(/^worker-15 /)
    at.press('G')
    expect(at.cursor).toMatch(/^worker-60 /)
    at.press('ctrl-b')
    expect(at.cursor).toMatch(/^worker-46 /)
    at.press('g')
    expect(at.cursor).toMatch(/^worker-1 /)
    at.press('j', 'j', 'k')
    expect(at.cursor).toMatch(/^worker-2 /)
  })
})

describe('the columns of the landing screen', () => {
  const headings = (columns: number): readonly string[] => {
    const at = open({ terminal: { columns, rows: 24 } })
    return (at.body[0] ?? '')
      .replace(/\+\d+ *$/, '')
      .trim()
      .split(/ +/)
  }

  test('leave by priority as the terminal gets narrow; the name stays', () => {
    const widths = [40, 50, 60, 80, 100, 132, 160, 250]
    for (const [index, width] of widths.entries())
      expect(headings(widths[index + 1] ?? width)).toEqual(expect.arrayContaining([...headings(width)]))
    for (const width of widths) expect(headings(width).slice(0, 2)).toEqual(['NODE', 'CT%'])
    expect(headings(80)).toEqual(expect.arrayContaining(['DROP/s', 'FSYNC99', 'RTT50', 'AGE']))
    expect(headings(40).length).toBeLessThan(headings(80).length)
    expect(open({ terminal: { columns: 80, rows: 24 } }).body[0]).toMatch(/ \+16 *$/)
    expect(open({ terminal: { columns: 250, rows: 24 } }).body[0]).not.toMatch(/\+/)
    expect(headings(250)).toEqual(expect.arrayContaining(['STEAL', 'SIRQ%', 'SNDROP', 'KERNEL', 'AGE']))
  })

  test('hold a long name in the middle, its symbol, and their own heading beside the arrow', () => {
    const name = 'gke-prod-europe-west1-pool-2-4f1e22ab-x7k2'
    const at = open({ nodes: [name, 'b'] })
    at.has(name, full)
    at.wait(10)
    expect(at.body[1]).toMatch(/^gke-prod-\S*…\S*x7k2 ▲ /)
    expect(at.line(22)).toMatch(` ${name} conntrack table fill`)
    at.resize(200, 30)
    expect(at.body[1]).toMatch(`${name} ▲`)
  })

  test('are chosen with left and right; what stands under the cursor is told below', () => {
    const at = open()
    expect(at.line(23)).toMatch('left and right choose a figure, x explains it, enter opens the node')
    at.press('right')
    expect(at.line(22)).toMatch(/^ conntrack table fill 12% by proc, scope host, 0s old/)
    expect(at.line(23)).toMatch('Share of the connection tracking table that is in use.')
  })

  test('sort by the chosen one: the greatest first, the other way the next time', () => {
    const at = open()
    at.has('worker-2', { 'conntrack.fill': 30 })
    at.has('worker-3', { 'conntrack.fill': 20 })
    at.wait(1)
    at.press('right', 'O')
    expect(at.order).toEqual(['worker-2', 'worker-3', 'worker-1'])
    expect(at.body[0]).toMatch('CT%↓')
    at.press('O')
    expect(at.order).toEqual(['worker-1', 'worker-3', 'worker-2'])
    expect(at.body[0]).toMatch('CT%↑')
    at.press('N')
    expect(at.order).toEqual(['worker-1', 'worker-2', 'worker-3'])
    at.press('N')
    expect(at.order).toEqual(['worker-3', 'worker-2', 'worker-1'])
    at.press('W')
    expect(at.order).toEqual(['worker-1', 'worker-2', 'worker-3'])
    expect(at.body[0]).not.toMatch(/[↑↓]/)
  })
})

describe('a filter on the landing screen', () => {
  test('narrows as it is typed, says so, and is gone before the screen is', () => {
    const at = open({ nodes: ['cp-1', 'worker-1', 'worker-2'] })
    at.press('/')
    at.type('work')
    expect(at.order).toEqual(['worker-1', 'worker-2'])
    at.sees(' /work', 'nodes(all)[2 of 3] </work>')
    at.press('enter', 'enter')
    expect(at.title).toMatch('node(worker-1)')
    at.press('esc')
    expect(at.title).toMatch('nodes(all)[2 of 3] </work>')
    at.press('esc')
    expect(at.order).toEqual(['cp-1', 'worker-1', 'worker-2'])
    expect(at.cursor).toMatch(/^worker-1 /)
  })

  test('is turned round by !', () => {
    const at = open({ nodes: ['cp-1', 'worker-1', 'worker-2'] })
    at.press('/')
    at.type('!work')
    expect(at.order).toEqual(['cp-1'])
  })

  test('finds states, bands and words for what is missing, and no figures', () => {
    const at = open({ nodes: 4 })
    at.has('worker-2', full)
    at.becomes('worker-3', 'denied', 'host key changed')
    at.wait(10)
    const finds = (text: string): readonly string[] => {
      at.press('/')
      at.type(text)
      const { order } = at
      at.press('esc')
      return order
    }
    expect(finds('critical')).toEqual(['worker-3', 'worker-2'])
    expect(finds('host key')).toEqual(['worker-3'])
    expect(finds('stale')).toEqual(['worker-3'])
    expect(finds('not-asked')).toEqual(['worker-3', 'worker-2', 'worker-1', 'worker-4'])
    expect(finds('6.1.0')).toHaveLength(4)
    at.press('/')
    at.type('97')
    at.sees('no row passes the filter /97: esc shows all again')
  })

  test('that finds a row by a column without room says so, and by which', () => {
    const at = open()
    at.press('/')
    at.type('6.1.0')
    at.press('enter')
    at.sees(/\/6\.1\.0 is not in view: KERNEL 6\.1\.0/)
    at.press('esc', '/')
    at.type('worker-1')
    at.press('enter')
    at.seesNot('is not in view')
  })

  test('shows the end of what is typed where that is long', () => {
    const at = open({ terminal: { columns: 40, rows: 24 } })
    at.press('/')
    at.type(`${'a'.repeat(60)}end`)
    expect(at.line(22)).toMatch(/aend *$/)
  })
})

describe('a node that a column without room puts where it stands', () => {
  test('has that figure named below, also while the cursor is on another column', () => {
    const at = open()
    at.has('worker-1', { 'udp.receive_errors': 500 })
    at.wait(15)
    expect(at.row('worker-1')).toMatch(/^worker-1 [△▲]/)
    at.press('right')
    at.sees(/not in view: .*(warning|critical)/)
    at.press('down')
    at.seesNot('not in view')
  })

  test('needs no such word where the figure is seen', () => {
    const at = open()
    at.has('worker-1', { 'conntrack.fill': 97 })
    at.wait(15)
    at.press('right', 'right')
    at.seesNot('not in view')
  })
})
