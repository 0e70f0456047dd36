import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { atRank, median } from '../../../source/metrics/ranks.ts'
import type { CommandOutput, CommandTier, ProbeContext } from '../../../source/nodes/probe.ts'
import { listingScript, rttProbe } from '../../../source/nodes/probes/rtt.ts'
import type { Taken } from '../../../source/nodes/taken.ts'
import { contextOf, sectionsOf } from '../section.ts'
import { eligibleIn, lineOf, parseListing, type TcpSocket } from './listed-sockets.ts'
import { behindOf, observationsOf, valueOf, valuesOf } from './recorded.ts'

const folder = join(import.meta.dirname, '../../fixtures/ss')
const listing = readFileSync(join(folder, 'two-line.txt'), 'utf8')
const tier = rttProbe.tiers[1] as CommandTier<unknown>

const section = sectionsOf({}, [{ uptime: 1, files: {} }]).next().value
if (section === undefined) throw new Error('no section')
const context = (ownPeers: readonly string[] = []): ProbeContext =>
  contextOf(section, { settings: { etcdMetrics: [], ownPeers } })

/** Steps through runs of the command, 5 s apart unless said otherwise; what the last one took. */
const afterRuns = (runs: readonly (string | Partial<CommandOutput>)[], ownPeers: readonly string[] = []): Taken => {
  let state = tier.start
  let taken: Taken | undefined
  runs.forEach((run, index) => {
    const output = {
      status: 0,
      cut: false,
      seconds: index === 0 ? Number.NaN : 5,
      text: '',
      ...(typeof run === 'string' ? { text: run } : run),
    }
    const step = tier.step(state, output, context(ownPeers))
    state = step.state
    taken = step.taken
  })
  if (taken === undefined) throw new Error('no runs')
  return taken
}

/** A listing of sockets with these round-trip times, each to a peer of its own. */
const sockets = (times: readonly number[], more = ' lastsnd:10 lastack:10'): string =>
  `${times.map((time, index) => `0 0 10.0.0.1:${index + 1} 10.1.0.1:443\n\t cubic rtt:${time}/1 minrtt:0.1${more}\n`).join('')}end 0\n`

const windowOf = (taken: Taken): number | undefined => behindOf(taken, 'rtt.p99')?.window

test('the host’s sockets are not listed beside those of all namespaces', () => {
  const besides = contextOf(section, { has: (metric) => metric === 'rtt.sockets' })
  expect(tier.program(besides)).toMatchObject({ missing: 'not-applicable' })
})

describe('which sockets count', () => {
  test('of a real listing those that send and are answered, to other machines', () => {
    const peers = eligibleIn(`${listing}end 0\n`).map(({ local, peer }) => `${local} ${peer}`)
    expect(peers).toEqual([
      '10.77.0.1:38196 10.77.0.2:7000',
      '10.77.0.1:38198 10.77.0.2:7000',
      '10.77.0.1:38208 10.77.0.2:7000',
      '10.77.0.1:38210 10.77.0.2:7000',
      'fe80::44e5:cbff:fec0:da7a:50682 fe80::34ef:8aff:fe3c:cf82:7000',
      'fd77::1:39098 fd77::2:7000',
    ])
  })

  const one: TcpSocket = { local: '10.0.0.1:1', peer: '10.0.0.2:2', rtt: 1, minimum: 1, sent: 4999, acknowledged: 4999 }
  test.each([
    ['one that sent and was answered within 5 s', {}, 1],
    ['one that only receives', { sent: 5000 }, 0],
    ['one that only sends', { acknowledged: 5000 }, 0],
    ['one without a round-trip time', { rtt: Number.NaN }, 0],
    ['one whose times are not numbers', { sent: Number.NaN }, 0],
    ['one to 127.0.0.0/8', { peer: '127.8.8.8:2' }, 0],
    ['one to ::1', { peer: '::1:2' }, 0],
    ['one to an address of its own', { peer: '10.0.0.1:2' }, 0],
    ['one to an address that begins like loopback', { peer: '12.7.0.0:2' }, 1],
  ] as const)('%s', (_, change, count) => {
    expect(eligibleIn(`${lineOf({ ...one, ...change })}end 0\n`)).toHaveLength(count)
  })

  test('an address that any socket has as its own is here, however fresh', () => {
    const other = { ...one, local: '10.0.0.2:9', peer: '10.0.0.3:9', sent: 9e6 }
    expect(eligibleIn(`${lineOf(one)}${lineOf(other)}end 0\n`)).toEqual([])
  })

  test("kntop's own connection does not: by the session's client, and by what the settings name", () => {
    const text = sockets([1, 2])
    expect(valueOf(afterRuns([text]), 'rtt.sockets')).toBe(2)
    expect(valueOf(afterRuns([`client 10.1.0.1 443 10.0.0.1 22\n${text}`]), 'rtt.sockets')).toBe(0)
    expect(valueOf(afterRuns([text], ['10.0.0.1:2']), 'rtt.sockets')).toBe(1)
    expect(valueOf(afterRuns([text], ['[::ffff:10.1.0.1]:443']), 'rtt.sockets')).toBe(0)
  })
})

