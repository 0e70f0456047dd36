import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { conntrackProbe } from '../../../source/nodes/probes/conntrack.ts'
import {
  addHex,
  edited,
  everySecond,
  type Files,
  kernels,
  lastTaken,
  live,
  recorded,
  takenFrom,
  valueOf,
  valuesOf,
  verdictOn,
  without,
} from './recorded.ts'

const stat = '/proc/net/stat/nf_conntrack'
const count = '/proc/sys/net/netfilter/nf_conntrack_count'
const max = '/proc/sys/net/netfilter/nf_conntrack_max'
const release = '/proc/sys/kernel/osrelease'

const counters: readonly MetricId[] = [
  'conntrack.drop',
  'conntrack.early_drop',
  'conntrack.insert_failed',
  'conntrack.invalid',
  'conntrack.search_restart',
  'conntrack.clash_resolve',
  'conntrack.chaintoolong',
]

const grown = (files: Files, column: string, amount: number, row = 0): Files =>
  edited(files, stat, (text) => addHex(text, column, amount, row))

describe('the table', () => {
  test('entries, limit and fill are there from the first reading on', () => {
    const taken = lastTaken(conntrackProbe, everySecond(recorded('5.15')))
    expect(valuesOf(taken)).toMatchObject({ 'conntrack.entries': 61_210, 'conntrack.max': 65_536 })
    expect(valueOf(taken, 'conntrack.fill')).toBeCloseTo(93.4, 1)
  })

  test('between two looks at the limit the fill goes by the last one', () => {
    const files = recorded('5.4')
    const [, second] = takenFrom(conntrackProbe, [
      { uptime: 10, files },
      { uptime: 11, files: { ...files, [count]: '131072\n' }, takes: ['count', 'counters'] },
    ])
    expect(second && valuesOf(second)).toMatchObject({ 'conntrack.entries': 131_072, 'conntrack.fill': 50 })
    expect(second?.metrics).not.toContain('conntrack.max')
  })

  test('a limit of 0 is no limit: entries, but no fill', () => {
    const taken = lastTaken(conntrackProbe, everySecond({ ...recorded('5.4'), [max]: '0\n' }))
    expect(taken.missing.get('conntrack.fill')).toMatchObject({ missing: 'not-applicable' })
    expect(taken.missing.get('conntrack.fill')?.advice).toMatch(/^no limit/)
    expect(valuesOf(taken)).toMatchObject({ 'conntrack.entries': 98_112, 'conntrack.max': 0 })
  })

  test('a limit beyond 2^31 shows with a minus, and is read as the kernel means it', () => {
    const taken = lastTaken(conntrackProbe, everySecond({ ...recorded('5.4'), [max]: '-1\n' }))
    expect(valueOf(taken, 'conntrack.max')).toBe(4_294_967_295)
    expect(valueOf(taken, 'conntrack.fill')).toBeCloseTo(0.0023, 4)
  })

  test('more entries than the limit, after it was lowered, is more than 100 %', () => {
    const taken = lastTaken(conntrackProbe, everySecond({ ...recorded('5.4'), [max]: '49056\n' }))
    expect(valueOf(taken, 'conntrack.fill')).toBe(200)
  })

  test('without conntrack nothing is 0: every figure says that nothing is tracked', () => {
    const files = without(recorded('5.10'), count, max, stat)
    const taken = lastTaken(conntrackProbe, everySecond(files, files))
    expect(taken.metrics).toEqual([])
    expect([...taken.missing.keys()].toSorted()).toEqual(
      ['conntrack.entries', 'conntrack.fill', 'conntrack.max', ...counters].toSorted(),
    )
    for (const absence of taken.missing.values())
      expect(absence).toMatchObject({ missing: 'no-kernel', advice: expect.stringContaining('not loaded') })
  })

  test('when the module is loaded later, its counters begin with a gap', () => {
    const files = recorded('6.1')
    const [, second, third] = takenFrom(
      conntrackProbe,
      everySecond(without(files, count, max, stat), files, grown(files, 'drop', 3)),
    )
    expect(second && valueOf(second, 'conntrack.drop')).toBeNaN()
    expect(third && valueOf(third, 'conntrack.drop')).toBe(3)
  })

  test('text that is no number is neither a value nor 0', () => {
    for (const garbage of ['', '\n', 'n/a\n', '12 apples\n']) {
      const broken = lastTaken(conntrackProbe, everySecond({ ...recorded('5.4'), [count]: garbage }))
      expect(broken.metrics).not.toContain('conntrack.entries')
      expect(broken.missing.get('conntrack.fill')).toMatchObject({ missing: 'no-data' })
      const limitless = lastTaken(conntrackProbe, everySecond({ ...recorded('5.4'), [max]: garbage }))
      expect(limitless.missing.get('conntrack.max')).toMatchObject({ missing: 'no-data' })
      expect(limitless.missing.get('conntrack.fill')).toMatchObject({ missing: 'no-data' })
      expect(valueOf(limitless, 'conntrack.entries')).toBe(98_112)
    }
  })
})

