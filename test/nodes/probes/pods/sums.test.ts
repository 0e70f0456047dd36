import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../../../source/metrics/catalogue.ts'
import { createNamespaceRounds } from '../../../../source/nodes/namespace-rounds.ts'
import type { NamespaceReads } from '../../../../source/nodes/other-namespaces.ts'
import type { FileTier, Probe } from '../../../../source/nodes/probe.ts'
import { tcpProbe } from '../../../../source/nodes/probes/tcp.ts'
import { udpProbe } from '../../../../source/nodes/probes/udp.ts'
import type { NamespaceKey } from '../../../../source/nodes/sampler/take.ts'
import { nothingTaken, type Taken } from '../../../../source/nodes/taken.ts'
import { clean } from '../../../../source/text/clean.ts'
import { contextOf } from '../../section.ts'
import { observationsOf, valueOf } from '../recorded.ts'

/** Counters of the host: the first word of each take, and what stands behind it. */
interface Host {
  readonly resets?: number
  readonly sent?: number
  readonly resent?: number
  readonly out?: number
}

/** What the sampler has added up of the pods. */
interface Pods {
  readonly epoch?: string
  readonly read: number
  /** Seconds between reads, over all namespaces. */
  readonly covered: number
  readonly resets?: number
  readonly sent?: number
  readonly resent?: number
  readonly out?: number
  readonly out6?: number
}

const hostLines = ({
  resets = 0,
  sent = 0,
  resent = 0,
  out = 0,
}: Host): Readonly<Record<string, readonly string[]>> => ({
  snmp: [`Tcp:EstabResets ${resets}`, `Tcp:OutSegs ${sent}`, `Tcp:RetransSegs ${resent}`],
  netstat: ['TcpExt:ListenOverflows 0', 'TcpExt:TCPSynRetrans 0'],
  v4: [`Udp:OutDatagrams ${out}`, 'Udp:InErrors 0'],
  v6: ['Udp6OutDatagrams 0', 'Udp6InErrors 0'],
})

const podLine = ({ epoch = '5.00', read, covered, ...sums }: Pods): string => {
  const { resets = 0, sent = 0, resent = 0, out = 0, out6 = 0 } = sums
  return [epoch, read, Math.round(covered * 100), resets, sent, resent, out, 0, 0, 0, out6, 0].join(' ')
}

const known = (found: number, every = 5): NamespaceReads => ({
  others: {
    kind: 'known',
    found,
    keys: Array.from({ length: found }, (_, index) => `${index + 1}:1:1` as NamespaceKey),
  },
  every,
})

interface Second {
  readonly host?: Host
  readonly pods?: Pods
  readonly namespaces?: NamespaceReads
  readonly engine?: string
}

/** What a probe takes in each of some seconds. */
const seconds = (probe: Probe, history: readonly Second[], tick = 1): readonly Taken[] => {
  const tier = probe.tiers.find(({ kind }) => kind === 'files') as FileTier<unknown>
  const state = tier.begin()
  return history.map(({ host = {}, pods, namespaces, engine = 'awk' }, index) => {
    const lines = hostLines(host)
    const section = {
      lines: (take: string) => (take === 'pods' ? pods && [podLine(pods)] : lines[take]),
      fresh: () => true,
      seconds: () => (index === 0 ? Number.NaN : tick),
      there: () => true,
    }
    const flags = { uid: 0, engine, paths: new Set<string>(), tools: new Set<string>() }
    const taken = nothingTaken()
    tier.step(state, section, taken, contextOf(section, { namespaces, flags }))
    return taken
  })
}

/**
 * What is taken of a node whose namespaces are read in turn, in ticks of so many seconds: in one of them grows a counter by
 * a hundred a second, in the others nothing does.
 */
const oneHot = (found: number, hot: number, tick: number): readonly Taken[] => {
  const rounds = createNamespaceRounds()
  const namespaces = known(found)
  rounds.know(namespaces.others)
  const readAt = new Map<string, number>()
  let [covered, resets] = [0, 0]
  const history = Array.from({ length: 40 }, (_, index): Second => {
    const at = index * tick
    const { list, count } = rounds.next(false) ?? expect.fail('nothing is read')
    for (const key of list().slice(0, count)) {
      const since = at - (readAt.get(key) ?? at)
      covered += since
      if (key === `${hot}:1:1`) resets += since * 100
      readAt.set(key, at)
    }
    const sums = { read: readAt.size, covered: Math.round(covered * 100) / 100, resets: Math.round(resets) }
    return { pods: sums, namespaces: known(found, rounds.every()) }
  })
  return seconds(tcpProbe, history, tick)
}

