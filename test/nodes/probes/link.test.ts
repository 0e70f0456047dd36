import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namesOf, parseNic } from '../../../source/nodes/probes/link/nics.ts'
import { linkProbe } from '../../../source/nodes/probes/link.ts'
import type { Taken } from '../../../source/nodes/taken.ts'
import { everySecond, type Files, lastTaken, recorded, takenFrom, valueOf, valuesOf } from './recorded.ts'

const all = [
  'nic.carrier_changes',
  'nic.drops',
  'nic.errors',
  'nic.other_drops',
  'nic.rx',
  'nic.rx_packets',
  'nic.tx',
  'nic.tx_packets',
  'nic.utilisation',
]

interface Counters {
  readonly rx?: number
  readonly rxPackets?: number
  readonly rxErrors?: number
  readonly rxDrop?: number
  readonly rxFifo?: number
  readonly tx?: number
  readonly txPackets?: number
  readonly txErrors?: number
  readonly txDrop?: number
  readonly missed?: number | null
  readonly speed?: number | null
  readonly carrier?: number | null
  /** Whether hardware stands behind it. */
  readonly physical?: boolean
}

const sysfs = (name: string, own: Counters): Files => {
  const folder = `/sys/class/net/${name}`
  const one = (path: string, value: number | null | undefined): Files =>
    value === null ? {} : { [`${folder}/${path}`]: `${value ?? 0}\n` }
  return {
    ...(own.physical === false ? {} : { [`${folder}/device/uevent`]: 'DRIVER=ice\n' }),
    ...one('statistics/rx_missed_errors', own.missed),
    ...one('carrier_changes', own.carrier),
    ...(own.speed === undefined ? {} : one('speed', own.speed)),
  }
}

/** The files of a node with these interfaces. `speed` in Mbit/s; undefined or null: the driver tells none. */
const node = (interfaces: Readonly<Record<string, Counters>>): Files => ({
  '/proc/net/dev': [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    ...Object.entries(interfaces).map(([name, own]) =>
      [
        `${name}:`,
        ...[own.rx, own.rxPackets, own.rxErrors, own.rxDrop, own.rxFifo, 0, 0, 0],
        ...[own.tx, own.txPackets, own.txErrors, own.txDrop, 0, 0, 0, 0],
      ]
        .map((value) => value ?? 0)
        .join(' '),
    ),
    '',
  ].join('\n'),
  ...Object.assign({}, ...Object.entries(interfaces).map(([name, own]) => sysfs(name, own))),
})

const after = (...readings: readonly Readonly<Record<string, Counters>>[]): Taken =>
  lastTaken(linkProbe, everySecond(...readings.map(node)))
const idle = (taken: Taken): boolean => taken.values.every((value) => value === 0)

