import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { mouseOff, mouseOn } from '../../source/terminal/sequences.ts'
import { picture } from './arbitraries.ts'
import { createEmulator } from './emulator.ts'
import { settle, setUpPresenter, usual } from './fake-terminal.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('a terminal that takes nothing', () => {
  test('is asked again after growing pauses, and holds up nobody', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { terminal, presenter } = setUpPresenter()
    terminal.fail('EAGAIN')
    presenter.show(['alpha'])
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
    const { terminal, presenter } = setUpPresenter()
    terminal.allow(3)
    presenter.show(['alpha'])
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
    const { terminal, presenter } = setUpPresenter()
    presenter.show(['alpha'])
    await new Promise<void>((resolve) => presenter.stdout.write('', () => resolve()))
    expect(terminal.taken().toString()).toContain('alpha')
  })
})

describe('the end', () => {
  test('a terminal that is gone is reported once, and nothing is sent to it any more', async () => {
    const { terminal, presenter, gone } = setUpPresenter()
    terminal.fail('EIO')
    presenter.show(['alpha'])
    await settle()
    presenter.show(['beta'])
    await presenter.drained()
    expect(gone).toMatchObject([{ code: 'EIO' }])
    expect(terminal.attempts).toBe(1)
    expect(presenter.stdout.destroyed).toBe(true)
    presenter.close()
    expect(terminal.taken()).toHaveLength(0)
  })

  test('closing puts back every mode that was switched on, and nothing else', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.stdout.write(mouseOn)
    presenter.stdout.write('\u001b[?2004h')
    presenter.stdout.write('\u001b[?1004h')
    presenter.stdout.write('\u001b[?1004l')
    presenter.stdout.write('\u001b[>1u')
    presenter.show(['alpha'])
    await presenter.drained()
    terminal.taken()
    presenter.close()
    expect(terminal.taken().toString()).toBe(
      '\u001b[?2026l\u001b[m\u001b[<u\u001b[?1000l\u001b[?1006l\u001b[?2004l\u001b[?1049l\u001b[?25h',
    )
  })

  test('closing cancels what was cut off, and repeats what may not have arrived', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.show(['alpha'])
    presenter.stdout.write(mouseOn)
    await presenter.drained()
    terminal.taken()
    terminal.allow(0)
    presenter.stdout.write(mouseOff)
    await settle()
    presenter.close()
    expect(terminal.taken().toString()).toBe(
      '\u0018\u001b[?2026l\u001b[m\u001b[?1000l\u001b[?1006l\u001b[?1049l\u001b[?25h',
    )
  })

  test('nobody waits for a terminal that is closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { terminal, presenter } = setUpPresenter()
    terminal.allow(0)
    presenter.show(['alpha'])
    const before = presenter.drained()
    presenter.close()
    await before
    await presenter.drained()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('closing where nothing was shown writes nothing, and a second time neither', async () => {
    const { terminal, presenter } = setUpPresenter()
    presenter.close()
    expect(terminal.taken()).toHaveLength(0)
    const other = setUpPresenter()
    other.presenter.show(['alpha'])
    await other.presenter.drained()
    other.presenter.close()
    other.terminal.taken()
    other.presenter.close()
    other.presenter.show(['beta'])
    await settle()
    expect(other.terminal.taken()).toHaveLength(0)
  })

  test('closing in the middle of a picture still leaves a clean terminal', async () => {
    await fc.assert(
      fc.asyncProperty(picture(), fc.nat(120), async (lines, allowed) => {
        const { terminal, presenter } = setUpPresenter()
        const emulator = createEmulator(usual)
        await emulator.write('a shell')
        terminal.allow(allowed)
        presenter.show(lines)
        await settle()
        presenter.close()
        // A thread of the pool may take up the write only now.
        terminal.allow(Number.POSITIVE_INFINITY)
        await settle()
        await emulator.write(terminal.taken())
        expect([emulator.isAlternate, emulator.isCursorHidden, emulator.text()[0]]).toEqual([false, false, 'a shell'])
        expect(emulator.seen()[1]?.cells.every((cell) => cell === ' ')).toBe(true)
        emulator.dispose()
      }),
      { numRuns: 60 },
    )
  })
})
