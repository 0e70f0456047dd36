import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Route } from '../../../source/events/looks.ts'
import { rowsIn } from '../../../source/nodes/namespaces/ip-json.ts'
import { byteOrderOf, ipv4FromKernel, maskLength } from '../../../source/nodes/namespaces/kernel-addresses.ts'
import { route6FromFile, routeFromFile } from '../../../source/nodes/namespaces/route-files.ts'
import { ruleFrom } from '../../../source/nodes/namespaces/route-rows.ts'
import { routesLook } from '../../../source/nodes/namespaces/routes.ts'
import { readBy, seenOf } from './seen.ts'

/** `ip -j -4 -force -batch -` of iproute2 6.1, as it came. */
const ip4 = `[{"priority":0,"src":"all","table":"local"},{"priority":500,"src":"10.0.0.7","iif":"e0","table":"101"},{"priority":600,"src":"all","dst":"10.3.0.0","dstlen":16,"ipproto":"tcp","dport":80,"action":"blackhole"},{"priority":32765,"src":"all","fwmark":"0x5","table":"100"},{"priority":32766,"src":"all","table":"main"},{"priority":32767,"src":"all","table":"default"}]
[{"dst":"10.9.0.5","dev":"e0","lladdr":"02:00:00:00:00:01","state":["PERMANENT"]},{"dst":"10.9.0.9","dev":"e0","state":["FAILED"]}]
[{"type":"local","dst":"default","dev":"lo","table":"100","scope":"host","flags":[]},{"dst":"default","gateway":"10.9.0.1","dev":"e0","flags":[]},{"dst":"10.7.0.0/24","flags":[],"nexthops":[{"gateway":"10.9.0.3","dev":"e0","weight":2,"flags":[]},{"via":{"family":"inet6","host":"fe80::1"},"dev":"e1","weight":1,"flags":[]}]},{"type":"blackhole","dst":"10.8.0.0/24","flags":[]},{"dst":"10.9.0.0/24","dev":"e0","protocol":"kernel","scope":"link","prefsrc":"10.9.0.2","flags":[]},{"type":"local","dst":"10.9.0.2","dev":"e0","table":"local","protocol":"kernel","scope":"host","prefsrc":"10.9.0.2","flags":[]},{"type":"broadcast","dst":"10.9.0.255","dev":"e0","table":"local","protocol":"kernel","scope":"link","prefsrc":"10.9.0.2","flags":[]}]
`
const ip6 = `[{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"}]
[{"dst":"fd09::1","dev":"e0","lladdr":"02:00:00:00:00:09","router":null,"state":["STALE"]}]
[{"dst":"fd09::/64","dev":"e0","protocol":"kernel","metric":256,"flags":[],"pref":"medium"},{"type":"unreachable","dst":"fd55::/64","dev":"lo","metric":1024,"flags":[],"pref":"medium"},{"dst":"default","gateway":"fd09::1","dev":"e0","metric":1024,"flags":[],"pref":"medium"},{"type":"local","dst":"::1","dev":"lo","table":"local","protocol":"kernel","metric":0,"flags":[],"pref":"medium"}]
`

