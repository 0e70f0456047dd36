import { describe, expect, test } from 'vitest'
import { softnetProbe } from '../../../source/nodes/probes/softnet.ts'
import {
  addToWord,
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
  without,
} from './recorded.ts'

const file = '/proc/net/softnet_stat'

/** Adds to one column (from 1) of one line. */
const grown = (files: Files, column: number, amount: number, row = 0): Files =>
  edited(files, file, (text) =>
    text
      .split('\n')
      .map((line, index) => (index === row ? addToWord(line, column - 1, amount) : line))
      .join('\n'),
  )

describe('the receive path', () => {
  test('drops are column 2 and squeezes column 3 of all CPUs, per second, on every kernel', () => {
    for (const kernel of kernels) {
      const files = recorded(kernel)
      const later = [1, 4, 9, 10, 11].reduce((texts, column) => grown(texts, column, 1000), files)
      const taken = lastTaken(softnetProbe, [
        { uptime: 50, files },
        { uptime: 52, files: grown(grown(grown(later, 2, 6), 2, 4, 1), 3, 30, 1) },
      ])
      expect(valuesOf(taken)).toEqual({ 'softnet.drops': 5, 'softnet.squeezes': 15 })
    }
  })

  test('a CPU that wraps is growth like any other, and a reset is a gap', () => {
    const files = grown(recorded('6.1'), 2, 2 ** 32 - 1)
    expect(valueOf(lastTaken(softnetProbe, everySecond(files, grown(files, 2, 3))), 'softnet.drops')).toBe(3)
    const reset = lastTaken(softnetProbe, everySecond(recorded('4.18'), grown(recorded('4.18'), 3, -20)))
    expect(valueOf(reset, 'softnet.squeezes')).toBeNaN()
  })

  test('the first reading is a gap', () => {
    expect(lastTaken(softnetProbe, everySecond(recorded('6.1'))).values).toEqual([Number.NaN, Number.NaN])
  })

  test('512 CPUs add up', () => {
    const row = (recorded('6.18')[file] ?? '').split('\n')[0] ?? ''
    const many = { ...recorded('6.18'), [file]: `${Array(512).fill(row).join('\n')}\n` }
    const later = edited(many, file, (text) => text.replace(/^\S+ \S+/gm, (words) => addToWord(words, 1, 2)))
    expect(valueOf(lastTaken(softnetProbe, everySecond(many, later)), 'softnet.drops')).toBe(1024)
  })

  test('what cannot be read is missing, never 0, and the next reading begins with a gap', () => {
    const files = recorded('6.1')
    const absent = without(files, file)
    for (const [broken, missing] of [
      [absent, 'no-kernel'],
      [{ ...files, [file]: '' }, 'no-data'],
      [{ ...files, [file]: '0000001a\n' }, 'no-data'],
      [{ ...files, [file]: 'xx yy zz\n' }, 'no-data'],
    ] as const) {
      const [, second, third] = takenFrom(softnetProbe, everySecond(files, broken, files))
      expect(second?.metrics).toEqual([])
      expect(second?.missing.get('softnet.drops')).toMatchObject({ missing })
      expect(second?.missing.get('softnet.squeezes')).toMatchObject({ missing })
      expect(third?.values).toEqual([Number.NaN, Number.NaN])
    }
  })
})

describe('this machine', () => {
  test('the growth lies within readings of our own before and after', () => {
    const own = (): number =>
      (live(softnetProbe)[file] ?? '')
        .trim()
        .split('\n')
        .reduce((sum, line) => sum + Number(`0x${line.split(' ')[2]}`), 0)
    const before = own()
    const taken = lastTaken(softnetProbe, everySecond(live(softnetProbe), live(softnetProbe)))
    const after = own()
    expect(valueOf(taken, 'softnet.squeezes')).toBeGreaterThanOrEqual(0)
    expect(valueOf(taken, 'softnet.squeezes')).toBeLessThanOrEqual(after - before)
    expect(valueOf(taken, 'softnet.drops')).toBeGreaterThanOrEqual(0)
  })
})
