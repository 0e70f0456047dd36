import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../../source/events/address.ts'
import { inquiryKey, type Report } from '../../../source/events/inquiry.ts'
import type { StackCounter } from '../../../source/events/look-stack.ts'
import type { FlowGroup, Look, Neighbour, Route, RoutingRule, Socket } from '../../../source/events/looks.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import { createTheme } from '../../../source/interface/theme.ts'
import { podScreen } from '../../../source/screens/pod/screen.ts'
import { createStore } from '../../../source/store/store.ts'
import { clean } from '../../../source/text/clean.ts'
import { paintedWidth } from '../../../source/text/colour.ts'
import { cleanText, colourDepth, glyphLevel, terminalSize } from '../../interface/arbitraries.ts'
import { clock, link } from '../../scenarios/cluster.ts'
import { allLive, cluster } from '../../scenarios/kubernetes.ts'
import { conntrackLook, footing, routesLook, socketsLook, stackLook } from '../../scenarios/looks.ts'

const node = 'worker-1' as NodeName

/** Addresses as the kernel prints them, and whatever else. */
const address = () =>
  fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('*', '', 'fe80::1%eth0')).map((text) => clean(text))
const text = () => fc.oneof(address(), cleanText())
const amount = () => fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e18, noNaN: true }))
const family = () => fc.constantFrom<4 | 6>(4, 6)

const sockets: fc.Arbitrary<Socket> = fc.record(
  {
    protocol: fc.constantFrom<'tcp' | 'udp'>('tcp', 'udp'),
    state: fc.oneof(
      fc.constantFrom('ESTAB', 'LISTEN', 'TIME-WAIT').map((state) => clean(state)),
      cleanText(),
    ),
    localAddress: text(),
    localPort: fc.nat(65_535),
    peerAddress: text(),
    peerPort: fc.nat(65_535),
    receiveQueue: fc.nat(),
    sendQueue: fc.nat(),
    rtt: amount(),
    leastRtt: amount(),
    retransmits: fc.nat(),
    retransmitsPerSecond: amount(),
    sentPerSecond: amount(),
    bytesSent: amount(),
    bytesReceived: amount(),
    process: cleanText(),
  },
  {
    requiredKeys: [
      'protocol',
      'state',
      'localAddress',
      'localPort',
      'peerAddress',
      'peerPort',
      'receiveQueue',
      'sendQueue',
    ],
  },
)

const words = { gateway: text(), device: cleanText(), source: text(), protocol: cleanText(), scope: cleanText() }
const routes: fc.Arbitrary<Route> = fc.record({
  ...words,
  family: family(),
  destination: text(),
  kind: cleanText(),
  table: cleanText(),
})
const rules: fc.Arbitrary<RoutingRule> = fc.record({
  family: family(),
  priority: fc.nat(),
  selector: cleanText(),
  action: cleanText(),
})
const neighbours: fc.Arbitrary<Neighbour> = fc.record({
  address: text(),
  device: cleanText(),
  mac: cleanText(),
  state: cleanText(),
})

const ipAddress = () => fc.oneof(fc.ipV4(), fc.ipV6()).map((text) => text as Address)
const flow: fc.Arbitrary<FlowGroup> = fc.record(
  {
    protocol: fc.oneof(fc.constant(clean('tcp')), cleanText()),
    state: cleanText(),
    standing: fc.constantFrom<FlowGroup['standing']>('assured', 'unreplied', 'replied'),
    source: ipAddress(),
    destination: ipAddress(),
    port: fc.nat(65_535),
    answerer: ipAddress(),
    answererPort: fc.nat(65_535),
    answered: ipAddress(),
    count: fc.integer({ min: 1, max: 1e7 }),
  },
  { requiredKeys: ['protocol', 'state', 'standing', 'source', 'destination', 'answerer', 'answered', 'count'] },
)
const flows = fc
  .tuple(fc.array(flow, { maxLength: 20 }), fc.nat(5000))
  .map(([groups, rest]) => ({ groups, rest, total: groups.reduce((sum, { count }) => sum + count, rest) }))