describe('the counters', () => {
  test('the first reading is a gap', () => {
    const taken = lastTaken(conntrackProbe, everySecond(recorded('6.1')))
    for (const metric of counters) expect(valueOf(taken, metric)).toBeNaN()
  })

  test('each is the growth of its own column, added up over CPUs, per second', () => {
    const columns = ['drop', 'early_drop', 'insert_failed', 'invalid', 'search_restart', 'clashres', 'chainlength']
    const first = recorded('5.15')
    const second = columns.reduce(
      (files, column, index) => grown(grown(files, column, index + 1), column, 10, 1),
      recorded('5.15'),
    )
    const taken = lastTaken(conntrackProbe, [
      { uptime: 100, files: first },
      { uptime: 102, files: second },
    ])
    counters.forEach((metric, index) => expect(valueOf(taken, metric)).toBe((index + 11) / 2))
  })

  test('on every kernel each counter has a value or a reason', () => {
    for (const kernel of kernels) {
      const taken = lastTaken(conntrackProbe, everySecond(recorded(kernel), recorded(kernel)))
      for (const metric of counters) {
        const value = valueOf(taken, metric)
        expect(value === undefined ? taken.missing.get(metric)?.missing : value).toBe(
          value === undefined ? 'no-kernel' : 0,
        )
      }
    }
  })

  test('`searched` counts clashes from 5.10 on only, and says so below', () => {
    const taken = (files: Files) => lastTaken(conntrackProbe, everySecond(files, grown(files, 'searched', 5)))
    for (const kernel of ['4.18', '5.4'] as const)
      expect(taken(recorded(kernel)).missing.get('conntrack.clash_resolve')).toMatchObject({
        missing: 'no-kernel',
        advice: expect.stringContaining('5.10'),
      })
    expect(valueOf(taken({ ...recorded('5.4'), [release]: '5.10.1\n' }), 'conntrack.clash_resolve')).toBe(5)
  })

  test('`clashres` is believed whatever the release says: distributions backport', () => {
    const files = { ...recorded('5.10'), [release]: '4.18.0-553.el8_10.x86_64\n' }
    const taken = lastTaken(conntrackProbe, everySecond(files, grown(files, 'clashres', 5)))
    expect(valueOf(taken, 'conntrack.clash_resolve')).toBe(5)
  })

  test('a kernel that still says `delete_list` does not count long chains', () => {
    const files = recorded('5.10')
    const taken = lastTaken(conntrackProbe, everySecond(files, grown(files, 'delete_list', 5)))
    expect(taken.missing.get('conntrack.chaintoolong')).toMatchObject({
      missing: 'no-kernel',
      advice: expect.stringContaining('5.15'),
    })
  })

  test('one CPU that wraps is growth like any other', () => {
    const files = edited(recorded('6.1'), stat, (text) => addHex(addHex(text, 'drop', -2), 'drop', 4_000_000_000, 1))
    const taken = lastTaken(conntrackProbe, everySecond(files, grown(files, 'drop', 5)))
    expect(valueOf(taken, 'conntrack.drop')).toBe(5)
  })

  test('counters that begin anew are a gap, and count on from there', () => {
    const full = recorded('5.15')
    const reset = edited(full, stat, (text) =>
      text
        .split('\n')
        .map((line, row) => (row === 0 ? line : line.replace(/\b[\da-f]{8}\b/g, '00000000')))
        .join('\n'),
    )
    const [, second, third] = takenFrom(conntrackProbe, everySecond(full, reset, grown(reset, 'early_drop', 4)))
    expect(second && valueOf(second, 'conntrack.early_drop')).toBeNaN()
    expect(third && valueOf(third, 'conntrack.early_drop')).toBe(4)
  })

  test('a clock that stands still or goes back is a gap', () => {
    const files = recorded('6.1')
    const readings = [5, 5, 3].map((uptime, index) => ({ uptime, files: grown(files, 'drop', index) }))
    const [, still, back] = takenFrom(conntrackProbe, readings)
    expect(still && valueOf(still, 'conntrack.drop')).toBeNaN()
    expect(back && valueOf(back, 'conntrack.drop')).toBeNaN()
  })

  test('512 CPUs add up', () => {
    const [header = '', row = ''] = (recorded('6.18')[stat] ?? '').split('\n')
    const many = { ...recorded('6.18'), [stat]: [header, ...Array(512).fill(row), ''].join('\n') }
    const later = Array.from({ length: 512 }).reduce<Files>((files, _, cpu) => grown(files, 'drop', 3, cpu), many)
    expect(valueOf(lastTaken(conntrackProbe, everySecond(many, later)), 'conntrack.drop')).toBe(1536)
  })

  test('a kernel without the file has entries, and says what the counters need', () => {
    const files = without(recorded('6.1'), stat)
    const taken = lastTaken(conntrackProbe, everySecond(files, files))
    expect(valueOf(taken, 'conntrack.entries')).toBe(1024)
    for (const metric of counters)
      expect(taken.missing.get(metric)).toMatchObject({
        missing: 'no-kernel',
        advice: expect.stringContaining('CONFIG_NF_CONNTRACK_PROCFS'),
      })
  })

  test('an empty or garbled file is no-data, and what follows begins with a gap', () => {
    const files = recorded('6.1')
    for (const garbage of ['', 'entries  drop\nzz zz\n', 'nothing of the kind\n']) {
      const [, second, third] = takenFrom(conntrackProbe, everySecond(files, { ...files, [stat]: garbage }, files))
      expect(second?.missing.get('conntrack.drop')).toMatchObject({ missing: 'no-data' })
      expect(second?.metrics).not.toContain('conntrack.drop')
      expect(third && valueOf(third, 'conntrack.drop')).toBeNaN()
    }
  })

  test('a frame in which they were not read says nothing of them', () => {
    const files = recorded('6.1')
    const [, second] = takenFrom(conntrackProbe, [
      { uptime: 1, files },
      { uptime: 2, files, takes: ['max'] },
    ])
    expect(second?.metrics).toEqual(['conntrack.max'])
    expect(second?.missing.size).toBe(0)
  })
})

