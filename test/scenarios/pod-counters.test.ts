import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import { inquiryKey } from '../../source/events/inquiry.ts'
import type { ConntrackLook } from '../../source/events/looks.ts'
import { clean } from '../../source/text/clean.ts'
import { flowGroup } from '../store/flow-arbitraries.ts'
import type { Driver } from './driver.ts'
import { put, serviceRecord } from './kubernetes.ts'
import { conntrackLook, containerId, inquiryAbout, report, seen, stackLook } from './looks.ts'
import { command, front, large, opened, pod, small } from './pod-opened.ts'

const api = pod('shop/api-1', { addresses: ['10.1.0.9' as Address] })
const shop = serviceRecord('shop/api', { clusterAddresses: ['10.96.0.44' as Address] })

const sent = [
  flowGroup({ destination: '10.96.0.44' as Address, count: 60 }),
  flowGroup({
    destination: '8.8.8.8' as Address,
    answerer: '8.8.8.8' as Address,
    answered: '10.0.0.8' as Address,
    port: 443,
    count: 7,
    standing: 'unreplied',
    state: clean('SYN_SENT'),
  }),
]
const answered = [
  flowGroup({
    source: '10.1.0.9' as Address,
    destination: '10.96.0.10' as Address,
    answerer: '10.1.0.7' as Address,
    answered: '10.1.0.9' as Address,
    port: 53,
    protocol: clean('udp'),
    state: clean(''),
    count: 3,
  }),
]

const atConntrack = (look: ConntrackLook, terminal = large): Driver => {
  const at = opened(terminal, api)
  at.say(put('service', shop))
  command(at, 'conntrack')
  at.say(seen(front, look, at.now))
  return at
}

/** What stands inside the border as one text, wherever it was wrapped. */
const words = (at: Driver): string => at.body.join(' ').replaceAll(/[│ ]+/g, ' ')