const tracked = fc.record(
  {
    addresses: fc.array(ipAddress(), { maxLength: 4 }),
    entries: fc.nat(),
    maximum: fc.nat(),
    expectedCost: amount(),
    isQuestion: fc.boolean(),
    flows: fc.record({ client: flows, backend: flows, others: fc.nat() }),
    cost: amount(),
    own: fc.record(
      {
        entries: fc.nat(),
        counters: fc.array(fc.record({ name: cleanText(), value: fc.nat() }), { maxLength: 5 }),
        flows,
      },
      { requiredKeys: ['entries', 'counters'] },
    ),
  },
  { requiredKeys: ['addresses', 'entries', 'maximum', 'expectedCost', 'isQuestion'] },
)

/** Counters that have a meaning here, and others. */
const counter: fc.Arbitrary<StackCounter> = fc.record(
  {
    name: fc.oneof(
      fc.constantFrom('TcpRetransSegs', 'TcpCurrEstab', 'UdpRcvbufErrors', 'Ip6InNoRoutes').map((name) => clean(name)),
      cleanText(),
    ),
    value: amount(),
    perSecond: amount(),
  },
  { requiredKeys: ['name', 'value'] },
)

const common = fc.record({
  footing: cleanText().map((way) => footing({ way })),
  lacks: fc.array(fc.record({ what: cleanText(), advice: cleanText() }), { maxLength: 3 }),
})

const looks: fc.Arbitrary<Look> = fc.oneof(
  fc
    .tuple(fc.array(sockets, { maxLength: 60 }), common, fc.nat(9000))
    .map(([found, more, beyond]) => socketsLook(found, { ...more, total: found.length + beyond })),
  fc
    .record({
      routes: fc.array(routes, { maxLength: 30 }),
      rules: fc.array(rules, { maxLength: 5 }),
      neighbours: fc.array(neighbours, { maxLength: 10 }),
    })
    .chain((lists) => common.map((more) => routesLook({ ...lists, ...more }))),
  // What it was given is whole: of what is not there nothing is taken from the example.
  fc.tuple(tracked, common).map(([more, others]): Look => {
    const { flows: _, cost: __, own: ___, ...example } = conntrackLook([])
    return { ...example, ...more, ...others }
  }),
  fc
    .tuple(fc.array(counter, { maxLength: 60 }), common, fc.option(amount(), { nil: undefined }))
    .map(([counters, more, seconds]): Look => {
      const { seconds: _, ...example } = stackLook({})
      return { ...example, ...more, counters, ...(seconds === undefined ? {} : { seconds }) }
    }),
)

const reports: fc.Arbitrary<{ readonly look: Look; readonly report: Report }> = fc
  .tuple(looks, cleanText(), fc.boolean())
  .map(([look, cause, isLive]) => ({
    look,
    report: isLive ? { state: 'live', at: 0, look } : { state: 'ended', at: 0, look, cause },
  }))

const actions = fc.array(
  fc.constantFrom('down', 'bottom', 'page-up', 'right', 'sort', 'list 2', 'list 3', 'list 1', 'by-hand', 'again'),
  { maxLength: 8 },
)

describe('sockets, routes, tracked connections and counters', () => {
  test('fill what they are given and nothing more, whatever a node says, wherever one goes in them', () => {
    fc.assert(
      fc.property(
        reports,
        terminalSize(),
        colourDepth(),
        glyphLevel(),
        actions,
        fc.oneof(fc.constant(''), fc.string({ maxLength: 4 })),
        ({ look, report }, size, depth, glyphs, pressed, filter) => {
          const store = createStore()
          const key = inquiryKey({ node, place: { kind: 'host' }, tab: look.tab })
          store.apply([cluster(), ...allLive, link(node, 0, 'live'), { type: 'report', key, report }, clock(1)])
          const snapshot = store.snapshot()
          let open = podScreen.open({ node, tab: look.tab }).filter(filter)
          for (const action of pressed) open = open.press(action, snapshot, size, snapshot).open
          const lines = open.body(snapshot, size, createTheme(depth, glyphs))
          expect(lines).toHaveLength(size.rows)
          for (const line of lines) expect(paintedWidth(line)).toBe(size.columns)
          expect((open.hint(snapshot, size) ?? []).length).toBeLessThanOrEqual(2)
        },
      ),
    )
  })
})
