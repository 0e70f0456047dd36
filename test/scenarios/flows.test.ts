import { describe, expect, test } from 'vitest'
import { clean } from '../../source/text/clean.ts'
import { flowGroup, flowsLook, newGroup } from '../store/flow-arbitraries.ts'
import { agreedIn, answers, listed, listing, opened, plain, question, reports, watched, words } from './flows-opened.ts'
import { put, serviceRecord } from './kubernetes.ts'
import { command } from './pod-opened.ts'

describe('who fills a node’s connection tracking', () => {
  test('is asked of the node under the cursor, once, and said to take a while', () => {
    const at = opened()
    expect(at.title).toMatch('flows(worker-1)')
    at.sees('worker-1 adds up its table, and listens for 5s')
    expect(at.asked).toEqual([plain])
    answers(at, plain, listing)
    expect(at.asked).toEqual([])
    at.wait(600)
    expect(at.asked).toEqual([])
    at.sees('seen 10m ago; it took worker-1 190ms of CPU (125ms expected)')
  })

  test('stands by client and service at 80x24, the largest share first, with what begins', () => {
    const at = listed()
    expect(at.title).toMatch('flows(worker-1)[2]')
    at.sees(
      '1000 entries, 0.38% of 262144: 90% assured, 10% unreplied',
      '10/s begin: 50 in 5s',
      'clients: 90% pods, 0% nodes, 10% nobody of the cluster',
      /CLIENT +TO +PORT .*ENTRIES SHARE%/,
      /payments\/api +svc payments\/shop +tcp 80 +900 +90 +10/,
      /198\.51\.100\.3 +198\.51\.100\.4 +tcp 443 +100 +10 +0/,
    )
    expect(at.cursor).toMatch(/^payments\/api/)
    at.sees(/pod payments\/api +to service payments\/shop, tcp 80/, /answered by pod\s+payments\/shop-1 6\d\d/)
  })

  test('is told by backend and state on a key', () => {
    const at = listed()
    at.press('d')
    at.sees(/payments\/api +svc \S+ +tcp 80 +paymen\S+op-1 +ESTABLISHED +600 +60/, /op-2 +TIME_WAIT +300 +30/)
  })

  test('leads to the pod, to who answers it and to the service, and back to the same look', () => {
    const at = listed()
    at.press('enter')
    expect(at.title).toMatch(/─ pods?\(/)
    at.press('esc')
    expect(at.title).toMatch('flows(worker-1)[2]')
    expect(at.asked).toEqual([])
    at.say(put('service', serviceRecord('payments/aside')))
    at.press('s')
    at.sees(/services\(payments\)/)
    expect(at.cursor).toMatch(/^payments +shop|^shop/)
    at.press('esc', 'b')
    expect(at.title).toMatch(/─ pods?\(/)
  })

  test('says of an address that is nobody’s that there is nothing to open', () => {
    const at = listed()
    at.press('down', 'enter')
    at.sees('198.51.100.3 is nobody of this cluster')
    at.press('s')
    at.sees('no service of the cluster was addressed here')
  })

  test('can be filtered and sorted', () => {
    const at = listed()
    at.press('/')
    at.type('198.51')
    at.press('enter')
    expect(at.title).toMatch('[1 of 2]')
    at.seesNot('payments/api ')
  })

  test('is taken again on a key, while what was seen stays', () => {
    const at = listed()
    at.wait(30)
    at.effects()
    at.press('r')
    expect(at.asked).toEqual([plain])
    expect(at.effects()).toEqual([{ type: 'inquire-again' }])
    expect(words(at)).toMatch('listens for 5s to what begins; what follows is 30s old')
    at.sees(/payments\/api +svc/)
    at.wait(1)
    answers(at, plain, flowsLook([flowGroup({ count: 7 })]))
    expect(at.asked).toEqual([])
    at.sees('7 entries')
  })

  test('is listed in a large table only after a yes to its cost, each time', () => {
    const at = listed(question())
    expect(words(at)).toMatch(
      '123456 entries, 47.1% of 262144, counted 0s ago: to list them takes worker-1 some 741ms of CPU, at nice 19. y lists them, once',
    )
    at.seesNot('CLIENT')
    expect(at.asked).toEqual([])
    at.press('y')
    const agreed = agreedIn(at)
    at.wait(1)
    expect(at.asked).toEqual([agreed])
    answers(at, agreed, listing)
    expect(at.asked).toEqual([])
    at.sees(/payments\/api +svc/)
    at.wait(5)
    at.press('r')
    expect(at.asked).toEqual([plain])
    at.wait(1)
    answers(at, plain, question())
    at.sees('y lists them')
  })

  test('is agreed to anew by every yes, and r takes the last one back and looks at nothing with it', () => {
    const at = listed(question())
    at.press('y')
    const first = agreedIn(at)
    at.wait(1)
    reports(at, first, { state: 'refused', cause: clean('busy') })
    at.press('r')
    expect(at.asked).toEqual([plain])
    expect(at.effects()).toEqual([])
    at.wait(1)
    answers(at, plain, question())
    at.press('y')
    expect(agreedIn(at).consent).not.toBe(first.consent)
  })

  test('is what was agreed to last where it is opened again', () => {
    const at = listed(question())
    at.press('y')
    const agreed = agreedIn(at)
    at.wait(1)
    answers(at, agreed, listing)
    at.press('esc', 't')
    at.sees(/payments\/api +svc/)
    expect(at.asked).toEqual([])
  })

  test('does not take a yes where nothing was asked', () => {
    const at = listed()
    at.press('y')
    at.sees('nothing waits for a yes')
    expect(at.asked).toEqual([])
  })

  test('is told of a full table of assured entries, in which nothing begins', () => {
    const full = flowsLook([flowGroup({ count: 1000 })], [], { maximum: 1000 })
    expect(words(listed(full))).toMatch('the table is full, and 100% of what it holds is assured')
  })

  test('is told of a full table in which a new one puts out another', () => {
    const plainEntries = [flowGroup({ count: 999, standing: 'replied' }), flowGroup({ count: 1 })]
    const full = flowsLook(plainEntries, [newGroup({ count: 50 })], { maximum: 1000 })
    expect(words(listed(full))).toMatch(
      '10/s begin: 50 in 5s; the table is full, and 0.1% of what it holds is assured: a new connection puts out one that is not',
    )
  })

  test('of an empty table has no shares: there is nothing of which they could be', () => {
    const said = words(listed(flowsLook([])))
    expect(said).toMatch('0 entries, 0% of 262144')
    expect(said).not.toMatch(/assured|unreplied|clients:|NaN/)
  })

  test('is told with what could not be seen, and why nothing can', () => {
    const lack = { what: clean('who opens new connections'), advice: clean('install conntrack') }
    listed({ ...listing, lacks: [lack] }).sees('not seen: who opens new connections: install conntrack')
    const at = opened()
    reports(at, plain, { state: 'refused', cause: clean('told to root only') })
    at.sees('cannot be seen: told to root only; r looks again')
  })

  test('tells by hand what it showed, to be copied', () => {
    const at = listed({ ...listing, byHand: [clean('conntrack -L -f ipv4')] })
    at.press('x')
    at.sees('by-hand(worker-1 flows)', 'On worker-1, as root:', 'conntrack -L -f ipv4', 'seen 0s ago')
    at.press('c')
    expect(at.effects()).toEqual([{ type: 'control', sequence: expect.stringContaining('\u001b]52') as string }])
    at.press('x')
    expect(at.title).toMatch('flows(worker-1)')
  })

  test('goes on while the commands are looked at', () => {
    const at = listed(question())
    at.press('y')
    const agreed = agreedIn(at)
    at.press('x')
    expect(at.asked).toEqual([agreed])
    at.press('x')
    expect(at.asked).toEqual([agreed])
  })

  test('is a command with the name of a node, which completes', () => {
    const at = watched()
    command(at, 'flows worker-2')
    expect(at.title).toMatch('flows(worker-2)')
    at.press(':')
    at.type('flows wor')
    at.press('tab', 'enter')
    expect(at.title).toMatch('flows(worker-1)')
    command(at, 'flows worker-3')
    at.sees('no such node is watched (did you mean worker-1?): worker-3')
    command(at, 'flows elsewhere')
    at.sees('no such node is watched: elsewhere')
  })

  test('asks for a yes in the question alone', () => {
    listed().seesNot('<y>')
    listed(question()).sees('y lists them, once')
  })

  test('is behind the same key on the screen of a node', () => {
    const at = watched()
    at.press('enter', 't')
    expect(at.title).toMatch('flows(worker-1)')
  })
})
