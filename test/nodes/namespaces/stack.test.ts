import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StackLook } from '../../../source/events/looks.ts'
import { isBlind } from '../../../source/nodes/namespaces/look-kind.ts'
import { stackLook } from '../../../source/nodes/namespaces/stack.ts'
import { countersIn } from '../../../source/nodes/namespaces/stack-files.ts'
import { readBy, seenOf } from './seen.ts'

const files = `Ip: Forwarding DefaultTTL InReceives OutNoRoutes
Ip: 1 64 1000 3
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn CurrEstab OutSegs RetransSegs
Tcp: 1 200 120000 -1 12 500 5
TcpExt: ListenDrops TCPTimeouts
TcpExt: 0 7
Ip6InReceives                   \t40
Icmp6InType135                  \t2
`

const at = (uptime: number, text = files, more: Parameters<typeof seenOf>[1] = { namespace: 4026532567 }) =>
  seenOf({ footing: '7 root\nits cgroup\n5000', uptime: `${uptime} 99.5`, files: text }, more)

const after = (before: ReturnType<typeof at>, now: ReturnType<typeof at>): StackLook => {
  const look = stackLook.read(now, { look: readBy(stackLook, before), seconds: 1000 })
  return isBlind(look) ? expect.fail(look.cause) : look
}

const rates = ({ counters }: StackLook) =>
  Object.fromEntries(counters.flatMap(({ name, perSecond }) => (perSecond === undefined ? [] : [[name, perSecond]])))

describe('the counters of a namespace', () => {
  test('have the names and the values of nstat, of both families; settings are none', () => {
    const { counters, lacks, byHand } = readBy(stackLook, at(100))
    expect(counters.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'IpInReceives 1000',
      'IpOutNoRoutes 3',
      'TcpCurrEstab 12',
      'TcpOutSegs 500',
      'TcpRetransSegs 5',
      'TcpExtListenDrops 0',
      'TcpExtTCPTimeouts 7',
      'Ip6InReceives 40',
      'Icmp6InType135 2',
    ])
    expect(lacks).toEqual([])
    expect(byHand).toEqual(['nsenter -t 7 -n nstat -asz', 'cat /proc/7/net/snmp /proc/7/net/netstat /proc/7/net/snmp6'])
  })

  test('take no root', () => {
    expect(readBy(stackLook, at(100, files, { right: 'user' })).byHand).toEqual([
      'cat /proc/7/net/snmp /proc/7/net/netstat /proc/7/net/snmp6',
    ])
  })

  test('that nobody may read are told not to be readable', () => {
    expect(stackLook.read(at(100, ''), undefined)).toEqual({ cause: expect.stringContaining('hidepid') as string })
  })

  test('say that there is no IPv6 where the kernel has none', () => {
    const four = files.replaceAll(/^.*6In.*\n/gm, '')
    expect(readBy(stackLook, at(100, four)).lacks.map(({ what }) => what)).toEqual(['IPv6'])
  })

  test('are rates by the uptime of the node, not by when answers came; what may fall has none', () => {
    const later = files.replace('500 5', '900 25').replace(' 12 ', ' 9 ')
    const look = after(at(100), at(104, later))
    expect(rates(look)).toMatchObject({ TcpOutSegs: 100, TcpRetransSegs: 5, TcpExtTCPTimeouts: 0 })
    expect(rates(look)).not.toHaveProperty('TcpCurrEstab')
    expect(look.seconds).toBe(4)
  })

  test.each([
    ['another namespace', at(104, files.replace('500 5', '900000 5'), { namespace: 4026532999 })],
    [
      'the same number with less counted: the kernel gave it to the next one',
      at(104, files.replace('500 5', '900000 2')),
    ],
    ['a node that was started anew', at(3)],
    ['the same moment', at(100)],
  ])('have no rate, and no spike, after %s', (_, now) => {
    expect(rates(after(at(100), now))).toEqual({})
  })

  test('of a namespace whose number may not be read are compared only for the same process', () => {
    const nobody = { right: 'user', pid: 7 } as const
    expect(rates(after(at(100, files, nobody), at(104, files, nobody)))).toMatchObject({ TcpOutSegs: 0 })
    expect(rates(after(at(100, files, nobody), at(104, files, { ...nobody, pid: 8 })))).toEqual({})
    const again = seenOf({ footing: '7 user\nits cgroup\n9000', uptime: '104 1', files }, nobody)
    expect(rates(after(at(100, files, nobody), again))).toEqual({})
  })
})

describe('files of counters', () => {
  const name = fc.stringMatching(/^[A-Z][A-Za-z0-9]{1,12}$/)
  const table = fc.uniqueArray(fc.tuple(name, fc.nat()), { selector: ([key]) => key, minLength: 1, maxLength: 20 })

  test('are read whatever counters a kernel has', () => {
    fc.assert(
      fc.property(table, table, (pairs, singles) => {
        const lines = [
          `Xxx: ${pairs.map(([key]) => key).join(' ')}`,
          `Xxx: ${pairs.map(([, value]) => value).join(' ')}`,
          ...singles.map(([key, value]) => `${key.padEnd(32)}\t${value}`),
        ]
        const told = new Map(countersIn(lines).map((one) => [one.name as string, one.value]))
        for (const [key, value] of pairs) expect(told.get(`Xxx${key}`)).toBe(value)
        const others = singles.filter(([key]) => !pairs.some(([other]) => key === `Xxx${other}`))
        for (const [key, value] of others) expect(told.get(key)).toBe(value)
      }),
    )
  })

  test('make no counter of what is none', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 10 }), (lines) => {
        for (const { name: told, value } of countersIn(lines)) {
          expect(told).toMatch(/^[A-Za-z0-9]/)
          expect(value).toBeGreaterThanOrEqual(0)
        }
      }),
    )
    expect(countersIn(['Tcp: A B', 'Tcp: 1'])).toEqual([{ name: 'TcpA', value: 1 }])
    expect(countersIn(['Tcp: A B', 'Udp: 1 2'])).toEqual([])
  })
})