const last = (taken: readonly Taken[]): Taken => {
  const found = taken.at(-1)
  if (found === undefined) throw new Error('no seconds')
  return found
}

const scopeOf = (taken: Taken, metric: MetricId) => taken.details.get(metric)

describe('counters of pods', () => {
  test('are added to those of the host as rates', () => {
    // Two namespaces, each read once in 5 s: ten resets of theirs in five seconds.
    const taken = seconds(tcpProbe, [
      { host: { resets: 0 }, pods: { read: 2, covered: 0 }, namespaces: known(2) },
      { host: { resets: 1 }, pods: { read: 2, covered: 10, resets: 10 }, namespaces: known(2) },
    ])
    expect(valueOf(last(taken), 'tcp.resets')).toBe(1 + 2)
    expect(scopeOf(last(taken), 'tcp.resets')).toEqual({ scope: 'node', namespaces: { read: 3, of: 3 } })
  })

  test('move the share of segments sent again, by what both sent', () => {
    const taken = seconds(tcpProbe, [
      { pods: { read: 1, covered: 0 }, namespaces: known(1) },
      { host: { sent: 900 }, pods: { read: 1, covered: 1, sent: 50, resent: 50 }, namespaces: known(1) },
    ])
    expect(valueOf(last(taken), 'tcp.retransmit_share')).toBe(5)
    expect(observationsOf(last(taken), 'tcp.retransmit_share')).toBe(1000)
  })

  test('of both address families are datagrams', () => {
    const taken = seconds(udpProbe, [
      { pods: { read: 1, covered: 0 }, namespaces: known(1) },
      { host: { out: 5 }, pods: { read: 1, covered: 2, out: 4, out6: 6 }, namespaces: known(1) },
    ])
    expect(valueOf(last(taken), 'udp.datagrams_out')).toBe(10)
    expect(scopeOf(last(taken), 'udp.receive_errors')).toMatchObject({ scope: 'node' })
  })

  test('are not spoken of before any namespace was read twice, nor before they were searched for', () => {
    const taken = seconds(tcpProbe, [
      {},
      { pods: { read: 2, covered: 0 }, namespaces: known(2) },
      { pods: { read: 2, covered: 0 }, namespaces: known(2) },
    ])
    for (const one of taken) expect(scopeOf(one, 'tcp.resets')?.scope).toBeUndefined()
  })

  test.for([
    [100, 1],
    [100, 50],
    [100, 100],
    [20, 7],
    [1, 1],
  ] as const)('of %i namespaces are never more than they are, and what they are once all were read', ([found, hot]) => {
    for (const tick of [0.998, 1, 1.002]) {
      const taken = oneHot(found, hot, tick)
      const values = taken.map((one) => valueOf(one, 'tcp.resets'))
      for (const value of values.slice(1)) expect(value).toBeLessThanOrEqual(100 / 0.949)
      for (const value of values.slice(12)) expect(Math.abs((value ?? Number.NaN) - 100)).toBeLessThanOrEqual(10)
      const read = taken.map((one) => scopeOf(one, 'tcp.resets')?.namespaces?.read ?? 0)
      expect(read).toEqual(read.toSorted((one, other) => one - other))
      expect(read.at(-1)).toBe(1 + found)
    }
  })

  test('make no spike when another sampler begins to add up, nor when they are first known', () => {
    const taken = seconds(tcpProbe, [
      { pods: { read: 9, covered: 1e6, resets: 1e6 }, namespaces: known(9) },
      { pods: { read: 9, covered: 1e6, resets: 1e6 }, namespaces: known(9) },
      { pods: { epoch: '99.00', read: 9, covered: 3, resets: 40 }, namespaces: known(9) },
      { pods: { epoch: '99.00', read: 9, covered: 12, resets: 40 }, namespaces: known(9) },
    ])
    const values = taken.map((one) => valueOf(one, 'tcp.resets'))
    expect(values).toEqual([Number.NaN, 0, 0, 0])
  })

  test.for([
    ['tcp.resets', tcpProbe],
    ['tcp.retransmit_share', tcpProbe],
    ['udp.datagrams_out', udpProbe],
  ] as const)(
    'leave a gap in %s where another sampler begins to read them, and not the host alone',
    ([metric, probe]) => {
      const host = (at: number): Host => ({ resets: at, sent: at * 10, resent: at, out: at })
      const pods = (epoch: string, covered: number): Pods => ({
        epoch,
        read: 2,
        covered,
        resets: covered,
        sent: covered,
        out: covered,
      })
      const history = [
        ...[0, 2, 4].map((covered) => pods('1.00', covered)),
        // The other one has read one of two for a time at first.
        ...[0, 0, 1, 3, 20].map((covered) => pods('9.00', covered)),
      ]
      const taken = seconds(
        probe,
        history.map((sums, at) => ({ host: host(at), pods: sums, namespaces: known(2) })),
      )
      const isGap = taken.map((one) => Number.isNaN(valueOf(one, metric)))
      expect(isGap).toEqual([true, false, false, true, true, true, true, false])
      expect(new Set(taken.slice(1).map((one) => scopeOf(one, metric))).size).toBe(1)
      expect(scopeOf(last(taken), metric)?.scope).toBe('node')
    },
  )

  test('that nobody can read any more are given up after three rounds', () => {
    const read = [0, 1].map((covered): Second => ({ pods: { read: 1, covered }, namespaces: known(1) }))
    const unread = Array.from({ length: 16 }, (): Second => ({ namespaces: known(1) }))
    const taken = seconds(tcpProbe, [...read, ...unread])
    expect(taken.slice(2, -1).map((one) => valueOf(one, 'tcp.resets'))).toEqual(Array(15).fill(Number.NaN))
    expect(valueOf(last(taken), 'tcp.resets')).toBe(0)
    expect(scopeOf(last(taken), 'tcp.resets')?.scope).toBeUndefined()
  })

  test('of a node that has none are none, and it speaks for all of itself', () => {
    const taken = seconds(tcpProbe, [{ namespaces: known(0) }, { host: { resets: 2 }, namespaces: known(0) }])
    expect(valueOf(last(taken), 'tcp.resets')).toBe(2)
    expect(scopeOf(last(taken), 'tcp.resets')).toEqual({ scope: 'node', namespaces: { read: 1, of: 1 } })
  })

  test('that are read less often say so', () => {
    const taken = seconds(tcpProbe, [
      { pods: { read: 1, covered: 0 }, namespaces: known(1, 12) },
      { pods: { read: 1, covered: 12, resets: 6 }, namespaces: known(1, 12) },
    ])
    expect(scopeOf(last(taken), 'tcp.resets')?.words).toBe('pods every 12 s')
    expect(valueOf(last(taken), 'tcp.resets')).toBe(0.5)
  })

  test('that cannot be had leave the host, and the reason stands beside it', () => {
    const unknown: NamespaceReads = { others: { kind: 'unknown', cause: clean('hidepid') }, every: 5 }
    const taken = seconds(tcpProbe, [{}, { host: { resets: 3 }, namespaces: unknown }])
    expect(valueOf(last(taken), 'tcp.resets')).toBe(3)
    expect(scopeOf(last(taken), 'tcp.resets')).toEqual({ words: 'host only: hidepid' })
    const bare = seconds(udpProbe, [{ engine: 'head' }])
    expect(scopeOf(last(bare), 'udp.datagrams_out')?.words).toMatch(/^host only: without awk/)
  })

  test('say nothing new by the same words, so that nobody looks at them again', () => {
    const second: Second = { pods: { read: 1, covered: 1 }, namespaces: known(0) }
    const [, one, other] = seconds(tcpProbe, [second, second, second])
    expect(other?.details).toBe(one?.details)
  })

  test('are left alone by a line that makes no sense', () => {
    const taken = seconds(tcpProbe, [
      { pods: { read: 1, covered: 0 }, namespaces: known(1) },
      { pods: { read: 1, covered: Number.NaN }, namespaces: known(1) },
      { host: { resets: 4 }, pods: { read: 1, covered: 5, resets: 50 }, namespaces: known(1) },
    ])
    expect(valueOf(last(taken), 'tcp.resets')).toBe(4)
  })
})
