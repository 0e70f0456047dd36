import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimal, readDecimals } from '../../../source/nodes/probes/decimal.ts'
import { kernelAtLeast } from '../../../source/nodes/probes/kernel-release.ts'

/** The first numbers of a line, over what stood in their places. */
const read = (line: string, count: number): readonly number[] => {
  const into = new Array<number>(count).fill(99)
  readDecimals(line, into)
  return into
}

describe('numbers of /proc', () => {
  test('are read as the kernel writes them', () => {
    expect(decimal('262144')).toBe(262_144)
    expect(decimal('-1')).toBe(-1)
    expect(read('  7 0.5   12 ', 3)).toEqual([7, 0.5, 12])
  })

  test('of a line are read into as many places as are wanted, and a place without a number is a gap', () => {
    expect(read('7 - 12', 2)).toEqual([7, Number.NaN])
    expect(read('7 ', 3)).toEqual([7, Number.NaN, Number.NaN])
    expect(read('', 1)).toEqual([Number.NaN])
    const word = fc.stringMatching(/^[-.a1-9]{1,17}$/)
    fc.assert(
      fc.property(fc.array(word), fc.array(fc.constantFrom(' ', '\t', '  '), { minLength: 1 }), (words, blanks) => {
        const line = words.map((one, index) => `${blanks[index % blanks.length]}${one}`).join('')
        expect(read(line, words.length)).toEqual(words.map((one) => decimal(one)))
      }),
    )
  })

  test('anything else is no number, and above all not 0', () => {
    for (const text of ['', ' ', '-', 'NaN', '0x10', '1e3', '12 34', 'Infinity', '１２', undefined])
      expect(decimal(text)).toBeNaN()
  })

  test('whatever stands there, nothing but digits gives a number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(Number.isNaN(decimal(text))).toBe(!/^-?\d+(\.\d+)?$/.test(text))
      }),
    )
  })
})

describe('kernel releases', () => {
  test('compare by number, not by text', () => {
    expect(kernelAtLeast('5.10.0-35-amd64', 5, 10)).toBe(true)
    expect(kernelAtLeast('5.9.16', 5, 10)).toBe(false)
    expect(kernelAtLeast('4.18.0-553.el8_10.x86_64', 5, 10)).toBe(false)
    expect(kernelAtLeast('6.1.0', 5, 15)).toBe(true)
  })

  test('what is no release is no new kernel', () => {
    expect(kernelAtLeast('', 5, 10)).toBe(false)
    expect(kernelAtLeast('linux', 5, 10)).toBe(false)
  })
})
