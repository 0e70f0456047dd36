import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pressureProbe, stalled } from '../../../source/nodes/probes/pressure.ts'
import {
  behindOf,
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

const paths = ['/proc/pressure/cpu', '/proc/pressure/io', '/proc/pressure/memory'] as const
const all = ['pressure.cpu', 'pressure.io', 'pressure.memory'] as const

/** Some task waits that many microseconds longer, and all tasks twice as long. */
const waited = (files: Files, path: string, microseconds: number): Files =>
  edited(files, path, (text) =>
    text.replace(/(some|full)(.*total=)(\d+)/g, (_, kind: string, middle: string, total: string) => {
      return `${kind}${middle}${Number(total) + microseconds * (kind === 'full' ? 2 : 1)}`
    }),
  )

describe('pressure', () => {
  test('is the share of time in which some task waited, each resource by itself', () => {
    const files = recorded('5.15')
    const later = paths.reduce((texts, path, index) => waited(texts, path, 100_000 * (index + 1)), files)
    const taken = lastTaken(pressureProbe, [
      { uptime: 10, files },
      { uptime: 12, files: later },
    ])
    expect(valuesOf(taken)).toEqual({ 'pressure.cpu': 5, 'pressure.io': 10, 'pressure.memory': 15 })
    expect(taken.metrics.map((metric) => behindOf(taken, metric))).toEqual([
      { window: 2 },
      { window: 2 },
      { window: 2 },
    ])
  })

  test('of kernels without a `full` line for CPU is read all the same', () => {
    const files = recorded('5.4')
    const taken = lastTaken(pressureProbe, everySecond(files, waited(files, paths[0], 250_000)))
    expect(valueOf(taken, 'pressure.cpu')).toBe(25)
  })

  test('never shows more than all of the time', () => {
    const files = recorded('6.1')
    const taken = lastTaken(pressureProbe, [
      { uptime: 10, files },
      { uptime: 10.99, files: waited(files, paths[1], 1_000_000) },
    ])
    expect(valueOf(taken, 'pressure.io')).toBe(100)
  })

  test('the first reading, a total that went back and a clock that stands are gaps', () => {
    const files = recorded('6.1')
    const less = waited(files, paths[1], -1)
    expect(valueOf(lastTaken(pressureProbe, everySecond(files)), 'pressure.io')).toBeNaN()
    expect(valueOf(lastTaken(pressureProbe, everySecond(files, less)), 'pressure.io')).toBeNaN()
    const still = [4, 4].map((uptime) => ({ uptime, files }))
    expect(valueOf(lastTaken(pressureProbe, still), 'pressure.io')).toBeNaN()
  })

  test('that the kernel does not give is missing, and says how to have it', () => {
    const empty = Object.fromEntries(paths.map((path) => [path, '']))
    for (const files of [recorded('4.18'), { ...recorded('4.18'), ...empty }]) {
      const taken = lastTaken(pressureProbe, everySecond(files, files))
      expect(taken.metrics).toEqual([])
      for (const metric of all)
        expect(taken.missing.get(metric)).toMatchObject({
          missing: 'no-kernel',
          advice: expect.stringContaining('psi=1'),
        })
    }
  })

  test('one missing file takes only its own figure away', () => {
    const files = without(recorded('6.1'), paths[1])
    const taken = lastTaken(pressureProbe, everySecond(files, files))
    expect(valuesOf(taken)).toEqual({ 'pressure.cpu': 0, 'pressure.memory': 0 })
    expect([...taken.missing.keys()]).toEqual(['pressure.io'])
  })

  test('garbage is no-data, and the next reading begins with a gap', () => {
    const files = recorded('6.1')
    for (const garbage of ['some avg10=0.00\n', 'some a b c total=many\n', 'some a b c 17\n']) {
      const [, second, third] = takenFrom(pressureProbe, everySecond(files, { ...files, [paths[0]]: garbage }, files))
      expect(second?.missing.get('pressure.cpu')).toMatchObject({ missing: 'no-data' })
      expect(second?.metrics).not.toContain('pressure.cpu')
      expect(third && valueOf(third, 'pressure.cpu')).toBeNaN()
    }
  })

  test('a total is a number or nothing, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const total = stalled(`total=${text}`)
        expect(Number.isNaN(total) || String(total).startsWith(String(Number(text)))).toBe(true)
        expect(stalled(text.replaceAll('total=', ''))).toBeNaN()
      }),
    )
  })

  test('on every kernel each figure has a value or a reason', () => {
    for (const kernel of kernels) {
      const taken = lastTaken(pressureProbe, everySecond(recorded(kernel), recorded(kernel)))
      expect([...taken.metrics, ...taken.missing.keys()].toSorted()).toEqual([...all])
    }
  })
})

describe('this machine', () => {
  test('the growth lies within readings of our own before and after', () => {
    const own = (): number | undefined => {
      if (live(pressureProbe)[paths[0]] === undefined) return undefined
      return Number(/^some .*total=(\d+)/.exec(readFileSync(paths[0], 'utf8'))?.[1])
    }
    const before = own()
    const taken = lastTaken(pressureProbe, everySecond(live(pressureProbe), live(pressureProbe)))
    const after = own()
    const most = ((after ?? 0) - (before ?? 0)) / 10_000 + 1e-9
    expect(verdictOn(taken, 'pressure.cpu', 0, most)).toBe(before === undefined ? 'no-kernel' : true)
  })
})