describe('conntrack', () => {
  test('has what the pod opened and what it answers apart, with who they are', () => {
    const at = atConntrack(conntrackLook(sent, answered))
    at.sees(
      'live, 0s old',
      /Table +1234 entries, 0\.47% of 262144, in the node's table; this pod's: 67 \(7 without an answer\) as client, 3 as backend/,
      /10\.96\.0\.44:80 +service shop\/api +pod shop\/api-1 +ESTABLISHED +60/,
      /8\.8\.8\.8:443 +external +direct +SYN_SENT unreplied +7 +tcp +node worker-2/,
      /10\.1\.0\.9 +pod shop\/api-1 +service kube-system\/kube-dns +53 +assured +3/,
      'Own table    empty',
      /Cost +a listing took worker-1 30ms of CPU \(32ms expected\)/,
    )
    at.sees(
      '60 tcp ESTABLISHED 10.1.0.7 (pod web/front-x2x4z); to 10.96.0.44:80 (service shop/api); answered by 10.1.0.9',
    )
    at.press('2')
    expect(at.cursor).toMatch(/^10\.1\.0\.9/)
  })

  test('fits into 80x24, one list at a time', () => {
    const at = atConntrack(conntrackLook(sent, answered), small)
    at.sees('1 as client 2', '2 as backend 1', /10\.96\.0\.44:80 +service shop\/api/)
    at.press('2')
    at.sees(/10\.1\.0\.9 +pod shop\/api-1 +svc kube/)
    at.press('/')
    at.type('nothing-like-it')
    at.press('enter')
    expect(at.title).toMatch('conntrack[0 of 1]')
  })

  test('names what stands in a table of its own, and what that table dropped', () => {
    const own = {
      entries: 12,
      counters: [
        { name: clean('drop'), value: 3 },
        { name: clean('early_drop'), value: 0 },
      ],
      flows: { groups: sent, rest: 1, total: 68 },
    }
    const at = atConntrack(conntrackLook([], [], { own }))
    at.sees(
      'Own table    12 entries in its own namespace; counted since it was made: drop 3',
      '1 entries are in groups too small to be told',
      '3 own table 2',
    )
  })

  test('calls loopback itself, whoever that is', () => {
    const at127 = '127.0.0.1' as Address
    const itself = flowGroup({
      source: at127,
      destination: at127,
      answerer: at127,
      answered: at127,
      port: 81,
      answererPort: 8080,
      count: 40,
    })
    const own = { entries: 40, counters: [], flows: { groups: [itself], rest: 0, total: 40 } }
    const at = atConntrack(conntrackLook([], [], { own }))
    at.press('3')
    at.sees(
      /127\.0\.0\.1 +127\.0\.0\.1:81 +itself +port 8080/,
      '40 tcp ESTABLISHED 127.0.0.1; to 127.0.0.1:81; answered at port 8080',
    )
  })

  test('does not know of entries in groups too small to be told whether they were answered', () => {
    const look = conntrackLook(sent, answered)
    const { flows } = look
    expect(flows).toBeDefined()
    if (flows === undefined) return
    const at = atConntrack({ ...look, flows: { ...flows, client: { ...flows.client, total: 90, rest: 23 } } })
    at.sees('90 (at least 7 without an answer) as client', '23 entries are in groups too small to be told')
  })

  test('has a row for each port that answers, where all else is the same', () => {
    const itself = '10.1.0.7' as Address
    const at = atConntrack(
      conntrackLook(
        [8080, 9090].map((answererPort, index) =>
          flowGroup({ destination: itself, port: 80, answerer: itself, answererPort, count: 30 + index }),
        ),
      ),
    )
    at.sees('1 as client 2', /port 8080 +ESTABLISHED +30/, /port 9090 +ESTABLISHED +31/)
  })

  const question = (): ConntrackLook => {
    const { flows, cost, ...counted } = conntrackLook([], [], { entries: 123_456, expectedCost: 766, isQuestion: true })
    expect([flows?.client.total, cost]).toEqual([0, 30])
    return counted
  }

  test('of a large table says why it is not live and what it costs, and lists it once after a yes', () => {
    const at = atConntrack(question(), small)
    const plain = inquiryAbout(front, 'conntrack')
    expect(words(at)).toContain(
      'Not listed 123456 entries are too many to be listed on a timer: it takes worker-1 some 766ms of CPU, at nice 19. y lists them, once',
    )
    expect(at.asked).toEqual([plain])
    at.press('y')
    const [agreed = plain] = at.asked
    expect(agreed).toEqual({ ...plain, consent: expect.any(Number) as number })
    const look = conntrackLook(sent, [], { entries: 123_456, cost: 801 })
    at.say({ type: 'report', key: inquiryKey(agreed), report: { state: 'live', at: at.now * 1000, look } })
    expect(at.asked).toEqual([])
    at.wait(300)
    at.sees('seen 5m ago, once; r counts anew', /10\.96\.0\.44:80/, /took worker-1 801ms of CPU/)
    at.press('tab', 'shift-tab')
    at.sees('seen 5m ago, once')
    at.press('r')
    expect(at.asked).toEqual([plain])
    at.sees(/10\.96\.0\.44:80/)
  })

  test('is not listed by a yes that was given for the containers before', () => {
    const at = atConntrack(question())
    at.press('y')
    const containers = [{ name: clean('app'), id: containerId(9), ready: true }]
    at.say(put('pod', { ...front, containers }))
    expect(at.asked).toEqual([inquiryAbout({ ...front, containers }, 'conntrack')])
  })

  test('says that nothing waits for a yes where nothing does', () => {
    const at = atConntrack(conntrackLook(sent))
    at.press('y')
    at.sees('nothing waits for a yes')
    expect(at.asked[0]).not.toHaveProperty('consent')
  })

  test('without root shows the numbers, and what takes root', () => {
    const { flows, cost, ...counted } = conntrackLook([])
    expect([flows?.client.total, cost]).toEqual([0, 30])
    const lacks = [{ what: clean('whose its entries are'), advice: clean('it takes root: conntrack -L -s 10.1.0.7') }]
    const at = atConntrack({ ...counted, lacks })
    at.sees(/Table +1234 entries/, 'Not seen     whose its entries are: it takes root: conntrack -L -s 10.1.0.7')
  })

  test('says of an address that the API server does not tell of: the entries may be another one', () => {
    const addresses = ['10.1.0.7', '10.96.0.1', 'fe80::7'].map((address) => address as Address)
    const at = atConntrack(conntrackLook(sent, [], { addresses }))
    at.sees(
      'By           10.1.0.7 10.96.0.1 fe80::7',
      'the API server does not tell of 10.96.0.1: entries may be another',
    )
  })

  test('has the commands that show the same', () => {
    const at = atConntrack(conntrackLook(sent, answered))
    at.press('x')
    at.sees('conntrack -L -f ipv4 -s 10.1.0.7', 'conntrack -L -f ipv4 -r 10.1.0.7')
  })

  test('that costs much is looked at less often, and says so', () => {
    const at = atConntrack(conntrackLook(sent))
    const pace = { seconds: 58, cost: 145 }
    at.say(report(front, 'conntrack', { state: 'live', at: at.now * 1000, look: conntrackLook(sent), pace }))
    at.wait(100)
    at.sees('live, 100s old, every 58s because it takes 145ms of CPU')
    at.wait(60)
    at.sees('no more since: the node has not answered')
  })
})

