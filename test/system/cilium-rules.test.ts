import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { ServicePlace } from '../../source/events/look-rules.ts'
import type { ServiceId } from '../../source/events/names.ts'
import { lookScript } from '../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../source/nodes/namespaces/footing.ts'
import { isBlind } from '../../source/nodes/namespaces/look-kind.ts'
import { rulesLook } from '../../source/nodes/namespaces/rules.ts'
import { sectionsOf } from '../../source/nodes/namespaces/sections.ts'
import { clean } from '../../source/text/clean.ts'
import { backend, ciliumMaps, entry, mapLine, mapMaker } from './support/cilium-maps.ts'

const service = (name: string, addresses: readonly string[], port: number, nodePort = 0): ServicePlace => ({
  id: `payments/${name}` as ServiceId,
  addresses: addresses.map((address) => address as Address),
  doors: [{ name: clean(''), protocol: 'tcp', port, nodePort }],
})

const shop = service('shop', ['10.96.0.10', 'fd00:96::a'], 80, 30080)
const empty = service('empty', ['10.96.0.11'], 443)

const nodePort = 1 << 1
const externalLocal = 1 << 2
const affinity = 1 << 4
const twoScopes = 1 << 13

const filled = (version: 'v2' | 'v3' = 'v3', protocol = 6): readonly string[] => [
  ...ciliumMaps(version).map(mapLine),
  backend({ id: 5, address: '10.0.1.5', port: 8080 }, version),
  backend({ id: 300, address: '10.0.2.6', port: 8080 }, version),
  backend({ id: 70_000, address: '10.0.3.7', port: 8080 }, version),
  backend({ id: 9, address: 'fd00::1:5', port: 8080 }, version),
  // Three of which one is held back, with an affinity of three hours, and an algorithm above it.
  ...entry({
    ...{ address: '10.96.0.10', port: 80, protocol, flags: affinity, union: (1 << 24) | 10_800 },
    ...{ ids: [5, 300, 70_000], held: 1 },
  }),
  ...entry({ address: 'fd00:96::a', port: 80, protocol, flags: affinity, union: 10_800, ids: [9] }),
  // From outside those of this node only; from within all.
  ...['0.0.0.0', '192.0.2.1'].flatMap((address) => [
    ...entry({ address, port: 30080, protocol, flags: nodePort | externalLocal | twoScopes, ids: [5] }),
    ...entry({
      ...{ address, port: 30080, protocol, scope: 1, flags: nodePort | externalLocal | twoScopes, ids: [5, 300] },
    }),
  ]),
  ...entry({ address: '10.96.0.11', port: 443, protocol, ids: [] }),
  // Other services, at the same port and at the same address.
  ...entry({ address: '10.96.0.12', port: 80, protocol, ids: [70_000] }),
  ...entry({ address: '10.96.0.10', port: 81, protocol, ids: [70_000] }),
]

/**
 * Looks at a service on a node that is a network and a mount namespace of its own: with it go the interface, the bpffs, and
 * with that the maps, however the test ends. `hidden`: a program that this node does not have.
 */
const look = (
  place: ServicePlace,
  lines: readonly string[],
  { hidden, shell = ['sh'] }: { readonly hidden?: string; readonly shell?: readonly string[] } = {},
) => {
  const host = { kind: 'host' } as const
  const { script, marker } = lookScript(rulesLook, host, undefined, rulesLook.words?.(place))
  const text = `set -e
mount -t sysfs sysfs /sys
mount -t bpf bpf /sys/fs/bpf
mkdir -p /sys/fs/bpf/tc/globals
ip link set lo up
ip link add cilium_host type veth peer name cilium_net
ip address add 192.0.2.1/24 dev cilium_host
ip link set cilium_host up
perl -e "$1"
${hidden === undefined ? '' : `mount --bind /dev/null "$(command -v ${hidden})"`}
shift
exec "$@"`
  const own = [...shell, '-c', `uid=0 LC_ALL=C; export LC_ALL\n${script.text}`, 'sh', ...script.args]
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    ['--net', '--mount', '--propagation', 'private', 'sh', '-c', text, 'sh', mapMaker, ...own],
    {
      encoding: 'utf8',
      input: lines.map((line) => `${line}\n`).join(''),
      timeout: 60_000,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    },
  )
  if (status !== 0) expect.fail(stderr)
  const sections = sectionsOf(stdout, marker)
  const footing = footingOf(sections, host, 0)
  if ('cause' in footing) return expect.fail(footing.cause)
  const seen = rulesLook.read({ service: place, footing, sections, place: host, cut: false }, undefined)
  return isBlind(seen) ? expect.fail(seen.cause) : seen
}

