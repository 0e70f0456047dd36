import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { cpuProbe } from '../../../source/nodes/probes/cpu.ts'
import { cpuGrowth } from '../../../source/nodes/probes/cpu-times.ts'
import {
  edited,
  everySecond,
  type Files,
  kernels,
  lastTaken,
  live,
  observationsOf,
  recorded,
  takenFrom,
  valueOf,
  valuesOf,
  without,
} from './recorded.ts'

const stat = '/proc/stat'
const all = ['cpu.busy', 'cpu.softirq', 'cpu.softirq_max', 'cpu.steal', 'cpu.steal_max']

/** Adds jiffies to columns (user is 0) of one CPU and of the line of all CPUs. */
const worked = (files: Files, cpu: number, growth: Readonly<Record<number, number>>): Files =>
  edited(files, stat, (text) =>
    text
      .split('\n')
      .map((line) => {
        const [name, ...times] = line.split(/\s+/)
        if (name !== 'cpu' && name !== `cpu${cpu}`) return line
        return [name, ...times.map((jiffies, column) => Number(jiffies) + (growth[column] ?? 0))].join(' ')
      })
      .join('\n'),
  )

const [user, idle, iowait, softirq, steal, guest] = [0, 3, 4, 6, 7, 8]

describe('shares of CPU time', () => {
  test('the mean is over all CPUs, the maximum of the busiest one', () => {
    const before = recorded('4.18')
    const one = worked(before, 0, { [user]: 20, [softirq]: 60, [steal]: 10, [idle]: 10 })
    const both = worked(one, 1, { [idle]: 60, [iowait]: 20, [softirq]: 20 })
    const taken = lastTaken(cpuProbe, everySecond(before, both))
    expect(valuesOf(taken)).toEqual({
      'cpu.busy': 55,
      'cpu.softirq': 40,
      'cpu.steal': 5,
      'cpu.softirq_max': 60,
      'cpu.steal_max': 10,
    })
  })

  test('the busiest CPU never reads as less than the mean, which steps otherwise', () => {
    const before = recorded('4.18')
    // The line of all CPUs is ahead of those of single ones.
    const after = worked(before, 9, { [softirq]: 6, [idle]: 94 })
    const { 'cpu.softirq': mean, 'cpu.softirq_max': most } = valuesOf(lastTaken(cpuProbe, everySecond(before, after)))
    expect([mean, most]).toEqual([6, 6])
  })

  test('behind a mean stand the jiffies of all CPUs, behind a maximum those of one', () => {
    const before = recorded('4.18')
    const taken = lastTaken(cpuProbe, everySecond(before, worked(before, 0, { [idle]: 100, [softirq]: 100 })))
    expect(observationsOf(taken, 'cpu.busy')).toBe(200)
    expect(observationsOf(taken, 'cpu.softirq_max')).toBe(100)
    expect(taken.windows).toEqual(taken.metrics.map(() => 1))
  })

  test('waiting for I/O is not busy', () => {
    const before = recorded('5.10')
    const taken = lastTaken(cpuProbe, everySecond(before, worked(before, 0, { [iowait]: 100, [user]: 100 })))
    expect(valueOf(taken, 'cpu.busy')).toBe(50)
  })

  test('guest time stands inside user time and counts once', () => {
    const before = recorded('5.10')
    const taken = lastTaken(
      cpuProbe,
      everySecond(before, worked(before, 0, { [user]: 100, [guest]: 100, [idle]: 100 })),
    )
    expect(valueOf(taken, 'cpu.busy')).toBe(50)
  })

  test('iowait that goes back a little is no growth; any other time that goes back is a gap', () => {
    const before = recorded('5.10')
    const less = lastTaken(cpuProbe, everySecond(before, worked(before, 0, { [iowait]: -3, [user]: 100, [idle]: 100 })))
    expect(valueOf(less, 'cpu.busy')).toBe(50)
    const reset = lastTaken(cpuProbe, everySecond(before, worked(before, 0, { [user]: -3, [idle]: 100 })))
    expect(valueOf(reset, 'cpu.busy')).toBeNaN()
  })

  test('a full second that reads as a little more, by the steps of the clock, is 100 %', () => {
    const before = recorded('5.10')
    const taken = lastTaken(cpuProbe, [
      { uptime: 7, files: before },
      { uptime: 7.99, files: worked(before, 0, { [softirq]: 100 }) },
    ])
    expect(valueOf(taken, 'cpu.softirq_max')).toBe(100)
  })

  test('no jiffies between two readings is no share, and says so by 0 observations', () => {
    const taken = lastTaken(cpuProbe, everySecond(recorded('5.10'), recorded('5.10')))
    expect(valueOf(taken, 'cpu.busy')).toBeNaN()
    expect(observationsOf(taken, 'cpu.busy')).toBe(0)
  })

  test('the first reading and a clock that does not go on are gaps', () => {
    const files = recorded('5.10')
    const later = worked(files, 0, { [user]: 10, [idle]: 90 })
    const readings = [9, 9, 2].map((uptime, index) => ({ uptime, files: index === 0 ? files : later }))
    for (const taken of takenFrom(cpuProbe, readings)) for (const value of taken.values) expect(value).toBeNaN()
  })

  test('whatever the times, every share lies between 0 and 100, or is a gap', () => {
    const times = fc.array(fc.nat(), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(times, times, (before, now) => {
        const growth = { all: -1, busy: -1, softirq: -1, steal: -1 }
        cpuGrowth(before, now, growth)
        const { all, busy, softirq, steal } = growth
        for (const part of [busy, softirq, steal]) expect(Number.isNaN(part) || (part >= 0 && part <= all)).toBe(true)
      }),
    )
  })

  test('512 CPUs: the busiest is found wherever it is', () => {
    const lines = Array.from({ length: 512 }, (_, cpu) => `cpu${cpu} 1 0 0 9 0 0 0 1 0 0`)
    const before = { ...recorded('5.10'), [stat]: `cpu  512 0 0 4608 0 0 0 512 0 0\n${lines.join('\n')}\n` }
    const idleAll = edited(before, stat, (text) => text.replace('4608', `${4608 + 511 * 100}`))
    const taken = lastTaken(cpuProbe, everySecond(before, worked(idleAll, 377, { [softirq]: 95, [idle]: 5 })))
    expect(valueOf(taken, 'cpu.softirq_max')).toBe(95)
    expect(valueOf(taken, 'cpu.softirq')).toBeCloseTo(95 / 512, 10)
  })
})