/** The same namespace as its files have it. */
const files = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
e0\t00000000\t0100090A\t0003\t0\t0\t0\t00000000\t0\t0\t0
e0\t0000070A\t0300090A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0
*\t0000080A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
*\t0000060A\t00000000\t0201\t0\t0\t5\t00FFFFFF\t0\t0\t0
e0\t0000090A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
e0\t0100FEA9\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
IP address       HW type     Flags       HW address            Mask     Device
10.9.0.5         0x1         0x6         02:00:00:00:00:01     *        e0
10.9.0.6         0x1         0x2         02:00:00:00:00:02     *        e0
10.9.0.9         0x1         0x0         00:00:00:00:00:00     *        e0
fd090000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000003 00000000 00000001       e0
fd550000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00200200       lo
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd090000000000000000000000000001 00000400 00000001 00000000 00000003       e0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001       e0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`

/** As a person reads it: `default via 10.9.0.1 dev e0`. */
const shown = ({ destination, gateway, device, kind, table, metric, source }: Route): string =>
  [
    kind === 'unicast' ? '' : kind,
    destination,
    gateway && `via ${gateway}`,
    device && `dev ${device}`,
    source && `src ${source}`,
    metric === undefined ? '' : `metric ${metric}`,
    table === 'main' ? '' : `table ${table}`,
  ]
    .filter((word) => word !== '')
    .join(' ')

describe('routes of a namespace, by ip', () => {
  const look = readBy(routesLook, seenOf({ ip4, ip6 }))

  test('are those of all tables and both families, with each of their next hops', () => {
    expect(look.routes.map(shown)).toEqual([
      'local default dev lo table 100',
      'default via 10.9.0.1 dev e0',
      '10.7.0.0/24 via 10.9.0.3 dev e0',
      '10.7.0.0/24 via fe80::1 dev e1',
      'blackhole 10.8.0.0/24',
      '10.9.0.0/24 dev e0 src 10.9.0.2',
      'fd09::/64 dev e0 metric 256',
      'unreachable fd55::/64 dev lo metric 1024',
      'default via fd09::1 dev e0 metric 1024',
    ])
    expect(look.routes.map(({ family }) => family)).toEqual([4, 4, 4, 4, 4, 4, 6, 6, 6])
  })

  test('say how many of the table local are left out, and how to see them', () => {
    expect(look.lacks).toEqual([
      {
        what: '3 routes of the table local',
        advice: 'its own addresses once more: nsenter -t 7 -n ip route show table local',
      },
    ])
  })

  test('come with the rules', () => {
    expect(
      look.rules.map(({ family, priority, selector, action }) => [family, priority, selector, action].join('|')),
    ).toEqual([
      '4|0|from all|lookup local',
      '4|500|from 10.0.0.7 iif e0|lookup 101',
      '4|600|from all to 10.3.0.0/16 ipproto tcp dport 80|blackhole',
      '4|32765|from all fwmark 0x5|lookup 100',
      '4|32766|from all|lookup main',
      '4|32767|from all|lookup default',
      '6|0|from all|lookup local',
      '6|32766|from all|lookup main',
    ])
  })

  test('come with the neighbours of both families, also one that does not answer', () => {
    expect(look.neighbours).toEqual([
      { address: '10.9.0.5', device: 'e0', mac: '02:00:00:00:00:01', state: 'PERMANENT' },
      { address: '10.9.0.9', device: 'e0', mac: '', state: 'FAILED' },
      { address: 'fd09::1', device: 'e0', mac: '02:00:00:00:00:09', state: 'STALE' },
    ])
  })

  test('name what a person would type, in the namespace or on the node', () => {
    expect(look.byHand).toContain('nsenter -t 7 -n ip -4 route show table all')
    const host = readBy(routesLook, seenOf({ ip4, ip6 }, { isHost: true }))
    expect(host.byHand).toContain('ip -4 route show table all')
  })

  test('are those that came whole, where the output was cut anywhere, and that is said', () => {
    for (let length = 0; length < ip4.length; length += 7) {
      const part = readBy(routesLook, seenOf({ ip4: ip4.slice(0, length), ip6: '[]' }, { cut: true }))
      expect(look.rules.slice(0, part.rules.length)).toEqual(part.rules)
      expect(look.routes.slice(0, part.routes.length)).toEqual(part.routes)
      expect(part.lacks[0]?.what).toBe('the last routes')
    }
    const most = readBy(routesLook, seenOf({ ip4: ip4.slice(0, -60), ip6: '[]' }, { cut: true }))
    expect(most.routes.filter(({ family }) => family === 4)).toHaveLength(6)
  })

  test('need no part of a batch that failed', () => {
    const [rules = '', , routes = ''] = ip4.split('\n')
    const some = readBy(routesLook, seenOf({ ip4: routes, ip6: `${rules}\n[{}]` }))
    expect(some.routes).toHaveLength(6)
    expect(some.rules).toHaveLength(6)
    expect(some.neighbours).toEqual([])
  })
})

describe('routes of a namespace, by its files', () => {
  const look = readBy(routesLook, seenOf({ order: ' 614e\n', files }, { right: 'user' }))

  test('are those that ip would tell, but for other tables and further hops', () => {
    expect(look.routes.map(shown)).toEqual([
      'default via 10.9.0.1 dev e0',
      '10.7.0.0/24 via 10.9.0.3 dev e0',
      'blackhole 10.8.0.0/24',
      'unreachable 10.6.0.0/24 metric 5',
      '10.9.0.0/24 dev e0',
      '169.254.0.1 dev e0',
      'fd09::/64 dev e0 metric 256 table ',
      'unreachable fd55::/64 dev lo metric 1024 table ',
      'default via fd09::1 dev e0 metric 1024 table ',
    ])
  })

  test('come with the neighbours of IPv4', () => {
    expect(look.neighbours).toEqual([
      { address: '10.9.0.5', device: 'e0', mac: '02:00:00:00:00:01', state: 'PERMANENT' },
      { address: '10.9.0.6', device: 'e0', mac: '02:00:00:00:00:02', state: 'VALID' },
      { address: '10.9.0.9', device: 'e0', mac: '', state: 'INCOMPLETE' },
    ])
  })

  test('say what is missing, and that it takes root', () => {
    expect(look.lacks.map(({ advice }) => advice)).toEqual([
      'needs root: nsenter -t 7 -n ip rule show',
      'needs root: nsenter -t 7 -n ip neigh show',
      'needs root: nsenter -t 7 -n ip route show table all',
    ])
    expect(look.byHand).toEqual(['cat /proc/7/net/route /proc/7/net/arp /proc/7/net/ipv6_route'])
  })

  test('are shown to root too where ip is none that knows JSON, and that is said', () => {
    const root = readBy(routesLook, seenOf({ ip4: '', ip6: 'BusyBox v1.35.0', files }))
    expect(root.routes).toEqual(look.routes)
    expect(root.lacks[0]?.advice).toBe('needs ip of iproute2 on the node: nsenter -t 7 -n ip rule show')
  })
})

const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
const hexOf = (bytes: readonly number[], order: 'little' | 'big'): string =>
  (order === 'big' ? bytes : bytes.toReversed())
    .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
    .join('')
const maskOf = (length: number): readonly number[] =>
  [0, 8, 16, 24].map((from) => (0xff << (8 - Math.min(8, Math.max(0, length - from)))) & 0xff)

describe('what the kernel prints', () => {
  test.each(['little', 'big'] as const)('is read whatever the route, on a node that is %s-endian', (order) => {
    fc.assert(
      fc.property(address, address, fc.nat(32), fc.nat(4_000_000_000), (to, via, length, metric) => {
        const words = [
          'eth0',
          hexOf(to, order),
          hexOf(via, order),
          '0003',
          0,
          0,
          metric,
          hexOf(maskOf(length), order),
          0,
          0,
          0,
        ]
        const [route] = routeFromFile(words.join('\t'), order)
        const range = length === 0 ? 'default' : length === 32 ? to.join('.') : `${to.join('.')}/${length}`
        expect(route).toMatchObject({ destination: range, gateway: via.join('.'), device: 'eth0', kind: 'unicast' })
        expect(route?.metric ?? 0).toBe(metric)
      }),
    )
  })

  test('of an IPv6 route is read whatever it is, in the one form of an address', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.nat(127), fc.nat(0xffff_fffe), (via, length, metric) => {
        const hex = '20010db8000000000000000000000001'
        const url = new URL(`http://[${via}]`).hostname.slice(1, -1)
        const gateway = Buffer.concat(groupsOf(url)).toString('hex')
        const line = `${hex} ${length.toString(16).padStart(2, '0')} ${'0'.repeat(32)} 00 ${gateway} ${metric.toString(16).padStart(8, '0')} 00000001 00000000 00000003     eth0`
        expect(route6FromFile(line)).toMatchObject([
          { destination: length === 0 ? 'default' : `2001:db8::1/${length}`, metric, device: 'eth0' },
        ])
        const [route] = route6FromFile(line)
        expect(new URL(`http://[${route?.gateway}]`).hostname.slice(1, -1)).toBe(url)
      }),
    )
  })

  test('is told from anything else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (line) => {
        for (const read of [routeFromFile(line, 'little'), route6FromFile(line)])
          for (const route of read) expect(route.destination).not.toContain('undefined')
      }),
    )
    expect(routeFromFile('eth0 0000000 00000000 0001 0 0 0 00000000', 'little')).toEqual([])
    expect(routeFromFile('eth0 00000000 00000000 0001 0 0 0 00FF00FF', 'little')).toEqual([])
  })

  test('has the byte order that od makes of two letters', () => {
    expect([' 614e', ' 4e61', '', 'od: no'].map((line) => byteOrderOf([line]))).toEqual([
      'little',
      'big',
      'little',
      'little',
    ])
    expect(byteOrderOf(undefined)).toBe('little')
    expect(ipv4FromKernel('0100007F', 'little')).toBe('127.0.0.1')
    expect(ipv4FromKernel('7F000001', 'big')).toBe('127.0.0.1')
    expect([maskLength('000000FF', 'little'), maskLength('000000FF', 'big')]).toEqual([8, undefined])
  })
})

