import { PassThrough } from 'node:stream'
import { render, useApp, useInput, usePaste, useWindowSize } from 'ink'
import { createElement, useLayoutEffect, useState } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createInput } from '../../source/terminal/input.ts'
import { createPresenter } from '../../source/terminal/presenter.ts'
import type { Mouse } from '../../source/terminal/read-token.ts'
import type { Size } from '../../source/terminal/screen.ts'
import { createEmulator } from './emulator.ts'

const labels = (count: number, columns: number): readonly string[] =>
  Array.from({ length: count }, (_, row) => `row ${row} ${'·'.repeat(columns)}`.slice(0, columns))

type Show = (lines: readonly string[]) => void

/** A screen as kntop draws them: whole pictures beside Ink's own output. `height` rows, or all there are. */
const App = ({ height, show }: { readonly height: number | undefined; readonly show: Show }) => {
  const { columns, rows } = useWindowSize()
  const { exit } = useApp()
  const [moves, setMoves] = useState(0)
  const [said, setSaid] = useState('')
  useInput((input, key) => {
    if (input === 'q') exit()
    else if (input === 'j' || key.downArrow) setMoves((count) => count + 1)
    else setSaid(key.escape ? 'escape' : key.meta ? `alt ${input}` : input)
  })
  usePaste((text) => setSaid(`pasted ${JSON.stringify(text)}`))
  const lines = [`moves ${moves} said ${said}`.slice(0, columns), ...labels((height ?? rows) - 1, columns)]
  useLayoutEffect(() => show(lines))
  return null
}

const running: (() => void)[] = []

const start = (at: Size, height?: number) => {
  const emulator = createEmulator(at)
  let size = at
  const listeners = new Set<() => void>()
  const presenter = createPresenter({
    terminal: {
      size: () => size,
      onResize: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      write: (bytes, done) => {
        const taken = async (): Promise<void> => {
          await emulator.write(bytes)
          done(null, bytes.length)
        }
        void taken()
      },
      writeNow: (bytes) => {
        void emulator.write(bytes)
        return true
      },
    },
    onGone: (error) => {
      throw error
    },
  })
  const raw: boolean[] = []
  const mice: Mouse[] = []
  const real = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) })
  const input = createInput(real, {
    onMouse: (mouse) => mice.push(mouse),
    onGone: (error) => {
      throw error
    },
  })
  const app = render(createElement(App, { height, show: presenter.show }), {
    stdout: presenter.stdout,
    stdin: input.stdin,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  running.push(() => {
    app.unmount()
    input.close()
    presenter.close()
    emulator.dispose()
  })
  return {
    emulator,
    presenter,
    app,
    raw,
    mice,
    type: (...reads: readonly string[]) => {
      for (const read of reads) real.write(read)
    },
    resize: (next: Size) => {
      size = next
      emulator.resize(next)
      for (const listener of listeners) listener()
    },
    top: () => vi.waitFor(() => emulator.text()[0] ?? '', { timeout: 5000 }),
    /** Waits until the top line says this. */
    says: (text: string) => vi.waitFor(() => expect(emulator.text()[0]).toBe(text), { timeout: 5000 }),
  }
}

afterEach(() => {
  for (const stop of running.splice(0)) stop()
})

describe('an Ink application between presenter and input', () => {
  test('starts on the alternate screen with the cursor hidden', async () => {
    const { emulator, says } = start({ columns: 40, rows: 8 })
    await says('moves 0 said')
    expect(emulator.text().slice(1)).toEqual(labels(7, 40))
    expect([emulator.isAlternate, emulator.isCursorHidden]).toEqual([true, true])
  })

  test('gets every key, also those that arrive together or in pieces', async () => {
    const { type, says } = start({ columns: 40, rows: 8 })
    await says('moves 0 said')
    type('jjj', '\u001b[Bj')
    await says('moves 5 said')
    type('\u001b', '[B')
    await says('moves 6 said')
    type('\u001b')
    await says('moves 6 said escape')
    type('\u001bx')
    await says('moves 6 said alt x')
  })

  test('gets an escape and the key after it apart, however soon that comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { type, emulator } = start({ columns: 40, rows: 8 })
    await vi.advanceTimersByTimeAsync(100)
    type('\u001b')
    await vi.advanceTimersByTimeAsync(51)
    type('j')
    await vi.advanceTimersByTimeAsync(200)
    vi.useRealTimers()
    await vi.waitFor(() => expect(emulator.text()[0]).toBe('moves 1 said escape'))
  })

  test('sees neither mouse nor focus nor answers, and a paste as one piece that presses nothing', async () => {
    const { type, says, mice } = start({ columns: 40, rows: 8 })
    await says('moves 0 said')
    type('\u001b[<64;5', ';6M\u001b[I\u001b[24;80R\u001b[200~q', '\nj\u001b[201~')
    await says('moves 0 said pasted "q\\nj"')
    expect(mice).toMatchObject([{ action: 'wheel', wheel: 'up', x: 4, y: 5 }])
  })

  test.each([
    ['full height', undefined],
    ['less than full height', 4],
  ])('a storm of resizes leaves no damage at %s', async (_, height) => {
    const { resize, says, emulator } = start({ columns: 40, rows: 8 }, height)
    await says('moves 0 said')
    const sizes = [30, 12, 60, 25, 41, 19, 80, 33].flatMap((columns) =>
      [5, 9, 6].map((rows) => ({ columns, rows: rows + (columns % 4) })),
    )
    for (const [turn, size] of sizes.entries()) {
      resize(size)
      if (turn % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const { columns, rows } = sizes.at(-1) ?? { columns: 0, rows: 0 }
    const drawn = ['moves 0 said', ...labels((height ?? rows) - 1, columns)]
    const expected = [...drawn, ...Array.from({ length: rows - drawn.length }, () => '')]
    await vi.waitFor(() => expect(emulator.text()).toEqual(expected), { timeout: 5000 })
  })

  test('a screen that a resize damaged is drawn again though its text is the same', async () => {
    const { resize, says, emulator } = start({ columns: 40, rows: 8 }, 3)
    await says('moves 0 said')
    await emulator.write('\u001b[2;1Hwall: the system goes down')
    resize({ columns: 40, rows: 9 })
    await vi.waitFor(() => expect(emulator.text()[1]).toBe(labels(1, 40)[0]), { timeout: 5000 })
  })

  test('leaves terminal and raw mode as they were', async () => {
    const { type, says, emulator, app, raw, presenter } = start({ columns: 40, rows: 8 })
    await says('moves 0 said')
    type('q')
    await app.waitUntilExit()
    presenter.close()
    await emulator.write('')
    expect([emulator.isAlternate, emulator.isCursorHidden]).toEqual([false, false])
    expect(emulator.text().every((line) => line === '')).toBe(true)
    expect(raw).toEqual([true, false])
  })

  test('is restored when only the presenter closes, as in a crash', async () => {
    const { says, emulator, presenter } = start({ columns: 40, rows: 8 })
    await says('moves 0 said')
    presenter.close()
    await emulator.write('')
    expect([emulator.isAlternate, emulator.isCursorHidden]).toEqual([false, false])
  })
})