describe('traffic', () => {
  test('is bits per second of the physical interfaces together', () => {
    const taken = after(
      { lo: { physical: false }, eth0: {}, eth1: {}, bond0: { physical: false } },
      {
        lo: { rx: 9e9, tx: 9e9, physical: false },
        eth0: { rx: 1000, tx: 10, rxPackets: 5, txPackets: 1 },
        eth1: { rx: 500, tx: 30, rxPackets: 2, txPackets: 2 },
        bond0: { rx: 1500, tx: 40, rxPackets: 7, txPackets: 3, physical: false },
      },
    )
    expect(valuesOf(taken)).toMatchObject({ 'nic.rx': 12_000, 'nic.tx': 320, 'nic.rx_packets': 7, 'nic.tx_packets': 3 })
  })

  test('names the interfaces behind the sum', () => {
    expect(after({ eth0: {}, lo: { physical: false }, eth1: {} }).details.get('nic.rx')?.words).toBe('eth0 eth1')
  })

  test('names at most three, and how many more there are', () => {
    const nics = (count: number) => Array.from({ length: count }, (_, index) => parseNic(`eth${index}`))
    expect(namesOf(nics(3))).toBe('eth0 eth1 eth2')
    expect(namesOf(nics(5))).toBe('eth0 eth1 eth2 +2')
  })

  test('the first reading is a gap', () => {
    const taken = after({ eth0: { rx: 1e12, speed: 1000 } })
    expect(taken.metrics.toSorted()).toEqual(all)
    expect(taken.values.every(Number.isNaN)).toBe(true)
  })

  test('an interface that appears or goes is a gap of one reading, not a spike', () => {
    const readings = [
      { eth0: {} },
      { eth0: {}, eth1: { rx: 1e12 } },
      { eth0: {}, eth1: { rx: 1e12 } },
      { eth0: {} },
      { eth0: {} },
    ]
    const taken = takenFrom(linkProbe, everySecond(...readings.map(node)))
    expect(taken.map((one) => valueOf(one, 'nic.rx'))).toEqual([Number.NaN, Number.NaN, 0, Number.NaN, 0])
    expect(taken.map((one) => one.details.get('nic.rx')?.words)).toEqual([
      'eth0',
      'eth0 eth1',
      'eth0 eth1',
      'eth0',
      'eth0',
    ])
  })

  test('one that is replaced by another is a gap as well', () => {
    expect(valueOf(after({ eth0: {} }, { eth1: { rx: 1e12 } }), 'nic.rx')).toBeNaN()
  })

  test('the order of the lines does not matter', () => {
    expect(
      valueOf(after({ eth0: { rx: 5 }, eth1: { rx: 100 } }, { eth1: { rx: 100 }, eth0: { rx: 6 } }), 'nic.rx'),
    ).toBe(8)
  })

  test('a counter that went back is a gap, of what is made from it', () => {
    const taken = after({ eth0: { rx: 1e6, tx: 5 }, eth1: {} }, { eth0: { rx: 3, tx: 6 }, eth1: { rx: 10 } })
    expect(valueOf(taken, 'nic.rx')).toBeNaN()
    expect(valueOf(taken, 'nic.tx')).toBe(8)
  })
})

describe('the share of link speed', () => {
  test('is of the busiest direction of the busiest interface', () => {
    const taken = after(
      { eth0: { speed: 1000 }, eth1: { speed: 10_000 } },
      { eth0: { speed: 1000, rx: 10e6, tx: 50e6 }, eth1: { speed: 10_000, rx: 250e6 } },
    )
    expect(valueOf(taken, 'nic.utilisation')).toBe(40)
  })

  test.each([
    ['cannot be read', null],
    ['is not known', -1],
  ])('is missing where the speed of every interface %s', (_, speed) => {
    const taken = after({ eth0: { speed } }, { eth0: { speed, rx: 1e6 } })
    expect(taken.missing.get('nic.utilisation')).toEqual({ missing: 'no-data', advice: 'the driver tells no speed' })
    expect(valueOf(taken, 'nic.rx')).toBe(8e6)
  })

  test('with some speeds known is of those, and says of which', () => {
    const readings = [
      { eth0: { speed: -1 }, eth1: { speed: 100 } },
      { eth0: { speed: -1, rx: 1e9 }, eth1: { speed: 100, rx: 125e4 } },
    ]
    const taken = after(...readings)
    expect(taken.details.get('nic.utilisation')?.words).toBe('eth1')
    expect(taken.details.get('nic.rx')?.words).toBe('eth0 eth1')
    expect(valueOf(taken, 'nic.utilisation')).toBe(10)
  })
})

