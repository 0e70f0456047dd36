import { describe, expect, test } from 'vitest'
import { clean } from '../../source/text/clean.ts'
import { open } from './driver.ts'
import {
  ended,
  footing,
  inquiryAbout,
  overviewLook,
  refused,
  report,
  resolverLook,
  routesLook,
  seen,
  socket,
  socketsLook,
} from './looks.ts'
import { command, front, large, opened, pod, small, watched } from './pod-opened.ts'

describe('enter on a pod', () => {
  test('opens its network namespace, and says that it waits for the node', () => {
    const at = watched()
    command(at, 'pods')
    at.press('enter')
    expect(at.title).toMatch('pod(web/front-x2x4z) overview on worker-1')
    at.sees('waits for the first answer of worker-1', '<nodes> <pods> <front-x2x4z overview>')
    expect(at.asks).toEqual([inquiryAbout(front, 'overview')])
    at.press('esc')
    expect(at.asks).toEqual([])
  })

  test('opens it from the pods of a node too, and o there and back leads to the node', () => {
    const at = watched()
    at.press('enter', 'enter')
    expect(at.title).toMatch('pod(web/front-x2x4z) overview')
    at.press('o')
    expect(at.title).toMatch('node(worker-1)')
  })

  test('asks for the tab that is shown, and for nothing else', () => {
    const at = opened()
    for (const tab of ['routes', 'sockets', 'dns', 'conntrack', 'stack', 'rules', 'path', 'overview'] as const) {
      at.press('tab')
      // What is taken on a key is not asked for before.
      expect(at.asks).toEqual(tab === 'rules' ? [] : [inquiryAbout(front, tab)])
      at.sees(`<front-x2x4z ${tab}>`)
    }
    at.press('shift-tab')
    expect(at.asks).toEqual([inquiryAbout(front, 'path')])
    at.press('s')
    expect(at.asks).toEqual([inquiryAbout(front, 'sockets')])
  })

  test.each(['overview', 'routes', 'sockets', 'dns', 'rules', 'path'])(
    ':%s leads to that tab of what stands under the cursor',
    (tab) => {
      const at = watched()
      command(at, 'pods')
      command(at, tab)
      expect(at.title).toMatch(`pod(web/front-x2x4z) ${tab} on worker-1`)
      command(at, 'nodes')
      command(at, tab)
      expect(at.title).toMatch(`host(worker-1) ${tab}`)
    },
  )

  test('is :pod NAMESPACE/NAME too, with a tab or without; what is neither is said', () => {
    const at = watched()
    command(at, 'netns web/front-x2x4z sockets')
    expect(at.title).toMatch('pod(web/front-x2x4z) sockets')
    command(at, 'routes web/front-x2x4z')
    expect(at.title).toMatch('pod(web/front-x2x4z) routes')
    command(at, 'pod web/nobody')
    at.sees('no such pod is known: web/nobody')
    command(at, 'pod everything')
    at.sees('neither a pod, NAMESPACE/NAME, nor a tab: everything')
    command(at, 'routes everything')
    at.sees('no pod, which is called NAMESPACE/NAME: everything')
    command(at, 'routes web/a web/b')
    at.sees('too many words: web/a web/b')
    at.press(':')
    at.type('sock')
    at.press('tab', 'enter')
    expect(at.title).toMatch('pod(web/front-x2x4z) sockets')
  })

  test('on nothing says what to choose', () => {
    const at = open({ nodes: 0 })
    command(at, 'pod')
    at.sees('choose a pod in :pods and press enter, or a node in :nodes and press h')
    expect(at.asks).toEqual([])
  })
})

describe('h on a node', () => {
  test.each([[['h']], [['enter', 'h']]])('opens its own namespace through the same tabs: %s', (keys) => {
    const at = watched()
    at.press(...keys)
    expect(at.title).toMatch('host(worker-1) overview')
    expect(at.asks).toEqual([{ node: 'worker-1', place: { kind: 'host' }, tab: 'overview' }])
    at.press('s')
    at.say(seen('worker-1', socketsLook([socket('10.1.0.7', 8080)], { footing: footing({ isHost: true }) }), at.now))
    at.sees(/10\.1\.0\.7:8080 +web\/front|10\.1\.0\.7:8080 +pod web/)
    at.seesNot('host network', 'pid 4711')
    at.sees('live, 0s old  seen as root')
  })

  test('opens it without a cluster, where nobody has a name', () => {
    const at = open({ nodes: 1 })
    at.press('h', 's')
    at.say(seen('worker-1', socketsLook([socket('10.1.0.7', 8080)]), at.now))
    at.sees(/10\.1\.0\.7:8080 +- /)
    at.seesNot('external')
  })
})