describe('steal', () => {
  const after = (files: Files) => lastTaken(cpuProbe, everySecond(files, worked(files, 0, { [user]: 10, [idle]: 90 })))

  test('of 0 since boot in a virtual machine is not reported, rather than 0', () => {
    const taken = after(recorded('5.4'))
    for (const metric of ['cpu.steal', 'cpu.steal_max'] as const) {
      expect(taken.missing.get(metric)).toMatchObject({ missing: 'not-applicable' })
      expect(taken.missing.get(metric)?.advice).toMatch(/^not reported/)
      expect(taken.metrics).not.toContain(metric)
    }
    expect(valueOf(taken, 'cpu.busy')).toBe(10)
  })

  test('of 0 since boot on bare metal is 0', () => {
    expect(valuesOf(after(recorded('5.10')))).toMatchObject({ 'cpu.steal': 0, 'cpu.steal_max': 0 })
  })

  test('of 0 now in a virtual machine that has seen steal is 0', () => {
    expect(valuesOf(after(recorded('4.18')))).toMatchObject({ 'cpu.steal': 0, 'cpu.steal_max': 0 })
  })

  test('of 0 where the CPU does not say what it is, is not reported', () => {
    expect(after(recorded('6.1')).missing.get('cpu.steal')?.advice).toMatch(/^not reported/)
  })

  test('is reported from its first jiffy on', () => {
    const files = recorded('5.4')
    const taken = lastTaken(cpuProbe, everySecond(files, worked(files, 0, { [steal]: 20, [idle]: 80 })))
    expect(valueOf(taken, 'cpu.steal')).toBe(20)
    expect(taken.missing.size).toBe(0)
  })
})

describe('what cannot be read', () => {
  test('without /proc/stat every figure says so', () => {
    const taken = lastTaken(cpuProbe, everySecond(without(recorded('5.4'), stat)))
    expect([...taken.missing.keys()].toSorted()).toEqual(all)
    expect(taken.metrics).toEqual([])
  })

  test('garbage is missing, never 0, and the next reading begins with a gap', () => {
    const files = recorded('5.10')
    for (const garbage of ['', 'cpu\n', 'cpu  one two three\n', 'cpux 1 2 3\n']) {
      const [, second, third] = takenFrom(cpuProbe, everySecond(files, { ...files, [stat]: garbage }, files))
      expect([...(second?.missing.keys() ?? [])].toSorted()).toEqual(all)
      expect(second?.metrics).toEqual([])
      expect(third && valueOf(third, 'cpu.busy')).toBeNaN()
    }
  })

  test('on every kernel each figure has a value or a reason', () => {
    for (const kernel of kernels) {
      const files = recorded(kernel)
      const taken = lastTaken(cpuProbe, everySecond(files, worked(files, 0, { [user]: 5, [idle]: 95 })))
      expect([...taken.metrics, ...taken.missing.keys()].toSorted()).toEqual(all)
      for (const value of taken.values) expect(value).toBeGreaterThanOrEqual(0)
    }
  })

  test('a frame in which only the slow group was read says nothing', () => {
    const [taken] = takenFrom(cpuProbe, [{ uptime: 1, files: recorded('5.10'), takes: ['hypervisor'] }])
    expect(taken?.metrics).toEqual([])
    expect(taken?.missing.size).toBe(0)
  })
})

describe('this machine', () => {
  test('its busy share lies within what readings of our own before and after allow', async () => {
    const busy = (text: string): number => {
      const times = (text.split('\n')[0] ?? '').split(/\s+/).slice(1, 9).map(Number)
      return times.reduce((sum, jiffies) => sum + jiffies, 0) - (times[3] ?? 0) - (times[4] ?? 0)
    }
    const outer = live(cpuProbe)[stat] ?? ''
    const first = live(cpuProbe)
    await vi.waitFor(() => expect(live(cpuProbe)[stat]?.split('\n')[0]).not.toBe(first[stat]?.split('\n')[0]))
    const second = live(cpuProbe)
    const last = live(cpuProbe)[stat] ?? ''
    const taken = lastTaken(cpuProbe, everySecond(first, second))
    const jiffies = ((valueOf(taken, 'cpu.busy') ?? Number.NaN) * (observationsOf(taken, 'cpu.busy') ?? 0)) / 100
    expect(jiffies).toBeGreaterThanOrEqual(0)
    expect(jiffies).toBeLessThanOrEqual(busy(last) - busy(outer) + 1e-6)
    expect([...taken.metrics, ...taken.missing.keys()].toSorted()).toEqual(all)
  })
})