describe('the median', () => {
  test('is there from one socket on, with their number', () => {
    const taken = afterRuns([sockets([0.061])])
    expect(valuesOf(taken)).toEqual({ 'rtt.sockets': 1, 'rtt.p50': 0.061, 'rtt.min': 0.1 })
    expect(observationsOf(taken, 'rtt.p50')).toBe(1)
  })

  test('is of the kernel smoothed times of one run', () => {
    const taken = afterRuns([sockets([500, 500]), sockets([3, 1, 10])])
    expect(valuesOf(taken)).toMatchObject({ 'rtt.p50': 3, 'rtt.sockets': 3 })
  })

  test('of the real listing is what one reads in it by eye', () => {
    expect(valuesOf(afterRuns([`${listing}end 0\n`]))).toEqual({ 'rtt.sockets': 6, 'rtt.p50': 0.159, 'rtt.min': 0.008 })
  })

  test('no fresh socket is no median, and a number of sockets that is truly 0', () => {
    const taken = afterRuns([sockets([1], ' lastsnd:6000 lastack:3')])
    expect(valuesOf(taken)).toEqual({ 'rtt.sockets': 0 })
    for (const metric of ['rtt.p50', 'rtt.min'] as const)
      expect(taken.missing.get(metric)).toEqual({
        missing: 'no-data',
        advice: 'no socket to another machine sent and was answered within 5 s',
      })
  })

  test('a kernel without minrtt loses the minimum only', () => {
    const taken = afterRuns([sockets([1]).replaceAll(/minrtt:\S+/g, '')])
    expect(valueOf(taken, 'rtt.p50')).toBe(1)
    expect(taken.missing.get('rtt.min')?.missing).toBe('no-kernel')
  })
})

