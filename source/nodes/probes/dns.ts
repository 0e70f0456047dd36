import type { Absence } from '../../events/origin.ts'
import type { MetricId } from '../../metrics/catalogue.ts'
import { ipv6OfHex } from '../address.ts'
import { readAnswer } from '../dns/answer.ts'
import { captureBySudo } from '../dns/capture-by-sudo.ts'
import { captureLease, captureScript, droppedIn, explainEnd } from '../dns/capture-command.ts'
import { createDnsCounter, type DnsCounter, type DnsReading, type Figure } from '../dns/counter.ts'
import { createPcapDecoder, type PcapDecoder } from '../dns/pcap.ts'
import { inSubnetOf } from '../dns/subnet.ts'
import { type ChosenVantage, chooseVantage, podBridges } from '../dns/vantage.ts'
import { throughSudo } from '../privilege/root-needed.ts'
import type { Probe, ProbeContext, Refusal, Script, Section, StreamTier } from '../probe.ts'
import { refuse } from '../refuse.ts'
import type { Take } from '../sampler/take.ts'
import { detail, miss, nothingTaken, type Taken, take } from '../taken.ts'
import { rate } from './rates.ts'

/** Packets per second on the interface above which a capture is not begun, and above which it ends. */
const packetLimits = { start: 100_000, stop: 300_000 } as const

/** Rows of the tallies of names and of clients that leave the probe. */
const tallyRows = 50

/** Seconds between two tellings of who asked for what: those are all rows that are kept. */
const pairsEvery = 5

/** Seconds for which two captures overlap, so that nothing is missed between them. */
const overlap = 5

const takes: Readonly<Record<string, Take>> = {
  names: { kind: 'lines', file: '/proc/net/dev', fields: [1], every: 5 },
  counts: {
    kind: 'rows',
    file: '/proc/net/dev',
    // The kernel writes a name to the right of six columns.
    begin: ['lo', ...podBridges].map((name) => `${name.padStart(6)}:`),
    fields: [1, 3, 11],
    every: 1,
  },
  interfaces: { kind: 'interfaces', file: '/proc/net/dev', every: 1 },
  routes: { kind: 'whole', file: '/proc/net/route', every: 60 },
  routes6: { kind: 'lines', file: '/proc/net/ipv6_route', field: 2, first: ['00'], every: 60 },
  resolver: { kind: 'whole', file: '/etc/resolv.conf', every: 60 },
  addresses: { kind: 'addresses', file: '/proc/net/fib_trie', every: 60 },
  // Address, length of its prefix, interface.
  addresses6: { kind: 'lines', file: '/proc/net/if_inet6', fields: [1, 3, 6], every: 60 },
}

/** The node's own addresses, in the form in which packets give them. */
const ownAddresses = (section: Section): ReadonlySet<string> => {
  const six = (section.lines('addresses6') ?? []).flatMap((line) => ipv6OfHex(line.slice(0, 32)) ?? [])
  return new Set([...(section.lines('addresses') ?? []), ...six])
}

const vantageOf = (section: Section): ChosenVantage | Refusal => {
  const own = ownAddresses(section)
  return chooseVantage({
    interfaces: section.lines('names') ?? [],
    routes: section.lines('routes') ?? [],
    routes6: section.lines('routes6') ?? [],
    resolvConf: section.lines('resolver'),
    own: (address) => own.has(address),
  })
}

/** Packets so far on an interface, both ways; NaN where they are not read. */
const packetsOn = (section: Section, name: string): number => {
  const counted = section
    .lines('counts')
    ?.find((line) => line.startsWith(`${name}: `))
    ?.split(' ')
  if (counted !== undefined) return Number(counted[1]) + Number(counted[2])
  const physical = section
    .lines('interfaces')
    ?.find((line) => line.startsWith(`${name} `))
    ?.split(' ')
  return physical === undefined ? Number.NaN : Number(physical[2]) + Number(physical[7])
}

interface State {
  readonly vantage: ChosenVantage | undefined
  readonly counter: DnsCounter | undefined
  /** By capture: two overlap while one takes over from the other. */
  readonly decoders: ReadonlyMap<number, PcapDecoder>
  readonly packets: number
  readonly packetRate: number
  /** Our time at which it was told who asked for what. */
  readonly pairsAt: number
  readonly failure: Refusal | undefined
}

// Nothing is carried into another session: a second without a capture is none without lookups.
const start: State = {
  vantage: undefined,
  counter: undefined,
  decoders: new Map(),
  packets: Number.NaN,
  packetRate: Number.NaN,
  pairsAt: Number.NEGATIVE_INFINITY,
  failure: undefined,
}

/** A counter for the vantage as it is now; a capture that moved elsewhere begins anew. */
const counting = (state: State, context: ProbeContext): State => {
  const vantage = vantageOf(context.section)
  if ('missing' in vantage) return state
  if (state.counter !== undefined && state.vantage?.interface === vantage.interface) return state
  const own = ownAddresses(context.section)
  const evidence = {
    routes: context.section.lines('routes') ?? [],
    addresses6: context.section.lines('addresses6') ?? [],
  }
  const pod = inSubnetOf(evidence, vantage.interface)
  const isOwn = (address: string): boolean => own.has(address) || (vantage.vantage === 'pods' && pod(address))
  return { ...state, vantage, decoders: new Map(), counter: createDnsCounter({ vantage: vantage.vantage, own: isOwn }) }
}