/** The sixteen bytes of an address as `URL` writes it. */
const groupsOf = (text: string): readonly Buffer[] => {
  const [head = '', tail] = text.split('::')
  const words = (part: string): readonly string[] => (part === '' ? [] : part.split(':'))
  const missing = tail === undefined ? 0 : 8 - words(head).length - words(tail).length
  return [...words(head), ...Array.from({ length: missing }, () => '0'), ...words(tail ?? '')].map((word) =>
    Buffer.from(word.padStart(4, '0'), 'hex'),
  )
}

describe('what ip prints', () => {
  test('is read up to where it was cut, whatever it holds', () => {
    const row = fc.dictionary(
      fc.string({ maxLength: 8 }),
      fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.nat(),
        fc.array(fc.dictionary(fc.constant('a'), fc.string({ maxLength: 4 })), { maxLength: 3 }),
      ),
      { maxKeys: 5 },
    )
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.nat(400), (rows, length) => {
        const text = JSON.stringify(rows)
        expect(rowsIn([text])).toEqual(JSON.parse(text))
        const part = rowsIn([text.slice(0, Math.min(length, text.length - 1))])
        expect((JSON.parse(text) as unknown[]).slice(0, part.length)).toEqual(part)
      }),
    )
  })

  test.each([
    ['{"priority":9,"not":null,"src":"10.0.0.0","srclen":8,"table":"main"}', 'not from 10.0.0.0/8', 'lookup main'],
    ['{"priority":9,"src":"all","fwmark":"0x1","fwmask":"0xff","table":"7"}', 'from all fwmark 0x1/0xff', 'lookup 7'],
    ['{"priority":9,"src":"all","uid_start":0,"uid_end":99,"table":"7"}', 'from all uidrange 0-99', 'lookup 7'],
    ['{"priority":9,"src":"all","sport_start":1,"sport_end":9,"goto":200}', 'from all sport 1-9', 'goto 200'],
    ['{"priority":9,"src":"all","l3mdev":null}', 'from all', 'lookup [l3mdev-table]'],
    [
      '{"priority":9,"src":"all","table":"main","suppress_prefixlen":0}',
      'from all',
      'lookup main suppress_prefixlength 0',
    ],
    ['{"priority":9,"src":"all","tos":"0x10","oif":"e1","action":"prohibit"}', 'from all tos 0x10 oif e1', 'prohibit'],
    ['{"priority":9,"src":"all","nop":null}', 'from all', 'nop'],
  ])('of a rule is worded as it words it: %s', (text, selector, action) => {
    expect(rowsIn([`[${text}]`]).flatMap((row) => ruleFrom(row, 4))).toEqual([
      { family: 4, priority: 9, selector, action },
    ])
  })

  test('is made harmless where it is drawn', () => {
    const text = JSON.stringify([{ dst: '10.0.0.0/8', dev: 'e\u001b[2J0' }])
    expect(readBy(routesLook, seenOf({ ip4: text, ip6: '[]' })).routes[0]?.device).toBe('e\ufffd[2J0')
  })
})
