import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../../source/events/address.ts'
import { type Inquiry, inquiryKey } from '../../../source/events/inquiry.ts'
import type { PathInterface, TalkPartner } from '../../../source/events/look-path.ts'
import type { RuleBackend } from '../../../source/events/look-rules.ts'
import type { Look, RulesLook } from '../../../source/events/looks.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import type { Parameters, Size } from '../../../source/interface/screen.ts'
import { createTheme } from '../../../source/interface/theme.ts'
import { severity } from '../../../source/metrics/metric.ts'
import { hopsOf, suspectOf } from '../../../source/screens/pod/path-hops.ts'
import { talksOf } from '../../../source/screens/pod/path-talks.ts'
import { podScreen } from '../../../source/screens/pod/screen.ts'
import { servicePlaceOf } from '../../../source/screens/pod/service-choice.ts'
import type { Snapshot } from '../../../source/store/snapshot.ts'
import { createStore } from '../../../source/store/store.ts'
import { clean } from '../../../source/text/clean.ts'
import { paintedWidth } from '../../../source/text/colour.ts'
import { cleanText, terminalSize } from '../../interface/arbitraries.ts'
import { clock, link } from '../../scenarios/cluster.ts'
import { allLive, cluster, put, serviceRecord, sliceRecord } from '../../scenarios/kubernetes.ts'
import { footing, pathLook, rulesLook } from '../../scenarios/looks.ts'

const node = 'worker-1' as NodeName
const service = serviceRecord('web/front', { clusterAddresses: ['10.96.1.1' as Address] })

const address = (): fc.Arbitrary<Address> =>
  fc.oneof(fc.ipV4(), fc.constantFrom('10.96.1.1', '10.1.0.1', 'fd00::7')).map((text) => text as Address)
const amount = () => fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e12, noNaN: true }))

const partner: fc.Arbitrary<TalkPartner> = fc.record(
  {
    address: address(),
    port: fc.nat(65_535),
    sockets: fc.integer({ min: 1, max: 5000 }),
    over: fc.nat(3),
    opening: fc.nat(3),
    rtt: amount(),
    leastRtt: amount(),
    retransmits: fc.nat(),
    sendQueue: fc.nat(),
  },
  { requiredKeys: ['address', 'port', 'sockets', 'over', 'opening', 'sendQueue'] },
)

const cable: fc.Arbitrary<PathInterface> = fc.record(
  { name: cleanText(), drops: fc.nat(), errors: fc.nat(), dropsPerSecond: amount(), errorsPerSecond: amount() },
  { requiredKeys: ['name', 'drops', 'errors'] },
)

const paths = fc
  .record({
    partners: fc.array(partner, { maxLength: 12 }),
    inside: cable,
    outside: cable,
    beyond: fc.nat(9),
    isHost: fc.boolean(),
  })
  .map(({ isHost, ...more }) => pathLook({ ...more, footing: footing({ isHost }) }))

const backend: fc.Arbitrary<RuleBackend> = fc.record(
  {
    family: fc.constantFrom<4 | 6>(4, 6),
    door: fc.constant({ name: clean('http'), protocol: 'tcp', port: 80, nodePort: 0 } as const),
    policy: fc.constantFrom<'cluster' | 'local'>('cluster', 'local'),
    address: address(),
    port: fc.nat(65_535),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    chain: fc.oneof(cleanText(), fc.constant(clean('cilium_lb4_services_v2 10.96.1.1 . tcp . 80'))),
    isRedirect: fc.constant(true as const),
  },
  { requiredKeys: ['family', 'door', 'policy', 'address', 'port', 'share', 'chain'] },
)

const rules = fc
  .record({
    way: fc.constantFrom<RulesLook['way']>('nftables', 'iptables-nft', 'iptables-legacy', 'cilium', 'none'),
    backends: fc.array(backend, { maxLength: 30 }),
    rules: fc.array(fc.record({ family: fc.constantFrom<4 | 6>(4, 6), chain: cleanText(), text: cleanText() }), {
      maxLength: 20,
    }),
    elements: fc.array(
      fc.record({ family: fc.constantFrom<4 | 6>(4, 6), map: cleanText(), key: cleanText(), verdict: cleanText() }),
      { maxLength: 5 },
    ),
    unlisted: fc.nat(3),
    others: fc.array(cleanText(), { maxLength: 2 }),
  })
  .map((more) => rulesLook(more))

const snapshotWith = (inquiry: Inquiry, look: Look): Snapshot => {
  const store = createStore()
  store.apply([
    ...[cluster(), ...allLive, link(node, 0, 'live'), put('service', service)],
    put('endpointslice', sliceRecord('web/front', 2, 1)),
    { type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: 0, look } },
    clock(1),
  ])
  return store.snapshot()
}

const fills = (parameters: Parameters, snapshot: Snapshot, size: Size, pressed: readonly string[]): void => {
  let open = podScreen.open(parameters)
  for (const action of pressed) open = open.press(action, snapshot, size, snapshot).open
  const lines = open.body(snapshot, size, createTheme('none', 'block'))
  expect(lines).toHaveLength(size.rows)
  for (const line of lines) expect(paintedWidth(line)).toBe(size.columns)
  expect((open.hint(snapshot, size) ?? []).length).toBeLessThanOrEqual(2)
}

const actions = fc.array(fc.constantFrom('down', 'bottom', 'right', 'sort', 'list 2', 'list 1', 'again', 'next-aim'), {
  maxLength: 6,
})

const host = { kind: 'host' } as const

describe('rules and the path', () => {
  test('of whatever a node says fill what they are given and nothing more', () => {
    fc.assert(
      fc.property(paths, terminalSize(), actions, (look, size, pressed) =>
        fills({ node, tab: 'path' }, snapshotWith({ node, place: host, tab: 'path' }, look), size, pressed),
      ),
    )
    fc.assert(
      fc.property(rules, terminalSize(), actions, (look, size, pressed) => {
        const snapshot = snapshotWith({ node, place: host, tab: 'rules', service: servicePlaceOf(service) }, look)
        fills({ node, tab: 'rules', aim: clean('web/front') }, snapshot, size, pressed)
      }),
    )
  })
})

describe('the hops of a path', () => {
  test('begin with the pod, hold none without words or figures, and the suspect is in the worst band of them', () => {
    fc.assert(
      fc.property(paths, (look) => {
        const snapshot = snapshotWith({ node, place: host, tab: 'path' }, look)
        for (const talk of [undefined, ...talksOf(snapshot, look)]) {
          const hops = hopsOf(snapshot, { kind: 'host', node }, look, talk)
          expect(hops[0]?.kind).toBe('pod')
          for (const { kind, figures, words } of hops.slice(1))
            expect([kind, figures.length > 0 || words !== '']).toEqual([kind, true])
          const worst = Math.max(...hops.map(({ band }) => severity(band)))
          const suspect = suspectOf(hops)
          expect(severity(suspect?.band ?? 'ok')).toBe(worst)
        }
      }),
    )
  })

  test('of the service that is meant tell how many of its endpoints are ready', () => {
    const look = pathLook({ partners: [] })
    const snapshot = snapshotWith({ node, place: host, tab: 'path' }, look)
    const other = { kind: 'service', id: 'web/front' as ServiceId } as const
    const hops = hopsOf(snapshot, { kind: 'host', node }, look, {
      key: clean('web/front'),
      other,
      isAccepted: false,
      sockets: 0,
      over: 0,
      partners: [],
    })
    expect(hops.find(({ kind }) => kind === 'service')).toMatchObject({
      band: 'warning',
      figures: [{ words: '2 of 3 endpoints ready' }],
    })
  })
})
