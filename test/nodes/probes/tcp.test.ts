import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { Rows } from '../../../source/nodes/probes/rows.ts'
import { growth, shareWindow, slide, tcpProbe } from '../../../source/nodes/probes/tcp.ts'
import type { Taken } from '../../../source/nodes/taken.ts'
import {
  behindOf,
  edited,
  everySecond,
  type Files,
  lastTaken,
  observationsOf,
  recorded,
  takenFrom,
  valueOf,
  without,
} from './recorded.ts'

const snmp = '/proc/net/snmp'
const netstat = '/proc/net/netstat'
const metrics: readonly MetricId[] = [
  'tcp.retransmit_share',
  'tcp.syn_retransmits',
  'tcp.listen_overflows',
  'tcp.resets',
]

/** Sets counters in a file of paired lines. */
const set = (text: string, counters: Readonly<Record<string, number>>): string => {
  const lines = text.split('\n')
  return lines
    .map((line, index) => {
      const header = lines[index - 1]?.split(' ') ?? []
      if (index % 2 === 0 || header[0] !== line.split(' ')[0]) return line
      return line
        .split(' ')
        .map((word, column) => counters[header[column] ?? ''] ?? word)
        .join(' ')
    })
    .join('\n')
}

const base = recorded('6.18')
const zero = { OutSegs: 0, RetransSegs: 0, EstabResets: 0, TCPSynRetrans: 0, ListenOverflows: 0 }
const counting = (counters: Partial<Record<keyof typeof zero, number>>): Files =>
  edited(
    edited(base, snmp, (text) => set(text, { ...zero, ...counters })),
    netstat,
    (text) => set(text, { ...zero, ...counters }),
  )

const windowOf = (taken: Taken): number | undefined => behindOf(taken, 'tcp.retransmit_share')?.window

describe('rates', () => {
  test('are growth per second of the kernel counters', () => {
    const taken = lastTaken(tcpProbe, [
      { uptime: 100, files: counting({}) },
      { uptime: 102, files: counting({ EstabResets: 8, ListenOverflows: 3, TCPSynRetrans: 1 }) },
    ])
    expect(valueOf(taken, 'tcp.resets')).toBe(4)
    expect(valueOf(taken, 'tcp.listen_overflows')).toBe(1.5)
    expect(valueOf(taken, 'tcp.syn_retransmits')).toBe(0.5)
  })

  test('the first reading is a gap', () => {
    const taken = lastTaken(tcpProbe, everySecond(base))
    expect(taken.metrics.toSorted()).toEqual(metrics.toSorted())
    expect(taken.values).toEqual(metrics.map(() => Number.NaN))
    expect(taken.missing.size).toBe(0)
  })

  test('a counter that went back to the start is a gap', () => {
    const taken = lastTaken(tcpProbe, everySecond(counting({ EstabResets: 1e6 }), counting({ EstabResets: 2 })))
    expect(valueOf(taken, 'tcp.resets')).toBeNaN()
  })

  test('files of one probe that are read apart do not touch each other', () => {
    const [, second] = takenFrom(tcpProbe, [
      { uptime: 1, files: counting({}) },
      { uptime: 2, files: counting({ TCPSynRetrans: 5 }), takes: ['netstat'] },
    ])
    expect(second?.metrics.toSorted()).toEqual(['tcp.listen_overflows', 'tcp.syn_retransmits'])
    expect(second?.missing.size).toBe(0)
  })
})

describe('growth of an unsigned long', () => {
  test.each([
    ['within 32 bits', 5, 9, 4],
    ['beyond 32 bits', 2 ** 40, 2 ** 40 + 7, 7],
    ['over the end of 32 bits', 2 ** 32 - 3, 4, 7],
    ['back from beyond 32 bits', 2 ** 32 + 3, 4, Number.NaN],
    ['back to the start', 1e9, 4, Number.NaN],
    ['from nothing', Number.NaN, 4, Number.NaN],
    ['to nothing', 4, Number.NaN, Number.NaN],
  ])('%s', (_, previous, current, expected) => {
    expect(growth(previous, current)).toBe(expected)
  })

  test('is never below zero', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (previous, current) => {
        expect(growth(previous, current)).not.toBeLessThan(0)
      }),
    )
  })
})