describe('stack', () => {
  const counters = {
    IpInReceives: [1_000_000, 900],
    TcpExtListenDrops: [40, 0],
    TcpOutSegs: [50_000, 200],
    TcpRetransSegs: [700, 4],
    TcpExtTCPOFOQueue: [9, 2],
    UdpRcvbufErrors: [3, 1],
    Udp6NoPorts: [0, 0],
    TcpCurrEstab: 12,
  } as const

  const atStack = (look = stackLook(counters), terminal = large): Driver => {
    const at = opened(terminal)
    command(at, 'stack')
    at.say(seen(front, look, at.now))
    return at
  }
  const order = (at: Driver): readonly string[] =>
    at.body.flatMap((line) => /^[│ ]*((?:Ip|Tcp|Udp)[A-Za-z0-9]+) +(?:\d|-)/.exec(line)?.[1] ?? [])

  test('stands with what is bad and moves first, then what goes with trouble, what was bad, and what is plain', () => {
    const at = atStack()
    expect(order(at)).toEqual([
      'TcpRetransSegs',
      'UdpRcvbufErrors',
      'TcpExtTCPOFOQueue',
      'TcpExtListenDrops',
      'IpInReceives',
      'TcpOutSegs',
      'TcpCurrEstab',
    ])
    at.sees(
      'Now          TcpRetransSegs 4/s, UdpRcvbufErrors 1/s, over 5s',
      'Sent again   1.96% of its segments now, 1.38% since it was made',
      /TcpRetransSegs +4\/s +700 +retransmits +Segments sent again because nobody acknowledged them/,
      '1 counters 7',
      '2 at 0 1',
    )
  })

  test('has what is 0 in a list of its own, where a filter finds it', () => {
    const at = atStack(stackLook(counters), small)
    at.press('2')
    expect(at.cursor).toMatch(/^Udp6NoPorts/)
    at.sees('Udp6NoPorts; 0/s, 0 in all; Datagrams to a port where nobody listens')
    at.press('1', '/')
    at.type('Listen')
    at.press('enter')
    expect(at.cursor).toMatch(/^TcpExtListenDrops/)
  })

  test('says that rates come with the second look, and that what was counted before is no trouble now', () => {
    const { seconds, ...first } = stackLook({ TcpRetransSegs: 700, TcpOutSegs: 7000 })
    expect(seconds).toBe(5)
    const at = atStack(first)
    at.sees(
      'Now          rates come with the second look',
      /TcpRetransSegs +- +700/,
      'Sent again   9.09% since it was made',
    )
    at.say(seen(front, stackLook({ TcpRetransSegs: [700, 0] }), at.now))
    at.sees('none that tells of trouble moved in 5s')
  })

  test('has a share of what is sent again where only repeats are sent: all of it', () => {
    const at = atStack(stackLook({ TcpRetransSegs: [700, 4], TcpOutSegs: [300, 0] }))
    at.sees('Sent again   100% of its segments now, 70% since it was made')
  })

  test('is sorted by a column, and stays readable in 80x24', () => {
    const at = atStack(stackLook(counters), small)
    at.sees(/TcpRetransSegs +4\/s +700 +Segments sent again/)
    at.press('x')
    at.sees('nsenter -t 4711 -n nstat -asz')
  })

  test('is a tab of a node as well', () => {
    const at = opened(large)
    command(at, 'nodes')
    at.press('h')
    command(at, 'stack')
    expect(at.asked).toEqual([inquiryAbout('worker-1', 'stack')])
  })
})
