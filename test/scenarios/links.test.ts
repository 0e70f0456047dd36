import { describe, expect, test } from 'vitest'
import type { Link, LinkState } from '../../source/events/link.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { Size } from '../../source/interface/screen.ts'
import { clean } from '../../source/text/clean.ts'
import { link } from './cluster.ts'
import { type Driver, open } from './driver.ts'

const changed = 'the host key of 10.0.0.2 has changed: remove the old line of known_hosts if that is right'

const go = (at: Driver, command: string): void => {
  at.press(':')
  at.type(command)
  at.press('enter')
}

/** Six nodes, each in another state, three seconds after that was said. */
const fleet = (terminal: Size = { columns: 80, rows: 24 }): Driver => {
  const at = open({ nodes: 6, terminal })
  const say = (number: number, state: LinkState, cause: string, more: Partial<Link> = {}): void =>
    at.say(link(`worker-${number}` as NodeName, at.now, state, cause, more))
  const route = clean('karin@10.0.0.7:22 via bastion')
  at.wait(20)
  say(2, 'denied', changed, { logins: 0, route })
  say(3, 'lost', 'connection reset by peer', { logins: 3, lease: 15, route })
  say(4, 'backing-off', 'timed out', { logins: 1, until: (at.now + 42) * 1000 })
  say(5, 'live', '', { logins: 1, lease: 15, remark: clean('new logins fail: connection refused') })
  say(6, 'connecting', '', { transport: 'openssh' })
  at.wait(3)
  go(at, 'links')
  return at
}

