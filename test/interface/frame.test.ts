import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindingsFor, generalBindings, tableBindings } from '../../source/interface/binding.ts'
import { drawFrame } from '../../source/interface/frame.ts'
import { initialModel } from '../../source/interface/model.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { update } from '../../source/interface/update.ts'
import { screens } from '../../source/screens/screens.ts'
import { paintedWidth, unpainted } from '../../source/text/colour.ts'
import { anySnapshot, colourDepth, glyphLevel, terminalSize } from './arbitraries.ts'

const everyKey = [
  ...new Set(
    [generalBindings, tableBindings, ...screens.flatMap(bindingsFor)]
      .flat()
      .flatMap(({ keys }) => keys as readonly string[]),
  ),
].filter((key) => key !== 'ctrl-c')

/** Keys as somebody presses them who does not know the program, and then some typing. */
const keys = (): fc.Arbitrary<readonly string[]> => fc.tuple(command(), pressed()).map((all) => all.flat())

/** The way to any screen. */
const command = (): fc.Arbitrary<readonly string[]> =>
  fc.constantFrom([], ...screens.map(({ name }) => [':', ...Array.from(name), 'enter']))

const pressed = (): fc.Arbitrary<readonly string[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...everyKey) },
      { weight: 1, arbitrary: fc.constantFrom('w', 'o', '漢', '!', 'backspace', 'tab', 'ctrl-k', 'f5', 'space') },
    ),
    { maxLength: 14 },
  )

// oxlint-disable-next-line no-control-regex -- SGR sequences begin with one
const sequence = /\u001b\[[\d;]*m/g

describe('a frame', () => {
  test('has exactly the rows and columns of its terminal, whatever there is to show and whatever was pressed', () => {
    fc.assert(
      fc.property(
        anySnapshot(),
        anySnapshot(),
        keys(),
        terminalSize(),
        terminalSize(),
        colourDepth(),
        glyphLevel(),
        fc.nat(3),
        (snapshot, later, pressed, terminal, resized, depth, level, dropped) => {
          const start = initialModel(screens)
          const model = pressed.reduce(
            (model, key, index) => update(model, key, { snapshot, live: snapshot, terminal, at: index * 300 }).model,
            start,
          )
          for (const [shown, size] of [
            [snapshot, terminal],
            [later, terminal],
            [later, resized],
          ] as const) {
            const lines = drawFrame(model, shown, size, { at: 1000, dropped }, createTheme(depth, level))
            expect(lines.map(paintedWidth)).toEqual(Array.from({ length: size.rows }, () => size.columns))
          }
        },
      ),
      { numRuns: 150 },
    )
  }, 60_000)

  test('is printable text and balanced paint, and at level ascii nothing but ASCII', () => {
    fc.assert(
      fc.property(anySnapshot(), keys(), colourDepth(), glyphLevel(), (snapshot, pressed, depth, level) => {
        const terminal = { columns: 100, rows: 30 }
        const model = pressed.reduce(
          (model, key) => update(model, key, { snapshot, live: snapshot, terminal, at: 0 }).model,
          initialModel(screens),
        )
        for (const line of drawFrame(model, snapshot, terminal, { at: 0, dropped: 0 }, createTheme(depth, level))) {
          expect(unpainted(line)).toMatch(level === 'ascii' ? /^[ -~]*$/ : /^[^\p{Cc}\p{Cf}]*$/u)
          const codes: readonly string[] = line.match(sequence) ?? []
          const colours = codes.filter((code) => !/\[2?7m$/.test(code))
          expect(depth === 'none' ? colours : []).toEqual([])
          expect(codes.length % 2).toBe(0)
        }
      }),
      { numRuns: 100 },
    )
  }, 60_000)
})
