import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScreen, type Size } from '../../source/terminal/screen.ts'
import { picture, size } from './arbitraries.ts'
import { createEmulator } from './emulator.ts'
import { settle, setUpPresenter, usual } from './fake-terminal.ts'

describe('pictures', () => {
  type Step = { picture: readonly string[] } | { allow: number } | { resize: Size } | 'redraw' | 'clear' | 'bell'
  const step = (): fc.Arbitrary<Step> =>
    fc.oneof(
      { weight: 6, arbitrary: picture().map((lines) => ({ picture: lines })) },
      { weight: 3, arbitrary: fc.nat(200).map((allow) => ({ allow })) },
      { weight: 1, arbitrary: size().map((resize) => ({ resize })) },
      { weight: 1, arbitrary: fc.constantFrom('redraw' as const, 'clear' as const, 'bell' as const) },
    )

  test('however slow the terminal and whatever was left out, the last one is what is seen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(), { maxLength: 12 }), picture(), async (steps, last) => {
        const { terminal, presenter, ink } = setUpPresenter()
        const emulator = createEmulator(usual)
        terminal.allow(0)
        ink.enter()
        for (const now of steps) {
          if (now === 'redraw') presenter.redraw()
          else if (now === 'clear') ink.clear()
          else if (now === 'bell') presenter.stdout.write('\u0007')
          else if ('picture' in now) ink.picture(now.picture)
          else if ('allow' in now) terminal.allow(now.allow)
          else {
            // The window changes first, with whatever is on its way to it.
            await emulator.write(terminal.taken())
            emulator.resize(now.resize)
            terminal.resize(now.resize)
          }
          await settle()
        }
        ink.fullPicture(last)
        terminal.allow(Number.POSITIVE_INFINITY)
        await presenter.drained()
        await emulator.write(terminal.taken())

        const fresh = createEmulator(terminal.size())
        await fresh.write(createScreen().paint({ lines: last, cursor: undefined }, terminal.size()))
        expect(emulator.seen()).toEqual(fresh.seen())
        expect(emulator.isAlternate && emulator.isCursorHidden).toBe(true)
        emulator.dispose()
        fresh.dispose()
      }),
      { numRuns: 150 },
    )
  })

  test('one is written at a time, and the newest of those that wait is next', async () => {
    const { terminal, presenter, ink } = setUpPresenter()
    terminal.allow(1)
    for (const number of [1, 2, 3, 4, 5]) {
      ink.picture([`picture ${number}`])
      await settle()
    }
    terminal.allow(Number.POSITIVE_INFINITY)
    await presenter.drained()
    const taken = terminal.taken().toString()
    expect(taken).toContain('picture 1')
    expect(taken).not.toMatch(/picture [234]/)
    expect(presenter.stats).toEqual({ presented: 2, replaced: 3, bytes: taken.length })
  })

  test('leave in one synchronized update each, nothing but absolute addresses in it', async () => {
    const { terminal, presenter, ink } = setUpPresenter()
    ink.picture(['alpha', 'beta', 'gamma'])
    await presenter.drained()
    terminal.taken()
    ink.picture(['alpha', 'bela', 'gamma!'])
    await presenter.drained()
    expect(terminal.taken().toString()).toBe('\u001b[?2026h\u001b[2;3Hl\u001b[3;6H!\u001b[?2026l')
  })

  test('that are the same again send nothing', async () => {
    const { terminal, presenter, ink } = setUpPresenter()
    ink.picture(['alpha'])
    await presenter.drained()
    terminal.taken()
    ink.picture(['alpha'])
    await presenter.drained()
    expect(terminal.taken()).toHaveLength(0)
    expect(presenter.stats.presented).toBe(2)
  })

  test('are drawn again in full by redraw and after a resize', async () => {
    const { terminal, presenter, ink } = setUpPresenter()
    ink.picture(['alpha'])
    await presenter.drained()
    for (const again of [() => presenter.redraw(), () => terminal.resize({ columns: 20, rows: 3 })]) {
      terminal.taken()
      again()
      await presenter.drained()
      expect(terminal.taken().toString()).toContain('alpha')
    }
  })

  test('are drawn in full on a screen that was left and entered again, and not in between', async () => {
    const { terminal, presenter, ink } = setUpPresenter()
    ink.enter()
    ink.picture(['alpha'])
    ink.leave()
    await presenter.drained()
    terminal.taken()
    terminal.resize({ columns: 20, rows: 3 })
    presenter.redraw()
    await presenter.drained()
    expect(terminal.taken()).toHaveLength(0)
    ink.enter()
    ink.picture(['alpha'])
    await presenter.drained()
    expect(terminal.taken().toString()).toContain('alpha')
    ink.enter()
    ink.picture(['alpha'])
    await presenter.drained()
    expect(terminal.taken().toString()).toContain('alpha')
  })

  test('may be watched by as many as like', () => {
    expect(setUpPresenter().presenter.stdout.getMaxListeners()).toBe(0)
  })

  test('a resize reaches whoever listens, with the new size in place', () => {
    const { terminal, presenter } = setUpPresenter()
    const sizes: unknown[] = []
    presenter.stdout.on('resize', () => sizes.push([presenter.stdout.columns, presenter.stdout.rows]))
    terminal.resize({ columns: 100, rows: 30 })
    expect(sizes).toEqual([[100, 30]])
  })

  test('carry a cursor where Ink placed one', async () => {
    const { terminal, presenter } = setUpPresenter()
    const emulator = createEmulator(usual)
    presenter.stdout.write('\u001b[?1049h\u001b[?25l')
    presenter.stdout.write('\u001b[?2026h')
    presenter.stdout.write('one\ntwo\nthree\u001b[1A\u001b[3G\u001b[?25h')
    presenter.stdout.write('\u001b[?2026l')
    await presenter.drained()
    await emulator.write(terminal.taken())
    expect([emulator.cursor, emulator.isCursorHidden]).toEqual([{ row: 1, column: 2 }, false])
    presenter.stdout.write('\u001b[?2026h')
    presenter.stdout.write('\u001b[?25l\u001b[1B\u001b[G\u001b[2A\u001b[2G\u001b[?25h')
    presenter.stdout.write('\u001b[?2026l')
    await presenter.drained()
    const moved = terminal.taken()
    expect(moved.toString()).toBe('\u001b[?2026h\u001b[1;2H\u001b[?25h\u001b[?2026l')
    await emulator.write(moved)
    expect([emulator.cursor, emulator.isCursorHidden]).toEqual([{ row: 0, column: 1 }, false])
    presenter.stdout.write('\u001b[?2026h')
    presenter.stdout.write(
      '\u001b[?25l\u001b[2B\u001b[G\u001b[2K\u001b[1A\u001b[2K\u001b[1A\u001b[2K\u001b[Gnew\ntwo\nthree',
    )
    presenter.stdout.write('\u001b[?2026l')
    await presenter.drained()
    const painted = terminal.taken()
    expect(painted.toString()).toBe('\u001b[?2026h\u001b[?25l\u001b[1;1Hnew\u001b[?2026l')
    await emulator.write(painted)
    expect(emulator.isCursorHidden).toBe(true)
    expect(emulator.text().slice(0, 3)).toEqual(['new', 'two', 'three'])
    emulator.dispose()
  })
})