describe('losses', () => {
  test('drops are for want of room: missed, fifo, and transmit', () => {
    const taken = after({ eth0: {} }, { eth0: { missed: 5, rxDrop: 5, rxFifo: 2, txDrop: 1 } })
    expect(valuesOf(taken)).toMatchObject({ 'nic.drops': 8, 'nic.other_drops': 0, 'nic.errors': 0 })
  })

  test('the receive column holds the missed ones: what is left was not wanted', () => {
    const taken = after({ eth0: {}, eth1: {} }, { eth0: { rxDrop: 100 }, eth1: { rxDrop: 7, missed: 4 } })
    expect(valuesOf(taken)).toMatchObject({ 'nic.drops': 4, 'nic.other_drops': 103 })
  })

  test('a part read later than its whole does not make a number below 0, nor take from another interface', () => {
    const taken = after({ eth0: {}, eth1: {} }, { eth0: { rxDrop: 1, missed: 3 }, eth1: { rxDrop: 5 } })
    expect(valueOf(taken, 'nic.other_drops')).toBe(5)
  })

  test('errors are of both directions', () => {
    expect(valueOf(after({ eth0: {} }, { eth0: { rxErrors: 2, txErrors: 3 } }), 'nic.errors')).toBe(5)
  })

  test('a link that flaps', () => {
    expect(valueOf(after({ eth0: { carrier: 3 } }, { eth0: { carrier: 5 } }), 'nic.carrier_changes')).toBe(2)
  })

  test('what the driver does not count is missing, not 0, and the rest stands', () => {
    const taken = after(
      { eth0: {}, eth1: { missed: null, carrier: null } },
      { eth0: {}, eth1: { missed: null, carrier: null } },
    )
    expect([...taken.missing.keys()].toSorted()).toEqual([
      'nic.carrier_changes',
      'nic.drops',
      'nic.other_drops',
      'nic.utilisation',
    ])
    expect(taken.missing.get('nic.drops')).toMatchObject({
      missing: 'no-data',
      advice: expect.stringContaining('eth1 tells no rx_missed'),
    })
    expect(idle(taken)).toBe(true)
  })
})

describe('a node without', () => {
  test('a physical interface has none of the figures, as a container', () => {
    const taken = after({ lo: { physical: false }, eth0: { physical: false } })
    expect(taken.metrics).toEqual([])
    expect([...taken.missing.keys()].toSorted()).toEqual(all)
    for (const absence of taken.missing.values())
      expect(absence).toEqual({ missing: 'not-applicable', advice: 'no physical interface here' })
  })

  test('one that gets its interface back begins with a gap', () => {
    const taken = after({ eth0: { rx: 5 } }, { lo: { physical: false } }, { eth0: { rx: 1e12 } })
    expect(valueOf(taken, 'nic.rx')).toBeNaN()
    expect(taken.details.get('nic.rx')?.words).toBe('eth0')
  })

  test('/proc/net/dev says so', () => {
    const taken = lastTaken(linkProbe, everySecond({}))
    expect([...taken.missing.keys()].toSorted()).toEqual(all)
    expect(taken.missing.get('nic.rx')?.missing).toBe('no-kernel')
  })
})

test('a real /proc/net/dev is read', () => {
  const files = { ...recorded('6.18'), ...sysfs('eth0', { speed: -1 }) }
  const more = { ...files, '/proc/net/dev': files['/proc/net/dev']?.replace('479354299', '479354399') ?? '' }
  expect(valueOf(lastTaken(linkProbe, everySecond(files, more)), 'nic.rx')).toBe(800)
})

test('any line is taken without an error, and no figure is below 0', () => {
  const line = fc
    .array(fc.oneof(fc.nat().map(String), fc.constantFrom('eth0:', 'eth1:', ':', '-1', '-', '1e5', ''), fc.string()))
    .map((words) => words.join(' '))
  const files = fc
    .array(line, { maxLength: 4 })
    .map((lines) => ({ ...sysfs('eth0', { speed: 10 }), ...sysfs('eth1', {}), '/proc/net/dev': lines.join('\n') }))
  fc.assert(
    fc.property(fc.array(files, { minLength: 1, maxLength: 4 }), (readings) => {
      const taken = lastTaken(linkProbe, everySecond(...readings))
      expect(taken.values.every((value) => Number.isNaN(value) || value >= 0)).toBe(true)
      expect([...taken.metrics, ...taken.missing.keys()].toSorted()).toEqual(all)
    }),
  )
})
