import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createPresenter } from '../../source/terminal/presenter.ts'
import { createScreen, type Size } from '../../source/terminal/screen.ts'
import { mouseOff, mouseOn } from '../../source/terminal/sequences.ts'
import { picture, size } from './arbitraries.ts'
import { createEmulator } from './emulator.ts'
import { createFakeTerminal, createInkWriter, settle } from './fake-terminal.ts'

const usual: Size = { columns: 40, rows: 6 }

const setUp = (at: Size = usual) => {
  const terminal = createFakeTerminal(at)
  const gone: Error[] = []
  const presenter = createPresenter({ terminal, onGone: (error) => gone.push(error) })
  const ink = createInkWriter((text) => void presenter.stdout.write(text))
  return { terminal, gone, presenter, ink }
}

afterEach(() => {
  vi.useRealTimers()
})

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
        const { terminal, presenter, ink } = setUp()
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
    const { terminal, presenter, ink } = setUp()
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
    const { terminal, presenter, ink } = setUp()
    ink.picture(['alpha', 'beta', 'gamma'])
    await presenter.drained()
    terminal.taken()
    ink.picture(['alpha', 'bela', 'gamma!'])
    await presenter.drained()
    expect(terminal.taken().toString()).toBe('\u001b[?2026h\u001b[2;3Hl\u001b[3;6H!\u001b[?2026l')
  })

  test('that are the same again send nothing', async () => {
    const { terminal, presenter, ink } = setUp()
    ink.picture(['alpha'])
    await presenter.drained()
    terminal.taken()
    ink.picture(['alpha'])
    await presenter.drained()
    expect(terminal.taken()).toHaveLength(0)
    expect(presenter.stats.presented).toBe(2)
  })

  test('are drawn again in full by redraw and after a resize', async () => {
    const { terminal, presenter, ink } = setUp()
    ink.picture(['alpha'])
    await presenter.drained()
    for (const again of [() => presenter.redraw(), () => terminal.resize({ columns: 20, rows: 3 })]) {
      terminal.taken()
      again()
      await presenter.drained()
      expect(terminal.taken().toString()).toContain('alpha')
    }
  })

  test('a resize reaches whoever listens, with the new size in place', () => {
    const { terminal, presenter } = setUp()
    const sizes: unknown[] = []
    presenter.stdout.on('resize', () => sizes.push([presenter.stdout.columns, presenter.stdout.rows]))
    terminal.resize({ columns: 100, rows: 30 })
    expect(sizes).toEqual([[100, 30]])
  })

  test('carry a cursor where Ink placed one', async () => {
    const { terminal, presenter } = setUp()
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
    await emulator.write(terminal.taken())
    expect([emulator.cursor, emulator.isCursorHidden]).toEqual([{ row: 0, column: 1 }, false])
    presenter.stdout.write('\u001b[?2026h')
    presenter.stdout.write(
      '\u001b[?25l\u001b[2B\u001b[G\u001b[2K\u001b[1A\u001b[2K\u001b[1A\u001b[2K\u001b[Gnew\ntwo\nthree',
    )
    presenter.stdout.write('\u001b[?2026l')
    await presenter.drained()
    await emulator.write(terminal.taken())
    expect(emulator.isCursorHidden).toBe(true)
    expect(emulator.text().slice(0, 3)).toEqual(['new', 'two', 'three'])
    emulator.dispose()
  })
})

describe('what is no picture', () => {
  test('console output in a bracket is not drawn, a clipboard sequence is passed on', async () => {
    const { terminal, presenter } = setUp()
    presenter.stdout.write('\u001b[?2026h')
    presenter.stdout.write('\u001b[2K\u001b[1A\u001b[2K\u001b[G')
    presenter.stdout.write('a stray line\n')
    presenter.stdout.write('\u001b]52;c;YQ==\u0007')
    presenter.stdout.write('table')
    presenter.stdout.write('\u001b[?2026l')
    await presenter.drained()
    const taken = terminal.taken().toString()
    expect(taken).toMatch(/^.\]52;c;YQ==..\[\?2026h.*table/)
    expect(taken).not.toContain('stray')
  })

  test('keeps its order, and a picture that nobody would see any more is left out', async () => {
    const { terminal, presenter, ink } = setUp()
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
    const { terminal, presenter, ink } = setUp()
    ink.picture(['a\u001b[2Jb\u001b]0;title\u0007c\u009b5Ad\u001b]8;;http://x\u001b\\e\tf'])
    await presenter.drained()
    expect(terminal.taken().toString()).toContain('abc5Ade f')
  })
})