describe('the links', () => {
  test('stand the worst first: state by symbol and word, since when, why', () => {
    const at = fleet()
    expect(at.title).toMatch('links(2 live, 1 denied, 1 lost, 1 backing-off, 1 connecting)[6]')
    expect(at.order).toEqual(['worker-2', 'worker-3', 'worker-4', 'worker-6', 'worker-5', 'worker-1'])
    expect(at.row('worker-2')).toMatch(/^worker-2 ▲ denied +3s +ssh +the host key of/)
    expect(at.row('worker-3')).toMatch(/^worker-3 ▲ lost +3s +ssh +connection reset by peer$/)
    expect(at.row('worker-4')).toMatch(/^worker-4 ▲ backing-off +3s +39s ssh +timed out$/)
    expect(at.row('worker-6')).toMatch(/^worker-6 • connecting +3s +openssh$/)
    expect(at.row('worker-5')).toMatch(/^worker-5 ● live +24s +ssh +new logins fail: connection/)
    expect(at.row('worker-1')).toMatch(/^worker-1 ● live +24s +ssh$/)
  })

  test('show way, logins and lease where there is room, and a word for what nobody said', () => {
    const at = fleet({ columns: 200, rows: 55 })
    expect(at.body[0]).toMatch(/^NODE +STATE +FOR NEXT VIA +LOGINS LEASE ROUTE +CAUSE OR REMARK$/)
    expect(at.row('worker-3')).toMatch(/3s +ssh +3 +15s karin@10\.0\.0\.7:22 via bastion connection reset/)
    expect(at.row('worker-1')).toMatch(/ssh +- +- -$/)
    expect(at.row('worker-2')).toMatch(changed)
  })

  test('say for how long a node is away, not since when it was last tried', () => {
    const at = fleet()
    for (const [state, cause] of [
      ['connecting', 'again, after: connection reset by peer'],
      ['lost', 'refused'],
    ] as const) {
      at.wait(10)
      at.say(link('worker-3' as NodeName, at.now, state, cause, { until: (at.now + 30) * 1000 }))
    }
    expect(at.row('worker-3')).toMatch(/^worker-3 ▲ lost +23s +30s ssh +refused$/)
    at.wait(5)
    at.say(link('worker-3' as NodeName, at.now, 'live', ''))
    expect(at.row('worker-3')).toMatch(/^worker-3 ● live +0s +ssh$/)
  })

  test('count down to the next attempt, also to that of another sampler', () => {
    const at = fleet()
    at.say(link('worker-1' as NodeName, at.now, 'no-data', 'no channel', { until: (at.now + 42) * 1000 }))
    at.wait(2)
    expect(at.row('worker-1')).toMatch(/^worker-1 ▲ no-data +2s +40s ssh +no channel$/)
  })

  test('count down to the next attempt, and none is awaited on a live node', () => {
    const at = fleet()
    at.wait(38)
    expect(at.row('worker-4')).toMatch(/ 1s ssh/)
    at.wait(5)
    expect(at.row('worker-4')).toMatch(/ now ssh/)
    at.say(link('worker-4' as NodeName, at.now, 'live', '', { until: (at.now + 30) * 1000 }))
    expect(at.row('worker-4')).toMatch(/live +0s +ssh$/)
  })

  test('tell below what is under the cursor in full: why, how it goes on, which way', () => {
    const at = fleet()
    const hint = `${at.line(22)} ${at.line(23).trim()}`
    expect(hint).toBe(` worker-2 denied for 3s: ${changed}; karin@10.0.0.7:22 via bastion`)
    at.press('down', 'down')
    expect(at.line(22)).toBe(' worker-4 backing-off for 3s: timed out; it is tried again in 39s')
    expect(at.line(23)).toMatch(' r tries it again, R all that are not live')
    at.press('down', 'down')
    expect(at.line(22)).toBe(' worker-5 live for 24s; new logins fail: connection refused')
  })

  test('say by an ellipsis that a cause has no room, and x shows it whole', () => {
    const at = fleet()
    const cause = `${'this cause takes some words '.repeat(12)}to its end`
    at.say(
      link('worker-2' as NodeName, at.now, 'denied', cause, { logins: 0, lease: 15, until: (at.now + 900) * 1000 }),
    )
    expect(at.line(23)).toMatch(/…$/)
    at.press('x')
    expect(at.title).toMatch('explain(worker-2)')
    at.sees(
      'State        denied since 12:02:01 UTC',
      'Because      this cause',
      'to its end',
      'Next         tried again in 15m',
    )
    at.sees('Transport    ssh', 'Logins       0 since kntop started', 'Lease        its sampler ends 15 s')
  })

  test('are filtered and sorted as any table', () => {
    const at = fleet()
    for (const [text, rows] of [
      ['denied', ['worker-2']],
      ['openssh', ['worker-6']],
      ['bastion', ['worker-2', 'worker-3']],
      ['new logins', ['worker-5']],
      ['!live', ['worker-2', 'worker-3', 'worker-4', 'worker-6']],
    ] as const) {
      at.press('/')
      at.type(text)
      expect(at.order).toEqual(rows)
      at.press('esc')
    }
    at.press('N')
    expect(at.order).toEqual([1, 2, 3, 4, 5, 6].map((number) => `worker-${number}`))
    at.press('right', 'O')
    expect(at.order.slice(0, 3)).toEqual(['worker-2', 'worker-3', 'worker-4'])
  })

  test('keep the cursor on its node when that comes back', () => {
    const at = fleet()
    at.press('down')
    at.becomes('worker-3', 'live', '')
    at.wait(3)
    expect(at.order.indexOf('worker-3')).toBeGreaterThan(2)
    expect(at.cursor).toMatch(/^worker-3 /)
  })

  test('can be read at 40x10: the name and the state stay', () => {
    const at = fleet({ columns: 40, rows: 10 })
    expect(at.row('worker-2')).toMatch(/^worker-2 ▲ denied/)
    expect(at.line(9)).toMatch(/^ worker-2 denied for 3s: the host/)
  })

  test('are opened by their aliases too, and say that there is no node', () => {
    for (const alias of ['link', 'ln']) {
      const at = open({ nodes: 0 })
      go(at, alias)
      at.sees('links(none)[0]', 'no node is known yet')
      at.press('r', 'R', 'enter', 'x')
      expect(at.effects()).toEqual([])
    }
  })
})