describe('the 99th percentile', () => {
  const many = (count: number, time: number): string => sockets(Array.from({ length: count }, () => time))

  test('waits for 500 socket readings and says how far it is', () => {
    const taken = afterRuns([many(60, 1), many(60, 1)])
    expect(taken.missing.get('rtt.p99')).toEqual({ missing: 'no-data', advice: '120 of 500 socket readings' })
  })

  test('is over all readings of the window', () => {
    const taken = afterRuns([many(490, 1), many(10, 200)])
    expect(valueOf(taken, 'rtt.p99')).toBe(200)
    expect(observationsOf(taken, 'rtt.p99')).toBe(500)
    expect(windowOf(taken)).toBe(10)
  })

  test('forgets what is older than five minutes', () => {
    const runs = Array.from({ length: 62 }, (_, index) => many(index === 0 ? 490 : 9, index === 0 ? 900 : 1))
    const taken = afterRuns(runs)
    expect(valueOf(taken, 'rtt.p99')).toBe(1)
    expect(observationsOf(taken, 'rtt.p99')).toBe(540)
    expect(windowOf(taken)).toBe(300)
  })

  test('looks back no further than 2,000 readings need', () => {
    const taken = afterRuns([many(1500, 900), many(1500, 1), many(1500, 1)])
    expect(valueOf(taken, 'rtt.p99')).toBe(1)
    expect(observationsOf(taken, 'rtt.p99')).toBe(3000)
    expect(windowOf(taken)).toBe(10)
  })

  test('begins anew after a gap', () => {
    const taken = afterRuns([many(500, 900), { text: many(20, 1), seconds: Number.NaN }])
    expect(taken.missing.get('rtt.p99')?.advice).toBe('20 of 500 socket readings')
  })

  test('begins anew when a filter comes or goes: all sockets and some are not mixed', () => {
    const taken = afterRuns([many(500, 900), `filtered\n${many(20, 1)}`])
    expect(taken.missing.get('rtt.p99')?.advice).toBe('20 of 500 socket readings')
  })

  test('a run that failed takes its time out of the window', () => {
    const taken = afterRuns([many(600, 2), { text: 'end 124\n', seconds: 298 }, many(5, 1)])
    expect(taken.missing.get('rtt.p99')?.advice).toBe('5 of 500 socket readings')
  })

  test('ranks: nearest rank, and the mean of the middle two for the median', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, rank) => {
        const sorted = values.toSorted((a, b) => a - b)
        const half = values.length >> 1
        const value = atRank(
          [values.slice(0, half), [], values.slice(half)].map((list) => list.toSorted((a, b) => a - b)),
          rank,
        )
        expect(sorted.filter((one) => one <= value).length).toBeGreaterThanOrEqual((rank / 100) * sorted.length)
        expect(sorted.filter((one) => one < value).length).toBeLessThan((rank / 100) * sorted.length)
        expect(median(sorted)).toBe(median([...sorted.map((one) => -one)].reverse()) * -1)
      }),
    )
    expect(median([1, 2, 4, 9])).toBe(3)
    expect(median([])).toBeNaN()
    expect(atRank([], 99)).toBeNaN()
    expect(atRank([[], []], 99)).toBeNaN()
  })
})

describe('a run that says nothing', () => {
  test.each([
    ['end 124\n', 'no-data', 'within 4 s'],
    ['end 137\n', 'no-data', 'within 4 s'],
    ['end 127\n', 'no-tool', 'iproute2'],
    ['end 1\n', 'no-data', 'status 1'],
    ['', 'no-data', 'broke off'],
    ['0 0 10.0.0.1:1 10.0.0.2:2\nend 0\n', 'no-kernel', 'tcp_diag'],
  ])('%j is %s for all figures', (text, missing, word) => {
    const taken = afterRuns([text])
    expect(taken.metrics).toEqual([])
    expect([...taken.missing.keys()].toSorted()).toEqual(['rtt.min', 'rtt.p50', 'rtt.p99', 'rtt.sockets'])
    for (const absence of taken.missing.values()) {
      expect(absence.missing).toBe(missing)
      expect(absence.advice).toContain(word)
    }
  })

  test('a node without ss is refused before anything runs', () => {
    const bare = contextOf(section, { flags: { uid: 0, engine: 'awk', paths: new Set(), tools: new Set() } })
    expect(tier.program(bare)).toMatchObject({ missing: 'no-tool', advice: expect.stringContaining('iproute2') })
  })
})