describe('what is no picture', () => {
  test('stray text is not drawn, in a bracket or outside', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.stdout.write('stray')
    presenter.stdout.write('\u001b[?2026h')
    presenter.stdout.write('\u001b[2K\u001b[1A\u001b[2K\u001b[G')
    presenter.stdout.write('\u001b]0;stray\u0007\u001b[5mstray line\n')
    presenter.stdout.write('table')
    presenter.stdout.write('\u001b[?2026l')
    await presenter.drained()
    const taken = terminal.taken().toString()
    expect(taken).toContain('table')
    expect(taken).not.toContain('stray')
  })

  test('a sequence for the terminal itself is passed on', async () => {
    const { terminal, presenter } = setUpPresenter()
    const sequences = [
      '\u001b]52;c;YQ==\u0007',
      '\u0007',
      '\u001bPtmux;\u001b\u001b]52;c;YQ==\u0007\u001b\\',
      '\u001b[>1u',
      '\u001bc',
    ]
    for (const sequence of sequences) presenter.stdout.write(sequence)
    await presenter.drained()
    expect(terminal.taken().toString()).toBe(sequences.join(''))
  })

  test('keeps its order, and a picture that nobody would see any more is left out', async () => {
    const { terminal, presenter, ink } = setUpPresenter()
    terminal.allow(1)
    ink.enter()
    await settle()
    ink.picture(['late'])
    ink.leave()
    terminal.allow(Number.POSITIVE_INFINITY)
    await presenter.drained()
    expect(terminal.taken().toString()).toBe('\u001b[?1049h\u001b[?25l\u001b[?25h\u001b[?1049l\u001b[?25h')
  })

  test('nothing but glyphs and colours gets out of a picture', async () => {
    const { terminal, presenter, ink } = setUpPresenter()
    ink.picture(['a\u001b[2Jb\u001b]0;title\u0007c\u009b5Ad\u001b]8;;http://x\u001b\\e\tf'])
    await presenter.drained()
    expect(terminal.taken().toString()).toContain('abc5Ade f')
  })
})
