import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScreen, type Size } from '../../source/terminal/screen.ts'
import { bracketedPasteOn, leaveAlternate, mouseOff, mouseOn, showCursor } from '../../source/terminal/sequences.ts'
import { picture, size } from './arbitraries.ts'
import { createEmulator } from './emulator.ts'
import { settle, setUpPresenter, usual } from './fake-terminal.ts'

describe('pictures', () => {
  type Step = { picture: readonly string[] } | { allow: number } | { resize: Size } | 'redraw' | 'bell'
  const step = (): fc.Arbitrary<Step> =>
    fc.oneof(
      { weight: 6, arbitrary: picture().map((lines) => ({ picture: lines })) },
      { weight: 3, arbitrary: fc.nat(200).map((allow) => ({ allow })) },
      { weight: 1, arbitrary: size().map((resize) => ({ resize })) },
      { weight: 1, arbitrary: fc.constantFrom('redraw' as const, 'bell' as const) },
    )

  test('however slow the terminal and whatever was left out, the last one is what is seen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(), { maxLength: 12 }), picture(), async (steps, last) => {
        const { terminal, presenter } = setUpPresenter()
        const emulator = createEmulator(usual)
        terminal.allow(0)
        for (const now of steps) {
          if (now === 'redraw') presenter.redraw()
          else if (now === 'bell') presenter.stdout.write('\u0007')
          else if ('picture' in now) presenter.show(now.picture)
          else if ('allow' in now) terminal.allow(now.allow)
          else {
            // The window changes first, with whatever is on its way to it.
            await emulator.write(terminal.taken())
            emulator.resize(now.resize)
            terminal.resize(now.resize)
          }
          await settle()
        }
        presenter.show(last)
        terminal.allow(Number.POSITIVE_INFINITY)
        await presenter.drained()
        await emulator.write(terminal.taken())

        const fresh = createEmulator(terminal.size())
        await fresh.write(createScreen().paint(last, terminal.size()))
        expect(emulator.seen()).toEqual(fresh.seen())
        expect(emulator.isAlternate && emulator.isCursorHidden).toBe(true)
        emulator.dispose()
        fresh.dispose()
      }),
      { numRuns: 150 },
    )
  })

  test('one is written at a time, and the newest of those that wait is next', async () => {
    const { terminal, presenter } = setUpPresenter()
    terminal.allow(1)
    for (const number of [1, 2, 3, 4, 5]) {
      presenter.show([`picture ${number}`])
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
    const { terminal, presenter } = setUpPresenter()
    presenter.show(['alpha', 'beta', 'gamma'])
    await presenter.drained()
    terminal.taken()
    presenter.show(['alpha', 'bela', 'gamma!'])
    await presenter.drained()
    expect(terminal.taken().toString()).toBe('\u001b[?2026h\u001b[2;3Hl\u001b[3;6H!\u001b[?2026l')
  })

  test('that are the same again send nothing', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.show(['alpha'])
    await presenter.drained()
    terminal.taken()
    presenter.show(['alpha'])
    await presenter.drained()
    expect(terminal.taken()).toHaveLength(0)
    expect(presenter.stats.presented).toBe(2)
  })

  test('are drawn again in full by redraw and after a resize', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.show(['alpha'])
    await presenter.drained()
    for (const again of [() => presenter.redraw(), () => terminal.resize({ columns: 20, rows: 3 })]) {
      terminal.taken()
      again()
      await presenter.drained()
      expect(terminal.taken().toString()).toContain('alpha')
    }
  })

  test('are drawn again in full, in modes set anew, on a terminal that others had meanwhile', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.resume()
    await presenter.drained()
    expect(terminal.taken()).toHaveLength(0)
    presenter.stdout.write(`${bracketedPasteOn}${mouseOn}${mouseOff}`)
    presenter.show(['alpha'])
    await presenter.drained()
    const emulator = createEmulator(usual)
    await emulator.write(terminal.taken())
    await emulator.write(`${leaveAlternate}${showCursor}somebody else`)
    presenter.resume()
    await presenter.drained()
    const sent = terminal.taken().toString()
    await emulator.write(sent)
    expect([emulator.isAlternate, emulator.isCursorHidden]).toEqual([true, true])
    expect(emulator.text()[0]).toBe('alpha')
    expect(sent).toContain(bracketedPasteOn)
    expect(sent).not.toContain(mouseOn)
    emulator.dispose()
  })

  test('is drawn whole behind the modes, also where the window has another size and a picture waits', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.show(['alpha'])
    await presenter.drained()
    const emulator = createEmulator(usual)
    await emulator.write(terminal.taken())
    await emulator.write(`${leaveAlternate}somebody else`)
    terminal.resize({ ...usual })
    presenter.resume()
    await presenter.drained()
    await emulator.write(terminal.taken())
    expect(emulator.isAlternate).toBe(true)
    expect(emulator.text()[0]).toBe('alpha')
    emulator.dispose()
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
})

describe('what is no picture', () => {
  test('whatever Ink draws is dropped, in a bracket or outside, and the cursor stays hidden', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.stdout.write('stray')
    presenter.stdout.write('\u001b[?2026h')
    presenter.stdout.write('\u001b[2K\u001b[1A\u001b[2K\u001b[G')
    presenter.stdout.write('\u001b]0;stray\u0007\u001b[5mstray line\n')
    presenter.stdout.write('\u001b[?2026l')
    presenter.stdout.write('\u001b[2K\u001b[1A\u001b[H\u001b[J\u001b[31m\u001b[?25h')
    await presenter.drained()
    expect(terminal.taken()).toHaveLength(0)
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

  test('the alternate screen is entered with the first picture, the cursor hidden', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.stdout.write('\u0007')
    await presenter.drained()
    expect(terminal.taken().toString()).toBe('\u0007')
    presenter.show(['alpha'])
    presenter.show(['beta'])
    await presenter.drained()
    const taken = terminal.taken().toString()
    expect(taken.startsWith('\u001b[?1049h\u001b[?25l\u001b[?2026h')).toBe(true)
    expect(taken.endsWith('\u001b[?2026l')).toBe(true)
    expect(taken).toContain('beta')
    expect(taken).not.toContain('alpha')
  })

  test('nothing but glyphs and colours gets out of a picture', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.show(['a\u001b[2Jb\u001b]0;title\u0007c\u009b5Ad\u001b]8;;http://x\u001b\\e\tf'])
    await presenter.drained()
    expect(terminal.taken().toString()).toContain('abc5Ade f')
  })
})