describe('what is not the whole truth is said', () => {
  test('output that was cut: beside the figures, and as a number that is higher in truth', () => {
    const taken = afterRuns([{ text: sockets([1, 2, 3]).slice(0, -20), cut: true }])
    expect(valuesOf(taken)).toMatchObject({ 'rtt.sockets': 2, 'rtt.p50': 1.5 })
    expect(behindOf(taken, 'rtt.sockets')?.bound).toBe(1)
    expect(taken.details.get('rtt.p50')?.words).toBe('cut')
  })

  test('a filter, until it is gone', () => {
    const words = (runs: readonly string[]) => afterRuns(runs).details.get('rtt.p50')?.words
    expect(words([sockets([1])])).toBe('')
    expect(words([`filtered\n${sockets([1])}`])).toBe('filtered: ports 443 2379 2380 6443 10250')
    expect(words([`filtered\n${sockets([1])}`, sockets([1])])).toBe('')
    expect(words([`filtered\n${sockets([1])}`, 'end 124\n', `filtered\n${sockets([1])}`])).toMatch(/^filtered/)
    const none = afterRuns(['filtered\nend 0\n'])
    expect(none.missing.get('rtt.p50')?.advice).toContain('filtered: ports')
  })

  test('any output is taken without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(listing.length), fc.boolean(), (noise, at, cut) => {
        const taken = afterRuns([{ text: `${listing.slice(0, at)}${noise}${listing.slice(at)}end 0\n`, cut }])
        const said = [...taken.metrics, ...taken.missing.keys()].toSorted()
        expect(said).toEqual(['rtt.min', 'rtt.p50', 'rtt.p99', 'rtt.sockets'])
      }),
    )
  })
})

describe('the script', () => {
  let tools = ''
  beforeEach(() => {
    tools = mkdtempSync(join(tmpdir(), 'rtt-'))
  })
  afterEach(() => rmSync(tools, { recursive: true, force: true }))

  const tool = (name: string, script: string): void =>
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

  /** Runs it with an ss of ours first in the path. */
  const run = (ss: string, options: { most?: number; client?: string } = {}): string => {
    tool('ss', ss)
    const { text, args } = listingScript(options.most)
    return execFileSync('sh', ['-c', text, 'kntop', ...args], {
      encoding: 'latin1',
      env: {
        PATH: `${tools}:${process.env['PATH'] ?? ''}`,
        LC_ALL: 'C',
        ...(options.client === undefined ? {} : { SSH_CONNECTION: options.client }),
      },
    })
  }

  test.each(['two-line.txt', 'one-line.txt'])('leaves most bytes on the node and loses nothing: %s', (name) => {
    const whole = readFileSync(join(folder, name), 'utf8')
    const sent = run(`cat '${join(folder, name)}'`, { client: '10.9.9.9 1234 10.77.0.1 22' })
    expect(parseListing(sent)).toEqual({ ...parseListing(`${whole}end 0\n`), client: '10.9.9.9:1234' })
  })

  test('the two-line form, which it asks for, shrinks to a quarter', () => {
    expect(run(`cat '${join(folder, 'two-line.txt')}'`).length).toBeLessThan(listing.length / 4)
  })

  test('asks for established TCP sockets only, and for some ports where there are more sockets than the limit', () => {
    const ask = 'for a in "$@"; do printf "0 0 %s:1 b:2\\n" "$(echo $a | tr " " _)"; done'
    const asked = (most: number): readonly string[] =>
      parseListing(run(ask, { most })).sockets.map(({ local }) => local)
    expect(asked(1e6)).toEqual(['-tinH:1', 'state:1', 'established:1'])
    expect(asked(-1)).toEqual([
      ...asked(1e6),
      '(_dport_=_:443_or_dport_=_:2379_or_dport_=_:2380_or_dport_=_:6443_or_dport_=_:10250_):1',
    ])
    expect(parseListing(run(ask, { most: -1 })).filtered).toBe(true)
  })

  test('gives ss four seconds, and says how it ended', () => {
    expect(parseListing(run('exit 3')).status).toBe(3)
    tool('timeout', 'printf "0 0 %s:1 b:2\\n" "$(echo $* | tr " " _)"; exit 124')
    expect(parseListing(run(''))).toMatchObject({
      sockets: [{ local: '-k_1_4_ss_-tinH_state_established:1' }],
      status: 124,
    })
  })
})