const backendsOf = ({ backends }: ReturnType<typeof look>): readonly string[] =>
  backends.map(({ address, port, share, policy }) => `${address} ${port} ${share.toFixed(2)} ${policy}`)

const all = [
  '10.0.1.5 8080 0.50 cluster',
  '10.0.2.6 8080 0.50 cluster',
  'fd00::1:5 8080 1.00 cluster',
  '10.0.1.5 8080 1.00 local',
]

const shells = [
  ['dash', ['dash']],
  ['bash', ['bash', '--norc']],
  ['busybox', ['busybox', 'sh']],
] as const

describe('a service that Cilium serves', () => {
  test.each(shells)('is told by its own entries, of both families and the ports of the node, under %s', (_, shell) => {
    const seen = look(shop, filled(), { shell })
    expect(seen).toMatchObject({ way: 'cilium', lacks: [], others: [], affinity: 10_800, rules: [] })
    expect(backendsOf(seen)).toEqual(all)
    expect(seen.elements.map(({ map, key, verdict }) => `${map} ${key}: ${verdict}`)).toEqual([
      'cilium_lb4_services_v2 10.96.0.10 . tcp . 80: 2 backends: 5, 300; 1 held back, ending or unhealthy; affinity 10800 s',
      'cilium_lb6_services_v2 fd00:96::a . tcp . 80: 1 backend: 9; affinity 10800 s',
      ...['0.0.0.0', '192.0.2.1'].flatMap((address) => [
        `cilium_lb4_services_v2 ${address} . tcp . 30080: 1 backend: 5; those of this node only`,
        `cilium_lb4_services_v2 ${address} . tcp . 30080 . from within: 2 backends: 5, 300`,
      ]),
    ])
  })

  test('shows by hand the keys that were looked up', () => {
    const { byHand } = look(shop, filled())
    const folder = '/sys/fs/bpf/tc/globals'
    expect(byHand).toEqual(
      expect.arrayContaining([
        `bpftool map lookup pinned ${folder}/cilium_lb4_services_v2 key hex 0a 60 00 0a 00 50 00 00 06 00 00 00`,
        `bpftool map lookup pinned ${folder}/cilium_lb4_services_v2 key hex 0a 60 00 0a 00 50 02 00 06 00 00 00`,
        `bpftool map lookup pinned ${folder}/cilium_lb4_backends_v3 key hex 2c 01 00 00`,
      ]),
    )
    expect(byHand.at(-1)).toMatch(
      /cilium-dbg bpf lb list \| grep -F -A 8 -e '10\.96\.0\.10:80' -e '\[fd00:96::a\]:80'$/,
    )
  })

  test('has no backend where it has none, and that is told', () => {
    const seen = look(empty, filled())
    expect(seen).toMatchObject({ way: 'cilium', backends: [], lacks: [] })
    expect(seen.elements).toMatchObject([{ key: '10.96.0.11 . tcp . 443', verdict: 'no backend' }])
  })

  test('is not there where Cilium has no entry of it', () => {
    const seen = look(service('unknown', ['10.96.0.99'], 80), filled())
    expect(seen).toMatchObject({ way: 'none', elements: [], backends: [], lacks: [], others: ['Cilium'] })
  })

  test('is told of maps as 1.11 had them: backends without a cluster, entries for any protocol', () => {
    const seen = look(shop, filled('v2', 0))
    expect(seen).toMatchObject({ way: 'cilium', lacks: [] })
    expect(backendsOf(seen)).toEqual(all)
    expect(seen.elements[0]).toMatchObject({ key: '10.96.0.10 . any . 80' })
  })

  test('is told though a slot is empty, or a number leads to no backend', () => {
    const lines = [
      ...ciliumMaps().map(mapLine),
      backend({ id: 5, address: '10.0.1.5', port: 8080 }),
      ...entry({ address: '10.96.0.11', port: 443, protocol: 6, ids: [5, 6, 7] }).slice(0, 3),
    ]
    const seen = look(empty, lines)
    expect(seen.elements[0]?.verdict).toBe('3 backends: 5, 6, none; 2 of them not in cilium_lb4_backends_v3')
    expect(backendsOf(seen)).toEqual(['10.0.1.5 8080 0.33 cluster'])
  })
})