describe('with Cilium', () => {
  test('figures are labelled, and the fill raises no band', () => {
    const taken = lastTaken(conntrackProbe, everySecond(recorded('5.15'), recorded('5.15')))
    expect(taken.details.get('conntrack.fill')).toEqual({ words: 'netfilter only', unjudged: true })
    expect(taken.details.get('conntrack.drop')).toEqual({ words: 'netfilter only' })
  })

  test('the label is said again by the same words, also where only some figures were taken', () => {
    const files = recorded('5.15')
    const [first, second, third] = takenFrom(conntrackProbe, [
      { uptime: 1, files },
      { uptime: 2, files, takes: ['count', 'counters'] },
      { uptime: 3, files },
    ])
    expect(first?.details.has('conntrack.max')).toBe(true)
    expect(second?.metrics).not.toContain('conntrack.max')
    expect([second?.details, third?.details]).toEqual([first?.details, first?.details])
    expect(second?.details).toBe(first?.details)
    expect(third?.details).toBe(first?.details)
  })

  test('the label goes when Cilium goes', () => {
    const files = recorded('5.15')
    const gone = edited(files, '/proc/net/dev', (text) => text.replace(/^.*cilium_host.*\n/m, ''))
    expect(lastTaken(conntrackProbe, everySecond(files, gone)).details.get('conntrack.fill')).toEqual({})
  })

  test('an interface whose name only begins so is not Cilium', () => {
    const files = edited(recorded('5.4'), '/proc/net/dev', (text) => text.replace('veth1a2b3c4d', 'cilium_host0'))
    expect(lastTaken(conntrackProbe, everySecond(files)).details.get('conntrack.fill')?.unjudged).toBeUndefined()
  })

  test('only figures that were taken are labelled', () => {
    const files = without(recorded('5.15'), stat)
    expect(lastTaken(conntrackProbe, everySecond(files)).details.has('conntrack.drop')).toBe(false)
  })
})

describe('this machine', () => {
  test('its entries lie between two readings of our own, and every counter has a value or a reason', () => {
    const own = () => Number(live(conntrackProbe)[count])
    const before = own()
    const taken = lastTaken(conntrackProbe, everySecond(live(conntrackProbe), live(conntrackProbe)))
    const after = own()
    // Entries come and go between the readings, but only by what this machine does meanwhile.
    const [least, most] = [Math.min(before, after) - 1000, Math.max(before, after) + 1000]
    expect(verdictOn(taken, 'conntrack.entries', least, most)).toBe(Number.isNaN(before) ? 'no-kernel' : true)
    for (const metric of counters) {
      const value = valueOf(taken, metric)
      expect(value === undefined ? taken.missing.has(metric) : value >= 0).toBe(true)
    }
  })
})
