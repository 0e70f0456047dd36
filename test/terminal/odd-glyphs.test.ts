import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScreen } from '../../source/terminal/screen.ts'
import { createEmulator } from './emulator.ts'

describe('glyphs about whose width terminals differ', () => {
  test('spoil no other cell', async () => {
    const odd = fc.constantFrom('👍🏽', '🎉', '⚠️', '👩‍👩‍👧', 'क्ष', '☺', '🇳🇴')
    const line = fc.array(fc.oneof(odd, fc.constantFrom('a', 'b', '▁', ' ')), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async (versions) => {
        const at = { columns: 16, rows: 2 }
        const emulator = createEmulator(at)
        const screen = createScreen()
        for (const glyphs of versions) await emulator.write(screen.paint([`${glyphs.join('')}|`, 'below'], at))
        const fresh = createEmulator(at)
        await fresh.write(createScreen().paint([`${versions.at(-1)?.join('')}|`, 'below'], at))
        expect(emulator.seen()).toEqual(fresh.seen())
        expect(emulator.text()[1]).toBe('below')
        emulator.dispose()
        fresh.dispose()
      }),
      { numRuns: 150 },
    )
  })
})

describe('a glyph that the terminal draws wider than we think', () => {
  // Three cells in the emulator, two by string-width.
  const family = '👩‍👩‍👧'
  const at = { columns: 10, rows: 2 }

  test('leaves the cell behind it as it was', async () => {
    const emulator = createEmulator(at)
    const screen = createScreen()
    await emulator.write(screen.paint(['aaaaa'], at))
    await emulator.write(screen.paint([`a${family}aa`], at))
    expect(emulator.seen()[0]?.cells[3]).toMatch(/^a/)
    emulator.dispose()
  })

  test('leaves no trace behind the end of a line, nor on the next one', async () => {
    const emulator = createEmulator(at)
    const screen = createScreen()
    await emulator.write(screen.paint(['abc', 'below'], at))
    await emulator.write(screen.paint([`a${family}`, 'below'], at))
    expect(emulator.seen()[0]?.cells[3]).toBe(' ')
    await emulator.write(screen.paint([`aaaaaaaa${family}`, 'below'], at))
    expect(emulator.text()[1]).toBe('below')
    emulator.dispose()
  })
})