describe('glyphs about whose width terminals differ', () => {
  test('spoil no other cell', async () => {
    const odd = fc.constantFrom('👍🏽', '🎉', '⚠️', '👩‍👩‍👧', 'क्ष', '☺', '🇳🇴')
    const line = fc.array(fc.oneof(odd, fc.constantFrom('a', 'b', '▁', ' ')), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async (versions) => {
        const at = { columns: 16, rows: 2 }
        const emulator = createEmulator(at)
        const screen = createScreen()
        for (const glyphs of versions)
          await emulator.write(screen.paint({ lines: [`${glyphs.join('')}|`, 'below'], cursor: undefined }, at))
        const fresh = createEmulator(at)
        await fresh.write(
          createScreen().paint({ lines: [`${versions.at(-1)?.join('')}|`, 'below'], cursor: undefined }, at),
        )
        expect(emulator.seen()).toEqual(fresh.seen())
        expect(emulator.text()[1]).toBe('below')
        emulator.dispose()
        fresh.dispose()
      }),
      { numRuns: 150 },
    )
  })
})

describe('a terminal that takes nothing', () => {
  test('is asked again after growing pauses, and holds up nobody', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { terminal, presenter, ink } = setUp()
    terminal.fail('EAGAIN')
    ink.picture(['alpha'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(terminal.attempts).toBeGreaterThan(10)
    expect(terminal.attempts).toBeLessThan(30)
    expect(presenter.stdout.writableLength).toBeGreaterThan(0)
    terminal.fail(undefined)
    await vi.advanceTimersByTimeAsync(100)
    expect(terminal.taken().toString()).toContain('alpha')
    expect(presenter.stdout.writableLength).toBe(0)
  })

  test('a write with a callback is answered after the patience at most', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { terminal, presenter, ink } = setUp()
    terminal.allow(3)
    ink.picture(['alpha'])
    let isAnswered = false
    presenter.stdout.write('', () => {
      isAnswered = true
    })
    await vi.advanceTimersByTimeAsync(499)
    expect(isAnswered).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(isAnswered).toBe(true)
  })

  test('that ready again answers the callback at once', async () => {
    const { terminal, presenter, ink } = setUp()
    ink.picture(['alpha'])
    await new Promise<void>((resolve) => presenter.stdout.write('', () => resolve()))
    expect(terminal.taken().toString()).toContain('alpha')
  })
})

describe('the end', () => {
  test('a terminal that is gone is reported once, and nothing is sent to it any more', async () => {
    const { terminal, presenter, gone, ink } = setUp()
    terminal.fail('EIO')
    ink.picture(['alpha'])
    await settle()
    ink.picture(['beta'])
    await presenter.drained()
    expect(gone).toMatchObject([{ code: 'EIO' }])
    expect(terminal.attempts).toBe(1)
    expect(presenter.stdout.destroyed).toBe(true)
    presenter.close()
    expect(terminal.taken()).toHaveLength(0)
  })

  test('closing puts back every mode that was switched on, and nothing else', async () => {
    const { terminal, presenter, ink } = setUp()
    ink.enter()
    presenter.stdout.write(mouseOn)
    presenter.stdout.write('\u001b[?2004h')
    presenter.stdout.write('\u001b[?1004h')
    presenter.stdout.write('\u001b[?1004l')
    presenter.stdout.write('\u001b[>1u')
    ink.picture(['alpha'])
    await presenter.drained()
    terminal.taken()
    presenter.close()
    expect(terminal.taken().toString()).toBe(
      '\u001b[?2026l\u001b[m\u001b[<u\u001b[?1000l\u001b[?1006l\u001b[?2004l\u001b[?1049l\u001b[?25h',
    )
  })

  test('after a clean end closing writes nothing', async () => {
    const { terminal, presenter, ink } = setUp()
    ink.enter()
    presenter.stdout.write(mouseOn)
    ink.picture(['alpha'])
    presenter.stdout.write(mouseOff)
    ink.leave()
    await presenter.drained()
    terminal.taken()
    presenter.close()
    presenter.close()
    expect(terminal.taken()).toHaveLength(0)
  })

  test('closing in the middle of a picture still leaves a clean terminal', async () => {
    await fc.assert(
      fc.asyncProperty(picture(), fc.nat(120), async (lines, allowed) => {
        const { terminal, presenter, ink } = setUp()
        const emulator = createEmulator(usual)
        await emulator.write('a shell')
        ink.enter()
        await presenter.drained()
        terminal.allow(allowed)
        ink.picture(lines)
        await settle()
        terminal.allow(Number.POSITIVE_INFINITY)
        presenter.close()
        await emulator.write(terminal.taken())
        expect([emulator.isAlternate, emulator.isCursorHidden, emulator.text()[0]]).toEqual([false, false, 'a shell'])
        expect(emulator.seen()[1]?.cells.every((cell) => cell === ' ')).toBe(true)
        emulator.dispose()
      }),
      { numRuns: 60 },
    )
  })
})
