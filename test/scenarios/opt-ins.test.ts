import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { optIn } from './cluster.ts'
import { open } from './driver.ts'

const node = 'worker-1' as NodeName

describe('the opt-ins', () => {
  test('are listed with state, cost and command, and nothing runs by that', () => {
    const at = open()
    at.press('w')
    expect(at.title).toMatch('opt-ins(worker-1)[2]')
    expect(at.order).toEqual(
      ['disk-probe', 'dns-capture'].toSorted((one, other) => at.order.indexOf(one) - at.order.indexOf(other)),
    )
    at.sees(/disk-probe +worker-1 +off +five small writes a second/)
    at.sees('what it costs', 'what runs on the node', "perl -e '... fdatasync ...' /var/lib/kntop")
    at.press('down')
    at.sees('tcpdump -p -U -i cni0')
    expect(at.effects()).toEqual([])
  })

  test('are switched on this node by space', () => {
    const at = open()
    at.press('down', 'w', 'space')
    expect(at.effects()).toEqual([{ type: 'opt-in', name: 'disk-probe', on: true, nodes: ['worker-2'] }])
    at.sees('disk-probe asked for on worker-2')
  })

  test('are switched off when they were asked for', () => {
    const at = open()
    at.say(optIn(node, { name: 'disk-probe', asked: true, state: 'running' }))
    at.press('w')
    at.sees(/disk-probe +worker-1 +running/, 'disk-probe asked for, running')
    at.press('space')
    expect(at.effects()).toEqual([{ type: 'opt-in', name: 'disk-probe', on: false, nodes: ['worker-1'] }])
    at.sees('disk-probe ended on worker-1')
  })

  test('are switched on all nodes by a', () => {
    const at = open()
    at.press('w', 'down', 'a')
    expect(at.effects()).toEqual([{ type: 'opt-in', name: 'dns-capture', on: true, nodes: 'all' }])
  })

  test('are switched on for all by a where one node has them, and off only where all have', () => {
    const at = open({ nodes: 2 })
    at.say(optIn(node, { name: 'disk-probe', asked: true, state: 'running' }))
    at.press('w', 'a')
    expect(at.effects()).toEqual([{ type: 'opt-in', name: 'disk-probe', on: true, nodes: 'all' }])
    at.sees('disk-probe asked for on all nodes')
    at.say(optIn('worker-2' as NodeName, { name: 'disk-probe', asked: true, state: 'running' }))
    at.press('a')
    expect(at.effects().at(-1)).toEqual({ type: 'opt-in', name: 'disk-probe', on: false, nodes: 'all' })
    at.sees('disk-probe ended on all nodes')
  })

  test('are switched back by a second press also where the display is frozen', () => {
    const at = open({ nodes: 1 })
    at.press('w', 'f')
    for (const key of ['space', 'a']) {
      at.press(key)
      at.say(optIn(node, { name: 'disk-probe', asked: true, state: 'starting' }))
      at.sees(/disk-probe +worker-1 +off/, 'disk-probe asked for on')
      at.press(key)
      at.say(optIn(node, { name: 'disk-probe' }))
      at.sees('disk-probe ended on')
      expect(at.effects()).toMatchObject([{ on: true }, { on: false }])
    }
  })

  test('are not switched by enter, which explains', () => {
    const at = open()
    at.press('w', 'enter')
    expect(at.effects()).toEqual([])
    expect(at.title).toMatch('explain(worker-1 disk-probe)')
    at.sees('State        off, not asked for', 'Costs        five small writes a second', /Runs +perl/)
  })

  test('say why they do not run', () => {
    const at = open()
    at.say(optIn(node, { name: 'dns-capture', asked: true, state: 'refused', detail: clean('needs CAP_NET_RAW') }))
    at.press('w', 'down')
    at.sees(/dns-capture +worker-1 +refused +needs CAP_NET_RAW/, 'refused because')
    at.press('x')
    at.sees('Because      needs CAP_NET_RAW')
  })

  test('say before anybody asks for them that they cannot run on this node', () => {
    const at = open()
    const detail = clean('etcd has figures of its own here: read those')
    at.say(optIn(node, { name: 'disk-probe', command: clean(''), detail }))
    at.press('w')
    at.sees(/disk-probe +worker-1 +off +etcd has figures of its own/, 'why it cannot run here')
    at.sees('nothing: it cannot run here')
    at.press('x')
    at.sees('off, not asked for, and cannot run here', 'Because      etcd has figures of its own here')
  })

  test('show a long command to its end', () => {
    const at = open()
    const command = clean(`${'tcpdump -p -U '.repeat(60)}the-very-end`)
    at.say(optIn(node, { name: 'disk-probe', command }))
    at.press('w')
    at.sees(/\d+ more lines below: x shows all/)
    at.press('x', 'G')
    at.sees('the-very-end')
  })

  test('of all nodes come with 0, and go again', () => {
    const at = open({ nodes: 3 })
    at.press('w', '0')
    expect(at.title).toMatch('opt-ins(all)[6]')
    at.sees(/disk-probe +worker-3/)
    at.press('0')
    expect(at.title).toMatch('opt-ins(worker-1)[2]')
  })

  test('are filtered and sorted as any table', () => {
    const at = open({ nodes: 3 })
    at.press('w', '0', '/')
    at.type('capture')
    expect(at.order).toEqual(['dns-capture', 'dns-capture', 'dns-capture'])
    at.press('enter', 'esc')
    expect(at.title).toMatch('opt-ins(all)[6]')
  })

  test('are left with w, as they were opened', () => {
    const at = open()
    at.press('enter', 'w', 'w')
    expect(at.title).toMatch('node(worker-1)')
  })

  test('are none before a node was reached', () => {
    const at = open({ nodes: 0 })
    at.press('w')
    at.sees('no opt-in is known yet')
    at.press('space')
    expect(at.effects()).toEqual([])
    at.sees('no opt-in here')
  })
})
