import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { lookups, origin } from './cluster.ts'
import { type Driver, open } from './driver.ts'

const node = 'worker-1' as NodeName
const tall = { columns: 100, rows: 40 }

const entered = (terminal = tall): Driver => {
  const at = open({ nodes: 2, terminal })
  at.wait(5)
  at.press('enter')
  return at
}

describe('enter on a node', () => {
  test('opens its four suspects as charts, with value and levels', () => {
    const at = entered()
    expect(at.title).toMatch('node(worker-1) 6.1.0')
    at.sees('<nodes> <node>', '▌conntrack table fill 12%', '╌critical 90%╌', '╌warning 80%╌', '100%┤')
    at.sees('device flush mean 0ms', 'UDP datagrams sent 40/s', 'round-trip time, median of sockets 0.31ms')
  })

  test('begins at the chart of the figure that the cursor stood on', () => {
    const at = open({ nodes: 2, terminal: { columns: 140, rows: 40 } })
    at.press('right', 'right', 'right', 'right', 'right', 'right')
    at.sees(/ fdatasync p99 not-asked/)
    at.press('enter')
    at.sees(/▌device flush mean/)
  })

  test('draws what was asked for in place of what stood in for it, and never both', () => {
    const at = entered()
    at.say(origin(node, 'dns.lookups', 'tcpdump'))
    at.has('worker-1', { 'dns.lookups': 412 })
    at.wait(2)
    at.sees('DNS lookups of this node 412/s')
    at.seesNot('UDP datagrams sent')
  })

  test('says why there is no chart', () => {
    const at = entered()
    at.say({
      type: 'origin',
      subject: { node },
      metric: 'rtt.p50',
      origin: { missing: 'no-tool', advice: clean('ss is not installed') },
    })
    at.press('right', 'down')
    at.sees('round-trip time, median of sockets no-tool', 'no-tool: ss is not installed')
  })

  test('leads back with esc and with q', () => {
    for (const key of ['esc', 'q']) {
      const at = entered()
      at.press(key)
      expect(at.title).toMatch('nodes(all)[2]')
    }
  })
})

describe('the tabs of a node', () => {
  test('are turned with tab and shift-tab, all the way round', () => {
    const at = entered()
    at.press('tab')
    at.sees(/METRIC +VALUE/)
    at.press('tab')
    at.sees(/^│ not-asked: ask for dns-capture with the key w/m)
    at.press('tab')
    at.sees('▌conntrack table fill')
    at.press('shift-tab', 'shift-tab')
    at.sees(/METRIC +VALUE/)
  })

  test('show every metric with value, unit, age and origin, or why there is none', () => {
    const at = entered({ columns: 120, rows: 70 })
    at.press('tab')
    at.sees(/^│ conntrack table fill +12% .* 0s proc \(host\)/m)
    at.sees(/^│ fdatasync p99 +off .* not-asked: ask for disk-probe with the key w/m)
    at.sees(/^│ packets received .* 0\/s/m)
    at.sees('LAST 5m')
    at.press('1')
    at.sees('LAST 1m')
  })

  test('narrow the metrics by a text, and esc takes that away before it leaves', () => {
    const at = entered()
    at.press('/')
    at.type('conntrack')
    at.press('enter')
    at.sees(/METRIC +VALUE/, 'conntrack entries', '</conntrack>')
    at.seesNot('device flush mean')
    at.press('esc')
    at.sees('device flush mean', /METRIC +VALUE/)
    at.press('esc')
    expect(at.title).toMatch('nodes(all)')
  })

  test('stay where they are when a filter is begun and left', () => {
    const at = entered()
    at.press('/', 'esc')
    at.sees('▌conntrack table fill')
  })

  test('sort metrics by name, and find the words for what is missing', () => {
    const at = entered({ columns: 100, rows: 60 })
    at.press('tab', 'N')
    expect(at.body[2]).toMatch(/^answers|^connection/)
    at.press('/')
    at.type('not-asked')
    expect(
      at.body
        .slice(2)
        .filter((line) => line !== '')
        .every((line) => line.includes('not-asked')),
    ).toBe(true)
  })

  test('show who looks up what, and count the rest', () => {
    const at = entered({ columns: 100, rows: 20 })
    at.say(origin(node, 'dns.lookups', 'tcpdump'))
    at.has('worker-1', { 'dns.lookups': 3 })
    at.wait(1)
    at.press('tab', 'tab')
    at.sees('nothing was counted yet')
    at.say(
      ...lookups(
        node,
        at.now,
        Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`name-${index}.example.`, 40 - index])),
      ),
    )
    at.sees('names, last 60s', / 40 {2}name-0\.example\./, /\d+ {2}others/, / 5 {2}10\.0\.0\.7/)
    at.say(...lookups(node, at.now, {}))
    at.sees(/names, last 60s.*\n│ none/)
  })

  test('date the lookups of a node that is lost', () => {
    const at = entered()
    at.say(origin(node, 'dns.lookups', 'tcpdump'))
    at.has('worker-1', { 'dns.lookups': 3 })
    at.wait(1)
    at.say(...lookups(node, at.now, { 'a.example.': 3 }))
    at.becomes('worker-1', 'lost')
    at.wait(20)
    at.press('tab', 'tab')
    at.sees('names, stale 20s, last 60s', 'a.example.')
  })
})

describe('the windows of the charts', () => {
  test.each([
    ['1', '-60s'],
    ['2', '-5m'],
    ['3', '-15m'],
    ['4', '-60m'],
    ['5', '-6h'],
    ['6', '-24h'],
  ])('%s goes back to %s', (key, start) => {
    const at = entered({ columns: 140, rows: 40 })
    at.press(key)
    at.sees(new RegExp(`${start} `))
  })

  test('are said in the line of the tabs, the chosen one in reverse', () => {
    entered().sees('1 1m  2 5m  3 15m  4 1h  5 6h  6 24h')
  })
})

describe('charts where there is little room', () => {
  test('stand one below the other where it is narrow', () => {
    const at = entered({ columns: 60, rows: 50 })
    const titles = at.body.filter((line) => /^[▌ ]\S.*\d(%|ms|\/s)$/.test(line))
    expect(titles).toHaveLength(4)
  })

  test('are shown a few at a time, the chosen one among them, and say which it is', () => {
    const at = entered({ columns: 60, rows: 16 })
    at.sees('▌conntrack table fill 12%  1 of 4')
    at.press('down')
    at.sees('▌device flush mean 0ms  2 of 4')
    at.press('down', 'down', 'down')
    at.sees('▌round-trip time, median of sockets 0.31ms  4 of 4')
  })

  test('keep the value where the name has no room', () => {
    entered({ columns: 80, rows: 24 }).sees(
      /round-trip time, median of\S*… 0\.31ms|round-trip time, media\S*… 0\.31ms|0\.31ms/,
    )
  })

  test('move as they stand: two by two', () => {
    const at = entered()
    at.press('right')
    at.sees('▌device flush mean')
    at.press('down')
    at.sees('▌round-trip time')
    at.press('left')
    at.sees('▌UDP datagrams')
    at.press('up', 'up', 'left')
    at.sees('▌conntrack table fill')
  })
})