describe('a service with more backends than are looked up', () => {
  test('has the first of them told, with their true share, and the others counted', () => {
    const ids = Array.from({ length: 300 }, (_, index) => index + 1)
    const seen = look(empty, [
      ...ciliumMaps().map(mapLine),
      ...ids.map((id) => backend({ id, address: `10.0.${id >> 8}.${id & 255}`, port: 8443 })),
      ...entry({ address: '10.96.0.11', port: 443, protocol: 6, ids }),
    ])
    expect(seen.backends).toHaveLength(256)
    expect(seen.backends[0]).toMatchObject({ address: '10.0.0.1', share: 1 / 300 })
    expect(seen.unlisted).toBe(44)
    expect(seen.lacks).toMatchObject([{ what: "44 of its entries and backends in Cilium's maps" }])
    expect(seen.elements[0]?.verdict).toBe('300 backends: 1, 2, 3, 4, 5, 6, 7, 8 and 292 more')
  })
})

describe('maps of Cilium that cannot be read', () => {
  test('for another size of values are refused, and none of it is told as if it were known', () => {
    const [services, ...others] = ciliumMaps()
    const seen = look(empty, [{ name: services?.name ?? '', key: 12, value: 16 }, ...others].map(mapLine))
    expect(seen).toMatchObject({
      ...{ way: 'none', backends: [], elements: [] },
      lacks: [
        {
          what: 'what Cilium has in cilium_lb4_services_v2',
          advice: expect.stringMatching(/^its entries, 12 and 16 bytes, .* does not know.*cilium-dbg bpf lb list$/),
        },
      ],
    })
  })

  test('for another size of backends are refused, too', () => {
    const made = ciliumMaps().map((map) => (map.name === 'cilium_lb4_backends_v3' ? { ...map, value: 20 } : map))
    expect(look(empty, made.map(mapLine)).lacks).toMatchObject([{ what: 'what Cilium has in cilium_lb4_backends_v3' }])
  })

  test('for they are not pinned are told', () => {
    expect(look(empty, []).lacks).toMatchObject([{ advice: expect.stringContaining('pinned neither in') }])
  })

  test('of one family leave the other', () => {
    const seen = look(
      shop,
      filled().filter((line) => !line.includes('cilium_lb6_')),
    )
    expect(seen.lacks).toMatchObject([{ what: 'what Cilium has of IPv6' }])
    expect(backendsOf(seen)).toEqual(all.filter((line) => !line.startsWith('fd00')))
  })

  test('without perl say so', () => {
    const seen = look(empty, filled(), { hidden: 'perl' })
    expect(seen.lacks).toMatchObject([{ advice: expect.stringContaining('takes perl on this node') }])
    expect(seen.byHand.join('\n')).toContain('key hex 0a 60 00 0b 01 bb 00 00 06 00 00 00')
  })
})
