import { PassThrough } from 'node:stream'
import { type Instance, render } from 'ink'
import { createElement } from 'react'
import { onTestFinished, vi } from 'vitest'
import { App } from '../../source/interface/app.tsx'
import { drawFrame } from '../../source/interface/frame.ts'
import type { Outward } from '../../source/interface/moment.ts'
import { createSession } from '../../source/interface/session.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { screens } from '../../source/screens/screens.ts'
import type { Snapshot } from '../../source/store/snapshot.ts'
import { createStore } from '../../source/store/store.ts'
import { createInput } from '../../source/terminal/input.ts'
import { createPresenter, type PresenterStats } from '../../source/terminal/presenter.ts'
import type { Size } from '../../source/terminal/screen.ts'
import { arrival, clock, nodeNames, reading } from '../scenarios/cluster.ts'
import { createEmulator, type Emulator, type SeenRow } from '../terminal/emulator.ts'

/** The whole interface on a terminal in memory, and the store behind it. */
export interface RunningApp {
  readonly emulator: Emulator
  readonly stats: PresenterStats
  readonly ink: Instance
  /** Bytes as a terminal sends them. */
  type(...reads: readonly string[]): void
  resize(size: Size): void
  /** Lets a second pass on all nodes and has it painted. */
  second(): void
  /** From now on the terminal takes nothing, or all again. */
  hold(isHeld: boolean): void
  /** Ends as the program does. */
  close(): Promise<void>
  /** Settles when the screen is what the frame of the state now says, cell by cell. */
  settled(): Promise<void>
  effects(): readonly Outward[]
}

const patience = { timeout: 10_000, interval: 5 }

/** What a terminal shows that gets these lines and nothing else. */
const shownBy = async (lines: readonly string[], size: Size): Promise<readonly SeenRow[]> => {
  const emulator = createEmulator(size)
  await emulator.write(lines.map((line, row) => `\u001b[${row + 1};1H${line}`).join(''))
  const seen = emulator.seen()
  emulator.dispose()
  return seen
}

interface Setting {
  readonly size?: Size
  readonly nodes?: number
  /** What the interface is given in place of the store's snapshot. */
  readonly snapshot?: (from: Snapshot) => Snapshot
}

export const startApp = ({
  size: first = { columns: 80, rows: 24 },
  nodes = 3,
  snapshot = (from) => from,
}: Setting = {}): RunningApp => {
  const emulator = createEmulator(first)
  const store = createStore()
  const names = nodeNames(nodes)
  const theme = createTheme('truecolor', 'block')
  const paints = new Set<() => void>()
  const resizes = new Set<() => void>()
  const effects: Outward[] = []
  let size = first
  let at = 100
  let isHeld = false
  let held: (() => void) | undefined

  store.apply([...names.flatMap((name) => arrival(name, at)), ...names.map((name) => reading(name, at)), clock(at)])
  const current = (): Snapshot => snapshot(store.snapshot())
  const now = (): number => at * 1000

  const presenter = createPresenter({
    terminal: {
      size: () => size,
      onResize(listener) {
        resizes.add(listener)
        return () => resizes.delete(listener)
      },
      write(bytes, done) {
        const take = async (): Promise<void> => {
          await emulator.write(bytes)
          done(null, bytes.length)
        }
        if (isHeld) held = () => void take()
        else void take()
      },
      writeNow(bytes) {
        void emulator.write(bytes)
        return true
      },
    },
    onGone: (error) => {
      throw error
    },
  })
  const real = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => true })
  const input = createInput(real, {
    onGone: (error) => {
      throw error
    },
  })
  const session = createSession({
    screens,
    snapshot: current,
    now,
    onEffect(effect) {
      effects.push(effect)
      if (effect.type === 'redraw') presenter.redraw()
    },
  })
  const dropped = (): number => 0
  const ink = render(
    createElement(App, {
      session,
      theme,
      snapshot: current,
      onPaint(listener) {
        paints.add(listener)
        return () => paints.delete(listener)
      },
      now,
      dropped,
      show: presenter.show,
    }),
    {
      stdout: presenter.stdout,
      stdin: input.stdin,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  )
  const close = async (): Promise<void> => {
    ink.unmount()
    await presenter.drained()
    presenter.close()
    input.close()
    await emulator.write('')
  }
  onTestFinished(async () => {
    isHeld = false
    held?.()
    await close()
    emulator.dispose()
  })

  return {
    emulator,
    ink,
    stats: presenter.stats,
    type: (...reads) => {
      for (const read of reads) real.write(read)
    },
    resize(next) {
      size = next
      emulator.resize(next)
      for (const listener of resizes) listener()
    },
    second() {
      at++
      store.apply([...names.map((name) => reading(name, at, { 'conntrack.fill': at % 60 })), clock(at)])
      for (const listener of paints) listener()
    },
    hold(next) {
      isHeld = next
      const release = held
      held = undefined
      if (!next) release?.()
    },
    close,
    async settled() {
      await vi.waitFor(async () => {
        const lines = drawFrame(session.model(), current(), size, { at: now(), dropped: 0 }, theme)
        const [expected, seen] = [await shownBy(lines, size), emulator.seen()]
        if (JSON.stringify(seen) === JSON.stringify(expected)) return
        const rows = expected.flatMap((row, index) =>
          JSON.stringify(row) === JSON.stringify(seen[index]) ? [] : [`${index}: ${seen[index]?.text}\n   ${row.text}`],
        )
        throw new Error(`the screen differs in ${rows.length} rows, seen and expected:\n${rows.join('\n')}`)
      }, patience)
    },
    effects: () => effects,
  }
}