describe('the share of segments sent again', () => {
  test('is of all segments put on the wire, repetitions included', () => {
    const taken = lastTaken(tcpProbe, everySecond(counting({}), counting({ OutSegs: 950, RetransSegs: 50 })))
    expect(valueOf(taken, 'tcp.retransmit_share')).toBe(5)
    expect(observationsOf(taken, 'tcp.retransmit_share')).toBe(1000)
    expect(windowOf(taken)).toBe(1)
  })

  test('on a dead path, where nothing new is sent, it is 100 %', () => {
    const taken = lastTaken(tcpProbe, everySecond(counting({ OutSegs: 7 }), counting({ OutSegs: 7, RetransSegs: 3 })))
    expect(valueOf(taken, 'tcp.retransmit_share')).toBe(100)
  })

  test('of nothing sent is no share, of 0 observations', () => {
    const taken = lastTaken(tcpProbe, everySecond(counting({}), counting({})))
    expect(valueOf(taken, 'tcp.retransmit_share')).toBeNaN()
    expect(observationsOf(taken, 'tcp.retransmit_share')).toBe(0)
  })

  test('looks back ten seconds, no further', () => {
    const readings = Array.from({ length: 15 }, (_, second) =>
      counting({ OutSegs: 90 * second, RetransSegs: second < 4 ? 0 : 10 * (second - 3) }),
    )
    const taken = takenFrom(tcpProbe, everySecond(...readings))
    expect(taken.map(windowOf)).toEqual([undefined, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10, 10])
    expect(taken.at(-1) && valueOf(taken.at(-1) as Taken, 'tcp.retransmit_share')).toBe(10)
    expect(taken[4] && valueOf(taken[4], 'tcp.retransmit_share')).toBeCloseTo(10 / 3.7)
  })

  test('does not reach over a gap', () => {
    const taken = takenFrom(
      tcpProbe,
      everySecond(
        counting({ OutSegs: 1e6 }),
        counting({ OutSegs: 1e6 + 500 }),
        counting({ OutSegs: 10 }),
        counting({ OutSegs: 110 }),
      ),
    )
    expect(taken.map((one) => observationsOf(one, 'tcp.retransmit_share'))).toEqual([undefined, 500, undefined, 100])
  })

  test('the window covers ten seconds as soon as the readings do, and never more than one reading beyond', () => {
    const interval = fc.record({
      seconds: fc.double({ min: 0.01, max: 60, noNaN: true }),
      sent: fc.nat(),
      resent: fc.nat(),
    })
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1 }), (intervals) => {
        const kept = new Rows(3)
        for (const { seconds, sent, resent } of intervals) slide(kept, seconds, sent, resent)
        const rows = Array.from({ length: kept.count }, (_, row) => [0, 1, 2].map((column) => kept.get(row, column)))
        expect(rows).toEqual(intervals.slice(-kept.count).map(({ seconds, sent, resent }) => [seconds, sent, resent]))
        const covered = rows.reduce((sum, [seconds = Number.NaN]) => sum + seconds, 0)
        const all = intervals.reduce((sum, { seconds }) => sum + seconds, 0)
        expect(covered).toBeGreaterThanOrEqual(Math.min(shareWindow, all) - 1e-6)
        expect(covered - kept.get(0, 0)).toBeLessThan(shareWindow + 1e-6)
      }),
    )
  })
})

describe('what the node does not have', () => {
  test('a counter that the kernel does not know is named', () => {
    const old = edited(base, netstat, (text) => text.replace('TCPSynRetrans', 'TCPOther'))
    const taken = lastTaken(tcpProbe, everySecond(old, old))
    expect(taken.missing.get('tcp.syn_retransmits')).toMatchObject({
      missing: 'no-kernel',
      advice: expect.stringContaining('TCPSynRetrans'),
    })
    expect(valueOf(taken, 'tcp.listen_overflows')).toBe(0)
  })

  test('without the files each figure is missing, and none is 0', () => {
    const taken = lastTaken(tcpProbe, everySecond(without(base, snmp, netstat)))
    expect(taken.metrics).toEqual([])
    expect([...taken.missing.keys()].toSorted()).toEqual(metrics.toSorted())
  })

  test('any text in the files is taken without an error, and no figure is below 0', () => {
    const word = fc.oneof(
      fc.constantFrom('Tcp:', 'TcpExt:', 'OutSegs', 'RetransSegs', 'EstabResets', '-1', '1e9', '5', '\n', ''),
      fc.string(),
    )
    const text = fc.array(word).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }), (readings) => {
        const taken = lastTaken(
          tcpProbe,
          everySecond(...readings.map(([first, second]) => ({ [snmp]: first, [netstat]: second }))),
        )
        expect(taken.values.every((value) => Number.isNaN(value) || value >= 0)).toBe(true)
        expect([...taken.metrics, ...taken.missing.keys()].toSorted()).toEqual(metrics.toSorted())
      }),
    )
  })
})
