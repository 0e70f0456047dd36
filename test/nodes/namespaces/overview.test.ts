import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressesFrom, countersFrom } from '../../../source/nodes/namespaces/interface-files.ts'
import { overviewLook } from '../../../source/nodes/namespaces/overview.ts'
import { readBy, seenOf } from './seen.ts'

const counters = { bytes: 90, packets: 1, errors: 0, dropped: 3, over_errors: 0, multicast: 0 }
const stats64 = { rx: counters, tx: { ...counters, bytes: 110, dropped: 0 } }
const lo = {
  ...{ ifindex: 1, ifname: 'lo', mtu: 65536, qdisc: 'noqueue', operstate: 'UNKNOWN', address: '00:00:00:00:00:00' },
  ...{ addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }], stats64 },
}
/** The cable of a pod, as `ip -j -s -d addr show` of iproute2 6.1 has it in the namespace. */
const eth0 = {
  ...{ ifindex: 2, link_index: 5, link_netnsid: 0, ifname: 'eth0', mtu: 1450, qdisc: 'noqueue', operstate: 'UP' },
  ...{ address: '5e:9d:2a:56:1d:35', linkinfo: { info_kind: 'veth' }, stats64 },
  addr_info: [
    { family: 'inet', local: '10.92.0.4', prefixlen: 24 },
    { family: 'inet6', local: 'fd92::4', prefixlen: 64 },
  ],
}

const seenBy = (rows: readonly object[], peers = '5 2 1500 veth1a2b\n', more: Readonly<Record<string, string>> = {}) =>
  readBy(overviewLook, seenOf({ ip: JSON.stringify(rows), peers, ...more }))

describe('the interfaces of a namespace, by ip', () => {
  test('come with all that it tells of them', () => {
    const { interfaces, lacks, byHand } = seenBy([lo, eth0])
    expect(interfaces).toEqual([
      {
        ...{ name: 'lo', index: 1, mac: '00:00:00:00:00:00', mtu: 65536, state: 'UNKNOWN', kind: '', qdisc: 'noqueue' },
        addresses: ['127.0.0.1/8'],
        received: { bytes: 90, packets: 1, errors: 0, drops: 3 },
        sent: { bytes: 110, packets: 1, errors: 0, drops: 0 },
      },
      {
        ...{ name: 'eth0', index: 2, mac: '5e:9d:2a:56:1d:35', mtu: 1450, state: 'UP', kind: 'veth', qdisc: 'noqueue' },
        addresses: ['10.92.0.4/24', 'fd92::4/64'],
        peer: { index: 5, name: 'veth1a2b', mtu: 1500 },
        received: { bytes: 90, packets: 1, errors: 0, drops: 3 },
        sent: { bytes: 110, packets: 1, errors: 0, drops: 0 },
      },
    ])
    expect(lacks).toEqual([])
    expect(byHand).toEqual(['nsenter -t 7 -n ip -s -d addr show'])
  })

  test.each([
    ['has another number', eth0, '6 2 1500 veth1a2b'],
    ['is the end of another cable: this one leads to a third namespace', eth0, '5 9 1500 veth1a2b'],
    ['is in the same namespace', { ...eth0, link_netnsid: undefined }, '5 2 1500 veth1a2b'],
    ['is not there', { ...eth0, link_index: undefined }, '5 2 1500 veth1a2b'],
    ['is not told', eth0, ''],
  ])('has no peer that %s', (_, row, peers) => {
    expect(seenBy([row], peers).interfaces[0]).not.toHaveProperty('peer')
  })

  test('hangs on an interface of the node, which does not point back', () => {
    const row = { ...eth0, linkinfo: { info_kind: 'ipvlan' } }
    expect(seenBy([row], '5 5 9000 ens5').interfaces[0]?.peer).toEqual({ index: 5, name: 'ens5', mtu: 9000 })
  })

  test('has no counters that were not told, and says so', () => {
    const { interfaces, lacks } = seenBy([lo, { ...eth0, stats64: undefined }])
    expect(interfaces.map(({ name }) => name)).toEqual(['lo'])
    expect(lacks).toEqual([{ what: '1 interfaces', advice: 'ip told no counters' }])
  })

  test('are those that came whole where the output was cut', () => {
    const text = JSON.stringify([lo, eth0])
    const { interfaces, lacks } = readBy(overviewLook, seenOf({ ip: text.slice(0, -9) }, { cut: true }))
    expect(interfaces.map(({ name }) => name)).toEqual(['lo'])
    expect(lacks[0]?.what).toBe('the last interfaces')
  })
})