describe('trying again', () => {
  test('is asked for the node under the cursor by r', () => {
    const at = fleet()
    at.press('down', 'r')
    expect(at.effects()).toEqual([{ type: 'retry', nodes: ['worker-3'] }])
    at.sees('trying worker-3 again')
  })

  test('is asked for all by R', () => {
    const at = fleet()
    at.press('R')
    expect(at.effects()).toEqual([{ type: 'retry', nodes: 'all' }])
    at.sees('trying 4 nodes again')
  })

  test('leaves what is live alone', () => {
    const at = open({ nodes: 2 })
    go(at, 'links')
    at.press('r')
    at.sees('worker-1 is live: there is nothing to try')
    at.press('R')
    at.sees('all nodes are live: there is nothing to try')
    expect(at.effects()).toEqual([])
  })
})

describe('a node of the links', () => {
  test('is opened by enter, which says in its title what is wrong', () => {
    const at = fleet()
    at.press('down', 'enter')
    expect(at.title).toMatch('node(worker-3) 6.1.0 lost: connection reset by peer')
    at.press('esc', 'down', 'down', 'down', 'enter')
    expect(at.title).toMatch('node(worker-5) 6.1.0 new logins fail: connection refused')
    at.press('esc')
    expect(at.title).toMatch('links(')
  })
})

describe('the landing screen', () => {
  test('marks a live node of which something is odd, and says what below', () => {
    const at = open({ nodes: 2 })
    at.say(link('worker-2' as NodeName, at.now, 'live', '', { remark: clean('new logins fail: connection refused') }))
    expect(at.row('worker-2')).toMatch(/ 0s △$/)
    expect(at.row('worker-1')).toMatch(/ 0s$/)
    at.press('down')
    at.sees(' worker-2 ssh live', ' new logins fail: connection refused')
    at.has('worker-2', { 'conntrack.fill': 97 })
    at.wait(10)
    at.sees(/worker-2 conntrack table fill 97% critical/, ' new logins fail: connection refused')
  })

  test('says why a node is not live in as many lines as there are', () => {
    const at = open({ nodes: 1 })
    at.becomes('worker-1', 'denied', changed)
    expect(`${at.line(22)} ${at.line(23).trim()}`).toBe(` worker-1 ssh denied ${changed}`)
  })

  test('has no node for lost that nobody may log in to, whatever the API server says of it, and names that', () => {
    const node = 'worker-3' as NodeName
    const at = open()
    at.has('worker-2', { 'conntrack.fill': 97 })
    at.becomes('worker-3', 'not-asked', 'nobody has allowed SSH yet')
    at.wait(15)
    for (let passed = 0; passed < 12; passed++) {
      const metrics = ['coredns.servfail_share'] as const
      const [values, observations] = [Float64Array.of(5), Float64Array.of(5000)]
      at.say({ type: 'sample', subject: { node }, at: at.now * 1000, metrics, values, observations })
      at.wait(1)
    }
    expect(at.order).toEqual(['worker-2', 'worker-3', 'worker-1'])
    expect(at.line(1)).toMatch(/▲ worker-2 CT 97% since/)
    expect(at.line(2)).toMatch(/▲ worker-3 CoreDNS.* 5%/)
    at.seesNot('worker-3 not-asked')
    at.press('down', 'right')
    at.sees(/not in view: CoreDNS: share that failed 5% critical/)
  })

  test('shows the way where there is room', () => {
    const at = open({ nodes: 2, terminal: { columns: 250, rows: 24 } })
    at.say(link('worker-2' as NodeName, at.now, 'live', '', { transport: 'openssh' }))
    expect(at.body[0]).toMatch(/ VIA +AGE/)
    expect(at.row('worker-2')).toMatch(/ openssh 0s$/)
    expect(at.row('worker-1')).toMatch(/ ssh +0s$/)
  })
})

describe('the header', () => {
  test('counts as live what is, whatever else a node waits for', () => {
    const at = open({ nodes: 1000 })
    at.becomes('worker-1', 'denied')
    at.becomes('worker-2', 'backing-off')
    at.becomes('worker-3', 'connecting')
    at.sees(/Nodes +997 of 1000 live/, '▲ worker-1 denied', '▲ worker-2 backing-off', '● 997 quiet, 1 connecting')
  })
})
