import { describe, expect, test } from 'vitest'
import type { Tunnel } from '../../../source/events/looks.ts'
import { mtuTrouble } from '../../../source/screens/pod/mtu.ts'
import { clean } from '../../../source/text/clean.ts'
import { footing, networkInterface, overviewLook } from '../../scenarios/looks.ts'

const peer = (mtu: number) => ({ index: 3, name: clean('veth0'), mtu })
const pod = overviewLook()
const host = overviewLook({ footing: footing({ isHost: true }) })
const kind = (name: string, mtu: number) => {
  const { peer: _, ...others } = networkInterface(`${name}0`, { kind: clean(name), mtu })
  return others
}

describe('the MTU of an interface', () => {
  test('fits the same at the other end, up to what the node carries', () => {
    expect(mtuTrouble(networkInterface('eth0', { mtu: 1450, peer: peer(1450) }), pod)).toBeUndefined()
    expect(mtuTrouble(networkInterface('eth0', { mtu: 1500, peer: peer(1500) }), pod)).toBeUndefined()
  })

  test('does not fit another one at the other end: the smaller one is what passes', () => {
    expect(mtuTrouble(networkInterface('eth0', { mtu: 1500, peer: peer(1450) }), pod)).toMatch(
      'eth0 has an MTU of 1500 and its other end veth0 of 1450: packets larger than 1450 are lost',
    )
    expect(mtuTrouble(networkInterface('eth0', { mtu: 1400, peer: peer(1450) }), pod)).toMatch('larger than 1400')
  })

  test('does not fit below what the node carries', () => {
    expect(mtuTrouble(networkInterface('eth0', { mtu: 9000, peer: peer(9000) }), pod)).toMatch(
      "the node's ens3 carries 1500",
    )
  })

  test.each([
    ['vxlan', 1450, 1451],
    ['geneve', 1450, 1500],
    ['ipip', 1480, 1500],
    ['gre', 1476, 1477],
    ['wireguard', 1440, 1441],
  ])('of a tunnel leaves room for what it adds: %s', (name, fits, tooLarge) => {
    expect(mtuTrouble(kind(name, fits), host)).toBeUndefined()
    expect(mtuTrouble(kind(name, tooLarge), host)).toMatch(/and adds \d\d bytes, the node's ens3 carries 1500/)
  })

  const tunnel = (mtu: number, more: Partial<Tunnel> = {}): Tunnel => ({
    ...{ name: clean('flannel.1'), kind: clean('vxlan'), mtu },
    ...more,
  })

  test('of a pod does not fit above what the tunnel of its node carries, though the node carries it', () => {
    const eth0 = networkInterface('eth0', { mtu: 1500, peer: peer(1500) })
    expect(mtuTrouble(eth0, overviewLook({ tunnels: [tunnel(1450)] }))).toBe(
      "eth0 has an MTU of 1500, the node's vxlan tunnel flannel.1 carries 1450: larger packets that take it to other nodes are dropped, or fragmented",
    )
    expect(mtuTrouble(eth0, overviewLook({ tunnels: [tunnel(1500)] }))).toBeUndefined()
    const narrow = tunnel(1420, { name: clean('wireguard.cali'), kind: clean('wireguard') })
    expect(mtuTrouble(eth0, overviewLook({ tunnels: [tunnel(1450), narrow] }))).toMatch('wireguard.cali carries 1420')
    const { underlay: _, ...alone } = overviewLook({ tunnels: [tunnel(1450)] })
    expect(mtuTrouble(eth0, alone)).toMatch('flannel.1 carries 1450')
  })

  test('is no matter of a tunnel where the node does not wrap what leaves: on the host, and by a card of its own', () => {
    const tunnels = [tunnel(1450)]
    expect(mtuTrouble(kind('', 1500), overviewLook({ tunnels, footing: footing({ isHost: true }) }))).toBeUndefined()
    expect(
      mtuTrouble(kind('veth', 1500), overviewLook({ tunnels, footing: footing({ isHost: true }) })),
    ).toBeUndefined()
    expect(mtuTrouble(kind('macvlan', 1500), overviewLook({ tunnels }))).toBeUndefined()
  })

  test('is no matter of the loopback, of other cards of the host, and where it is not known', () => {
    expect(mtuTrouble(networkInterface('lo', { mtu: 65_536 }), pod)).toBeUndefined()
    expect(mtuTrouble(kind('', 9000), host)).toBeUndefined()
    const { mtu: _, ...unknown } = networkInterface('eth0')
    expect(mtuTrouble(unknown, pod)).toBeUndefined()
    const { underlay: __, ...alone } = pod
    expect(mtuTrouble(kind('veth', 9000), alone)).toBeUndefined()
  })
})
