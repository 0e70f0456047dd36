import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPens } from '../../source/terminal/pens.ts'
import { createEmulator } from './emulator.ts'

const parameters = fc.constantFrom(
  '',
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '7',
  '8',
  '9',
  '53',
  '22',
  '23',
  '24',
  '27',
  '29',
  '55',
  '31',
  '97',
  '39',
  '44',
  '103',
  '49',
  '38;5;208',
  '48;5;17',
  '38;2;1;2;3',
  '1;31;48;2;9;8;7',
  '0;2;4',
)

describe('pens', () => {
  test('the shortest way from one to another looks the same as the long one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(parameters, { maxLength: 6 }), fc.array(parameters, { maxLength: 6 }), async (a, b) => {
        const pens = createPens()
        const from = a.reduce((pen, codes) => pens.apply(pen, codes), 0)
        const to = b.reduce((pen, codes) => pens.apply(pen, codes), 0)
        const emulator = createEmulator({ columns: 4, rows: 2 })
        await emulator.write(`${pens.change(0, from)}${pens.change(from, to)}x\r\n`)
        await emulator.write(`\u001b[m${b.map((codes) => `\u001b[${codes}m`).join('')}x`)
        const [short, long] = emulator.seen()
        emulator.dispose()
        expect(short?.cells[0]).toEqual(long?.cells[0])
      }),
      { numRuns: 100 },
    )
  })

  test('that look the same are the same', () => {
    const pens = createPens()
    expect(pens.apply(pens.apply(0, '1'), '31')).toBe(pens.apply(0, '31;1'))
    expect(pens.apply(pens.apply(0, '31'), '39')).toBe(0)
    expect(pens.change(3, 3)).toBe('')
  })

  test('what ends one attribute and its sibling brings the sibling back', () => {
    const pens = createPens()
    const both = pens.apply(0, '1;2;38;2;1;2;3')
    expect(pens.change(both, pens.apply(0, '1;38;2;1;2;3'))).toBe('\u001b[22;1m')
  })

  test('sub-parameters are colours and underlines too', () => {
    const pens = createPens()
    expect(pens.change(0, pens.apply(0, '38:5:208'))).toBe('\u001b[38:5:208m')
    expect(pens.apply(0, '4:3')).toBe(pens.apply(0, '4'))
    expect(pens.apply(pens.apply(0, '4'), '4:0')).toBe(0)
    expect(pens.apply(0, '58;5;1')).toBe(0)
  })

  test('a space is visible on a colour, underlined or reversed', () => {
    const pens = createPens()
    expect(['1', '31', '2;3'].map((codes) => pens.isInvisible(pens.apply(0, codes)))).toEqual([true, true, true])
    expect(['44', '4', '7', '9', '53'].map((codes) => pens.isInvisible(pens.apply(0, codes)))).not.toContain(true)
  })
})