const figures: readonly (readonly [MetricId, (reading: DnsReading) => DnsReading['lookups']])[] = [
  ['dns.lookups', ({ lookups }) => lookups],
  ['dns.served', ({ served }) => served],
  ['dns.upstream', ({ upstream }) => upstream],
  ['dns.nxdomain_share', ({ nxdomainShare }) => nxdomainShare],
  ['dns.servfail_share', ({ servfailShare }) => servfailShare],
]

const takeReading = (taken: Taken, reading: DnsReading, vantage: ChosenVantage): void => {
  const words = `on ${vantage.interface}: ${vantage.sees}${reading.exact ? '' : ', some counted twice'}`
  for (const [metric, of] of figures) {
    const figure = of(reading)
    if (figure === undefined) continue
    if (isMissing(figure)) {
      miss(taken, metric, figure.missing, figure.advice)
      continue
    }
    take(taken, metric, figure.value, {
      window: figure.window,
      ...(figure.observations === undefined ? {} : { observations: figure.observations }),
    })
    detail(taken, metric, words, { scope: vantage.vantage === 'pods' ? 'node' : 'host' })
  }
}

const isMissing = (figure: Figure | Absence): figure is Absence => 'missing' in figure

const takeTallies = (taken: Taken, counter: DnsCounter, withPairs: boolean): void => {
  const { names, clients, seconds } = counter.tallies(tallyRows)
  taken.tallies = [
    { what: 'lookup-names', seconds, ...names },
    { what: 'lookup-clients', seconds, ...clients },
    ...(withPairs ? [{ what: 'lookup-pairs' as const, seconds, ...counter.byClient() }] : []),
  ]
}

/** Whether some capture is open: tcpdump writes the head of its file only then. */
const isCapturing = ({ decoders }: State): boolean =>
  [...decoders.values()].some((decoder) => {
    const now = decoder.state()
    return 'waiting' in now && now.waiting === 'records'
  })

const tooBusy = (packets: number, limit: number): Refusal =>
  refuse(
    'no-data',
    `${Math.round(packets / 1000)}k packets/s pass here: a capture above ${limit / 1000}k/s would cost too much`,
  )

const tier: StreamTier<State> = {
  kind: 'stream',
  tier: 'tcpdump',
  metrics: figures.map(([metric]) => metric),
  start,
  lease: captureLease,
  overlap,
  optIn: {
    name: 'dns-capture',
    settle: 9,
    cost: 'about 2 us of CPU per answer, and 0.4 us per packet that passes the interface; not promiscuous',
  },
  scripts: () => [captureScript('INTERFACE'), captureBySudo('INTERFACE')].filter((script) => script !== undefined),
  program(context): Script | Refusal {
    if (context.section.lines('names') === undefined) return refuse('no-data', 'waiting for the first reading')
    if (!context.flags.tools.has('tcpdump')) return refuse('no-tool', 'install tcpdump on the node')
    const vantage = vantageOf(context.section)
    if ('missing' in vantage) return vantage
    // Without sudo it is tried: tcpdump may have the capability that it takes.
    const isPlain = context.flags.uid === 0 || context.settings.sudo === undefined
    const script = (isPlain ? captureScript : captureBySudo)(vantage.interface)
    if (script === undefined)
      return refuse('no-data', `${vantage.interface} is no interface name that is passed to tcpdump`)
    return isPlain ? script : throughSudo(context, script, 'Capturing needs root, and sudo gave none.')
  },
  step(before, chunk, source, context) {
    const state = counting(before, context)
    const decoder = state.decoders.get(source) ?? createPcapDecoder()
    for (const packet of decoder.push(chunk)) {
      const answer = readAnswer(packet)
      if (answer !== undefined) state.counter?.add(answer)
    }
    const now = decoder.state()
    const failure: Refusal | undefined = 'failed' in now ? { missing: 'no-data', advice: now.failed } : state.failure
    const decoders = state.decoders.has(source)
      ? state.decoders
      : new Map([...[...state.decoders].filter(([other]) => other >= source - 1), [source, decoder]])
    return { ...state, decoders, failure }
  },
  tick(before, at, running, context) {
    const counted = counting(before, context)
    const taken = nothingTaken()
    const { vantage, counter } = counted
    if (vantage === undefined || counter === undefined) return { state: counted, taken }
    const fresh = context.section.fresh('counts') || context.section.fresh('interfaces')
    const packets = packetsOn(context.section, vantage.interface)
    const packetRate = fresh ? rate(counted.packets, packets, context.section.seconds('counts')) : counted.packetRate
    const state = { ...counted, packets: fresh ? packets : counted.packets, packetRate }
    if (state.failure !== undefined) return { state: start, taken, stop: state.failure }
    if (packetRate > packetLimits.stop) return { state, taken, stop: tooBusy(packetRate, packetLimits.stop) }
    if (!running && packetRate > packetLimits.start)
      return { state, taken, stop: tooBusy(packetRate, packetLimits.start) }
    takeReading(taken, counter.complete(at, running && isCapturing(state)), vantage)
    const withPairs = at - state.pairsAt >= pairsEvery
    takeTallies(taken, counter, withPairs)
    return { state: withPairs ? { ...state, pairsAt: at } : state, taken }
  },
  ended(code, cleaned) {
    // Line ends do not survive cleaning.
    const stderr = cleaned.replaceAll('\ufffd', '\n')
    const dropped = droppedIn(stderr) ?? 0
    if (dropped > 0)
      return refuse('no-data', `the kernel dropped ${dropped} packets of the capture: it is not complete, and ended`)
    return explainEnd(code, stderr)
  },
}

/** DNS answers to this node's clients, by a capture that has to be asked for. */
export const dnsProbe: Probe = { name: 'dns', takes, tiers: [tier] }