describe('what stands above a tab', () => {
  test('is how old it is, how the pod was found, and with which right', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    at.sees('live, 0s old  pid 4711 found by its cgroup, entered as root')
    at.silence(3)
    at.sees('live, 3s old')
    at.say(
      seen(
        front,
        overviewLook({ footing: footing({ right: 'user', way: clean('a search of all processes') }) }),
        at.now,
      ),
    )
    at.resize(200, 55)
    at.sees('pid 4711 found by a search of all processes, seen as an ordinary user')
  })

  test('is that it is of the past where the node does not answer', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    at.silence(41)
    at.sees('seen 41s ago, no more since: the node has not answered; r looks again')
  })

  test('is that it is the network of the host', () => {
    const hosted = pod('kube-system/proxy', { hostNetwork: true })
    const at = watched(small, hosted)
    command(at, 'pod kube-system/proxy')
    at.say(seen(hosted, overviewLook({ footing: footing({ isHost: true }) }), at.now))
    at.sees('host network: this is the namespace of worker-1 itself, not of one pod')
  })

  test('is what could be seen besides, and what that takes', () => {
    const at = opened()
    const lacks = [{ what: clean('addresses and routes'), advice: clean('nsenter takes root: see --sudo') }]
    at.say(seen(front, overviewLook({ lacks }), at.now))
    at.sees('Not seen     addresses and routes: nsenter takes root: see --sudo')
  })

  test('is why there is no more: grey, dated, with the key that looks again', () => {
    const at = opened()
    at.say(ended(front, overviewLook(), at.now, 'the process of the pod ended while it was looked at'))
    at.silence(43)
    at.sees(/seen 43s ago, no more since: the process of the pod ended while it was\s+│/, 'r looks again', /eth0 +UP/)
    at.press('r')
    at.sees('looking again')
    expect(at.effects()).toEqual([{ type: 'inquire-again' }])
  })

  test('is why nothing can be seen', () => {
    const at = opened()
    at.say(refused(front, 'overview', 'no process of this pod is on the node'))
    at.sees('cannot be seen: no process of this pod is on the node; r looks again')
  })

  test('is what is wrong with the link, and r tries the node', () => {
    const at = opened()
    at.becomes('worker-1', 'lost', 'connection reset')
    at.say(report(front, 'overview', { state: 'waiting' }))
    at.sees('waits: worker-1 is lost: connection reset; r tries it again')
    at.press('r')
    expect(at.effects()).toEqual([{ type: 'retry', nodes: ['worker-1'] }])
  })

  test('is that nothing comes any more where a link falls silent that nobody closes', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    at.wait(1)
    at.sees(/live, 1s old/)
    at.becomes('worker-1', 'no-data', 'silent')
    at.wait(7)
    at.sees('seen 8s ago, no more since: worker-1 is no-data: silent; r tries the node', /eth0 +UP/)
    at.say(seen(front, overviewLook(), at.now))
    at.sees(/live, 0s old/)
  })

  test('is that nobody has allowed to log in to the node', () => {
    const at = opened()
    at.becomes('worker-1', 'not-asked', 'SSH waits for a yes: press !')
    at.sees('waits: kntop does not log in to worker-1: SSH waits for a yes: press !')
    at.press('r')
    expect(at.effects()).toEqual([])
  })
})

describe('x on a tab', () => {
  test('shows the commands that show the same by hand, and copies them', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    at.press('x')
    expect(at.title).toMatch('by-hand(web/front-x2x4z overview)')
    at.sees('On worker-1, as root:', 'nsenter -t 4711 -n ip -d -s addr', 'live, 0s old', /Addresses +10\.1\.0\.7\/24/)
    expect(at.asks).toEqual([inquiryAbout(front, 'overview')])
    at.press('c')
    const encoded = Buffer.from('nsenter -t 4711 -n ip -d -s addr').toString('base64')
    expect(at.effects()).toEqual([{ type: 'control', sequence: `\u001b]52;c;${encoded}\u0007` }])
    at.sees('copied, if this terminal takes it (OSC 52)')
    at.press('x')
    expect(at.title).toMatch('pod(web/front-x2x4z) overview')
  })

  test('says that they are not known before anything was seen', () => {
    const at = opened()
    at.press('x')
    at.sees('waits for the first answer of worker-1', 'the commands are known once something was seen')
    at.press('c')
    at.sees('there is no command to copy yet')
    expect(at.effects()).toEqual([])
  })

  test('shows all of what a tab had no room for', () => {
    const at = opened()
    const lacks = Array.from({ length: 12 }, (_, index) => ({ what: clean(`thing ${index}`), advice: clean('root') }))
    at.say(seen(front, overviewLook({ lacks }), at.now))
    at.sees('more lines: x shows all', /eth0 +UP/)
    at.press('x', 'G')
    at.sees('thing 11')
  })
})

describe('the screen of a pod on any terminal', () => {
  test.each([small, large, { columns: 40, rows: 10 }])('is filled and nothing more: $columns x $rows', (terminal) => {
    const at = opened(terminal)
    at.say(
      seen(front, overviewLook(), at.now),
      seen(front, routesLook(), at.now),
      seen(front, socketsLook([socket('fd00:1234:5678:9abc:def0:1234:5678:9abc', 443)]), at.now),
      seen(front, resolverLook(), at.now),
    )
    for (let tab = 0; tab < 4; tab++) {
      expect(at.screen).toHaveLength(terminal.rows)
      for (const line of at.screen) expect(line.length).toBeLessThanOrEqual(terminal.columns)
      at.press('tab')
    }
  })
})