describe('what an overview says beside them', () => {
  test.each([
    ['the one', '0 1500 ens5', { name: 'ens5', mtu: 1500 }],
    ['that with the least metric', '100 9000 a\n20 1500 b\n', { name: 'b', mtu: 1500 }],
    ['none', '', undefined],
  ])('is the uplink of the node: %s', (_, underlay, expected) => {
    expect(seenBy([lo], '', { underlay }).underlay).toEqual(expected)
  })

  test('are the tunnels of the node that are up', () => {
    const of = (tunnels: string) => seenBy([lo], '', { tunnels }).tunnels
    expect(of('1450 vxlan flannel.1\n1480 ipip tunl0\n')).toEqual([
      { name: 'flannel.1', kind: 'vxlan', mtu: 1450 },
      { name: 'tunl0', kind: 'ipip', mtu: 1480 },
    ])
    expect(of('')).toEqual([])
  })

  test('is how many entries its own table has, where there is one', () => {
    const of = (conntrack: string) => seenBy([lo], '', { conntrack }).conntrack
    expect(of('entries  clashres found\n0000001f  00000000 00000000\n')).toEqual({ entries: 31 })
    expect(of('entries  clashres found\n00000000  00000000 00000000\n')).toEqual({ entries: 0 })
    expect(of('')).toBe(undefined)
  })
})

const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0:  123456     100    1    2    0     0          0         0   654321     200    3    4    0     0       0          0
`
const route = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t01005C0A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t00005C0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`
const six = `00000000000000000000000000000001 01 80 10 80       lo
fd920000000000000000000000000004 02 40 00 80     eth0
`
const trie = (...addresses: readonly string[]): string =>
  ['Main:', '  +-- 0.0.0.0/0 3 0 5', ...addresses.flatMap((each) => [`     |-- ${each}`, '        /32 host LOCAL'])]
    .concat(['Local:', ...addresses.flatMap((each) => [`     |-- ${each}`, '        /32 host LOCAL'])])
    .concat(['     |-- 10.92.0.255', '        /32 link BROADCAST'])
    .join('\n')

const byFiles = (files: string) =>
  readBy(overviewLook, seenOf({ order: ' 614e', files, underlay: '0 1500 ens5' }, { right: 'user' }))

describe('the interfaces of a namespace, by its files', () => {
  test('come with counters and addresses, and it is said what takes root', () => {
    const look = byFiles(dev + route + six + trie('10.92.0.4', '127.0.0.1'))
    expect(look.interfaces).toEqual([
      {
        ...{ name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128'] },
        received: { bytes: 0, packets: 0, errors: 0, drops: 0 },
        sent: { bytes: 0, packets: 0, errors: 0, drops: 0 },
      },
      {
        ...{ name: 'eth0', index: 2, addresses: ['10.92.0.4/24', 'fd92::4/64'] },
        received: { bytes: 123456, packets: 100, errors: 1, drops: 2 },
        sent: { bytes: 654321, packets: 200, errors: 3, drops: 4 },
      },
    ])
    expect(look.lacks.map(({ advice }) => advice)).toEqual(['needs root: nsenter -t 7 -n ip -s -d link show'])
    expect(look.underlay).toEqual({ name: 'ens5', mtu: 1500 })
  })

  test('have the addresses that lie on no link, where there is one interface only', () => {
    const calico =
      'eth0\t00000000\t0101FEA9\t0003\t0\t0\t0\t00000000\t0\t0\t0\neth0\t0101FEA9\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n'
    expect(byFiles(dev + calico + trie('192.168.7.4')).interfaces[1]?.addresses).toEqual(['192.168.7.4/32'])
  })

  test('have none that may be of either, and that is said', () => {
    const two = dev.replace(/  eth0.*\n/, (line) => line + line.replace('eth0', 'eth1'))
    const look = byFiles(two + trie('192.168.7.4'))
    expect(look.interfaces.flatMap(({ addresses }) => addresses)).toEqual([])
    expect(look.lacks.at(-1)).toEqual({
      what: 'the interface of 192.168.7.4',
      advice: 'needs root: nsenter -t 7 -n ip addr show',
    })
  })

  test('lose none of their addresses, whatever there is', () => {
    const address = fc.ipV4().filter((each) => !each.startsWith('127.'))
    fc.assert(
      fc.property(fc.uniqueArray(address), fc.uniqueArray(fc.constantFrom('a', 'b', 'c')), (addresses, names) => {
        const lines = `${route}${trie(...addresses)}`.split('\n')
        const { on, nowhere } = addressesFrom(lines, names, 'little')
        const found = [...on.values()].flat().map((each) => each.split('/')[0])
        expect(found.length + nowhere.length).toBe(addresses.length)
        expect(new Set([...found, ...nowhere])).toEqual(new Set(addresses))
      }),
    )
  })

  test('are counted whatever the numbers', () => {
    const number = fc.maxSafeNat()
    fc.assert(
      fc.property(fc.array(number, { minLength: 16, maxLength: 16 }), (numbers) => {
        expect(countersFrom(`  eth0:${numbers.join(' ')}`)).toEqual([
          {
            name: 'eth0',
            received: { bytes: numbers[0], packets: numbers[1], errors: numbers[2], drops: numbers[3] },
            sent: { bytes: numbers[8], packets: numbers[9], errors: numbers[10], drops: numbers[11] },
          },
        ])
      }),
    )
  })
})
