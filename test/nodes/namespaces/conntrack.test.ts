import { describe, expect, test } from 'vitest'
import type { ConntrackLook } from '../../../source/events/looks.ts'
import { conntrackLook } from '../../../source/nodes/namespaces/conntrack.ts'
import { readBy, seenOf } from './seen.ts'

const heading = 'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop'
const stat = (entries: string, drop = '0'): string =>
  `${heading}\n${entries} 0 0 0 0 0 0 0 0 0 ${drop} 0\n${entries} 0 0 0 1 0 0 0 0 0 ${drop} 0`
const table = (count: number): string =>
  `/proc/sys/net/netfilter/nf_conntrack_count:${count}\n/proc/sys/net/netfilter/nf_conntrack_max:262144`
const group = '40 c tcp ESTABLISHED a src=10.1.0.7 dst=10.96.0.10 dport=80 src=10.1.0.9 dst=10.1.0.7 sport=8080 -'
const answered = '2 b udp - u src=fd00::5 dst=fd00::7 dport=53 src=fd00::7 dst=fd00::5 sport=53 -'

const texts = {
  table: table(500),
  stat: stat('00000000'),
  addresses: '10.1.0.7\nfd00::7 fd00:0000:0000:0000:0000:0000:0000:0007',
  way: 'listed',
  flows: `2000000000 45 0 2 0 0.02\n1999999999 42 3 1\n${group}\n${answered}`,
  cost: '0m0.010s 0m0.000s\n0m0.020s 0m0.010s',
}

const seen = (more: Readonly<Record<string, string>> = {}, footing: Parameters<typeof seenOf>[1] = {}): ConntrackLook =>
  readBy(conntrackLook, seenOf({ ...texts, ...more }, footing))

describe('a look at the tracked connections of a pod', () => {
  test('tells those that it opened and those that it answers, and what it costs', () => {
    const look = seen()
    expect(look).toMatchObject({
      addresses: ['10.1.0.7', 'fd00::7'],
      entries: 500,
      maximum: 262_144,
      isQuestion: false,
      lacks: [],
      flows: {
        client: { total: 42, rest: 2, groups: [{ source: '10.1.0.7', answerer: '10.1.0.9', port: 80, count: 40 }] },
        backend: { total: 3, rest: 1, groups: [{ answerer: 'fd00::7', standing: 'unreplied', count: 2 }] },
        others: 1,
      },
      own: { entries: 0 },
    })
    expect(look.cost).toBeCloseTo(40)
    expect(look.expectedCost).toBeCloseTo(28)
  })

  test('has the commands by which a person sees the same, one for each address and part', () => {
    expect(seen().byHand).toEqual([
      'conntrack -L -f ipv4 -s 10.1.0.7',
      'conntrack -L -f ipv4 -r 10.1.0.7',
      'conntrack -L -f ipv6 -s fd00::7',
      'conntrack -L -f ipv6 -r fd00::7',
    ])
    expect(seen({ stat: stat('0000000c') }).byHand.slice(-2)).toEqual([
      'nsenter -t 7 -n conntrack -L -f ipv4',
      'nsenter -t 7 -n conntrack -L -f ipv6',
    ])
  })

  test('has those that read the file of the kernel where the tool is not there, and those that count without root', () => {
    expect(seen({ way: 'file', stat: stat('0000000c') }).byHand).toEqual([
      "grep -F -e '=10.1.0.7 ' -e '=fd00:0000:0000:0000:0000:0000:0000:0007 ' /proc/net/nf_conntrack",
      'cat /proc/7/net/nf_conntrack',
    ])
    expect(seen({ way: 'right' }).byHand).toEqual([
      'grep . /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max',
      'cat /proc/7/net/stat/nf_conntrack',
    ])
  })

  test('tells of a table of its own, and what its counters say over all CPUs', () => {
    const own = `2000000000 12 0 2 0 0.01\n12 tcp TIME_WAIT a src=10.1.0.7 dst=10.9.9.9 dport=80 src=127.0.0.1 dst=10.1.0.7 sport=8080 -`
    expect(seen({ stat: stat('0000000c', 'a'), own }).own).toMatchObject({
      entries: 12,
      counters: expect.arrayContaining([
        { name: 'drop', value: 20 },
        { name: 'invalid', value: 1 },
      ]) as unknown,
      flows: { total: 12, rest: 0 },
    })
    const { stat: _, ...others } = texts
    expect(readBy(conntrackLook, seenOf({ ...others, count: '7' })).own).toEqual({ entries: 7, counters: [] })
    expect(readBy(conntrackLook, seenOf(others))).not.toHaveProperty('own')
  })

  test('of the host has no table beside that of the node', () => {
    expect(seen({ stat: stat('000001f4') }, { isHost: true })).not.toHaveProperty('own')
  })

  test('without root counts, and says which command shows the rest', () => {
    const { table: settings, addresses } = texts
    const counted = { table: settings, stat: texts.stat, addresses, way: 'right' }
    const look = readBy(conntrackLook, seenOf(counted, { right: 'user' }))
    expect(look).toMatchObject({ entries: 500, own: { entries: 0 } })
    expect(look).not.toHaveProperty('flows')
    expect(look.lacks).toEqual([
      {
        what: 'whose its entries are, as client and as backend',
        advice: 'it takes root: conntrack -L -f ipv4 -s 10.1.0.7',
      },
    ])
  })

  test('of a large table asks first, and tells what the answer would cost', () => {
    const look = readBy(conntrackLook, seenOf({ table: table(123_456), stat: stat('00000000'), way: 'ask' }))
    expect(look).toMatchObject({ entries: 123_456, isQuestion: true, lacks: [] })
    expect(look.expectedCost).toBeCloseTo(765.736)
    expect(look).not.toHaveProperty('flows')
  })

  test.each([
    ['tool', 'install conntrack'],
    ['square', '6.16'],
    ['module', 'modprobe nf_conntrack_netlink'],
  ])('says why nothing was listed: %s', (way, why) => {
    expect(seen({ way }).lacks[0]?.advice).toContain(why)
  })

  test.each([
    [{ way: 'untracked', table: '' }, 'not loaded'],
    [{ way: 'awk' }, 'no awk'],
    [{ way: '' }, 'look again'],
  ])('sees nothing where there is nothing: %o', (more, why) => {
    const all = { ...texts, ...more }
    expect(conntrackLook.read(seenOf(all), undefined)).toEqual({ cause: expect.stringContaining(why) as string })
  })

  test('says what broke off, and what could not be read', () => {
    const lacks = (flows: string) => seen({ flows }).lacks.map(({ what }) => what)
    expect(lacks('2000000000 45 0 1 0 0.02\n1999999999 42 3 1')).toEqual(["all of the node's table"])
    expect(lacks('2000000000 45 2 2 0 0.02 dccp x\n1999999999 42 3 1')).toEqual(["2 entries of the node's table"])
    expect(lacks('')).toEqual(["all of the node's table"])
    expect(seen({ own: '' }).lacks.map(({ what }) => what)).toEqual(['all of its own table'])
    const look = seen({ addresses: '10.1.0.7\nfd00::7 fd00:0000:0000:0000:0000:0000:0000:0007\nmore' })
    expect([look.addresses, look.lacks[0]?.what]).toEqual([['10.1.0.7', 'fd00::7'], 'entries of further addresses'])
  })
})
