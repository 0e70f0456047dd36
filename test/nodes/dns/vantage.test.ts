import { describe, expect, test } from 'vitest'
import { chooseVantage, type VantageEvidence } from '../../../source/nodes/dns/vantage.ts'

const devices = (...names: string[]) => [
  'Inter-|   Receive                                                |  Transmit',
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
  ...names.map(
    (name) =>
      `${name.padStart(6)}:  123456     789    0    0    0     0          0         0   123456     789    0    0    0     0       0          0`,
  ),
]
const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'
const defaultRoute = (name: string, metric = 0, flags = '0003') =>
  `${name}\t00000000\t010200C0\t${flags}\t0\t0\t${metric}\t00000000\t0\t0\t0`
const zeros = '0'.repeat(32)
const defaultRoute6 = (name: string, flags = '00000003', metric = '00000400') =>
  `${zeros} 00 ${zeros} 00 fe800000000000000000000000000001 ${metric} 00000001 00000000 ${flags} ${name.padStart(8)}`

const resolver = (...servers: string[]) => [
  '# by hand',
  'search example.com',
  ...servers.map((server) => `nameserver ${server}`),
]

const choose = (evidence: Partial<VantageEvidence>) =>
  chooseVantage({
    interfaces: devices('lo', 'eth0'),
    routes: [header, defaultRoute('eth0')],
    resolvConf: resolver('192.0.2.53'),
    ...evidence,
  })

describe('the one interface to listen on', () => {
  test.each([
    ['cni0', ['lo', 'eth0', 'cni0', 'flannel.1', 'veth12ab']],
    ['cbr0', ['lo', 'eth0', 'cbr0']],
    ['kube-bridge', ['lo', 'kube-bridge', 'eth0']],
    ['weave', ['lo', 'eth0', 'weave', 'vxlan-6784']],
  ])('is the bridge of the pods, %s, whatever else there is', (bridge, names) => {
    for (const server of ['127.0.0.53', '192.0.2.53'])
      expect(choose({ interfaces: devices(...names), resolvConf: resolver(server) })).toMatchObject({
        interface: bridge,
        vantage: 'pods',
      })
  })

  test.each(['127.0.0.53', '127.0.0.1', '::1'])('is lo where the node asks itself, at %s', (server) => {
    expect(choose({ resolvConf: resolver(server, '192.0.2.53') })).toMatchObject({
      interface: 'lo',
      vantage: 'loopback',
    })
  })

  test('is lo where the node asks one of its own addresses, and where resolv.conf names nobody', () => {
    const own = (address: string) => address === '192.0.2.53'
    expect(choose({ own })).toMatchObject({ interface: 'lo' })
    expect(choose({ resolvConf: ['search example.com'] })).toMatchObject({ interface: 'lo' })
  })

  test('is the uplink where the server is elsewhere, also if another on lo would be asked next', () => {
    expect(choose({})).toMatchObject({ interface: 'eth0', vantage: 'uplink' })
    expect(choose({ resolvConf: resolver('192.0.2.53', '127.0.0.1') })).toMatchObject({ interface: 'eth0' })
    expect(choose({ resolvConf: resolver('fe80::1%eth0') })).toMatchObject({ interface: 'eth0' })
    expect(choose({ resolvConf: undefined })).toMatchObject({ interface: 'eth0' })
  })

  test('is the uplink on a workstation that has containers of its own', () => {
    expect(
      choose({
        interfaces: devices('lo', 'wlan0', 'docker0', 'veth12ab'),
        routes: [header, defaultRoute('wlan0', 600)],
      }),
    ).toMatchObject({
      interface: 'wlan0',
      vantage: 'uplink',
    })
  })

  test('is the uplink of the default route with the least metric that is up and leads somewhere', () => {
    const local = 'eth1\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0'
    const half = 'tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0'
    const routes = [
      header,
      local,
      half,
      defaultRoute('wlan0', 600),
      defaultRoute('eth0', 100),
      defaultRoute('eth2', 0, '0200'),
      '',
      'x',
    ]
    expect(choose({ routes })).toMatchObject({ interface: 'eth0' })
  })

  test('is the uplink of the IPv6 default route where there is no other', () => {
    const unreachable = defaultRoute6('lo', '00200200', 'ffffffff')
    expect(choose({ routes: [header], routes6: [unreachable, defaultRoute6('eth0')] })).toMatchObject({
      interface: 'eth0',
    })
    expect(choose({ routes: [], routes6: [unreachable] })).toMatchObject({ missing: 'no-data' })
  })

  test.each(['flannel.1', 'vxlan.calico', 'cilium_vxlan', 'geneve0', 'genev_sys_6081', 'tunl0', 'wg0', 'cilium_wg0'])(
    'is none where the uplink carries pods wrapped by %s',
    (overlay) => {
      expect(choose({ interfaces: devices('lo', 'eth0', overlay, 'cali12ab', 'cali34cd') })).toEqual({
        missing: 'no-data',
        advice: `wrapped: ${overlay} carries the pods' answers inside other packets. CoreDNS's own metrics count them.`,
      })
    },
  )

  test('is the tunnel itself where the default route leads through it', () => {
    expect(choose({ interfaces: devices('lo', 'eth0', 'wg0'), routes: [header, defaultRoute('wg0')] })).toMatchObject({
      interface: 'wg0',
    })
  })

  test('is the cable of the only pod where the uplink shows nothing', () => {
    expect(choose({ interfaces: devices('lo', 'eth0', 'cilium_vxlan', 'lxc12ab34cd') })).toMatchObject({
      interface: 'lxc12ab34cd',
      vantage: 'pods',
    })
    expect(choose({ interfaces: devices('lo', 'veth12ab'), routes: [header] })).toMatchObject({
      interface: 'veth12ab',
      vantage: 'pods',
    })
  })

  test('is none on a machine without anything', () => {
    expect(choose({ interfaces: devices('lo'), routes: [header] })).toMatchObject({ missing: 'no-data' })
    expect(chooseVantage({ interfaces: [], routes: [], resolvConf: undefined })).toMatchObject({ missing: 'no-data' })
  })
})
