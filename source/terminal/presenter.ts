import { createInkReader } from './ink-writes.ts'
import { createModes } from './modes.ts'
import { createOutput, type TerminalOutput } from './output.ts'
import { createScreen, type Frame } from './screen.ts'
import { createSender } from './sender.ts'
import { cancel, leaveAlternate } from './sequences.ts'
import type { Terminal } from './tty.ts'

export type PresenterOptions = {
  readonly terminal: Terminal
  /** The terminal does not exist any more (EIO, EPIPE, EBADF and the like). Called once. */
  readonly onGone: (error: Error) => void
  /** How long a caller that waits for the terminal to take everything waits at most, in ms (default 500). */
  readonly patience?: number
}

/** Counts since the start. */
export type PresenterStats = {
  /** Pictures that went to the terminal. */
  readonly presented: number
  /** Pictures that a newer one replaced before the terminal was ready for them: the link is slow. */
  readonly replaced: number
  /** Bytes the terminal was sent, pictures and all. */
  readonly bytes: number
}

export type Presenter = {
  /** For Ink: `render(tree, { stdout, alternateScreen: true, interactive: true, incrementalRendering: false })`. */
  readonly stdout: TerminalOutput
  readonly stats: PresenterStats
  /** Draws the last picture again in full, whatever a foreign program did to the screen. */
  readonly redraw: () => void
  /** Settles when the terminal has taken everything, or after `patience`. */
  readonly drained: () => Promise<void>
  /**
   * Puts the terminal back (alternate screen, cursor, colours, every mode that was switched on) before it returns, and
   * sends nothing afterwards. Does not wait longer than a quarter of a second for a terminal that takes nothing; then the
   * result is false, and whoever writes to the terminal in the usual way would wait for ever. May be called more than once
   * and while the process exits.
   */
  readonly close: () => boolean
}

/**
 * Stands between Ink and a terminal. Ink writes whole pictures at once and is never held up; of the pictures that wait
 * only the newest is kept, and what differs from the screen is sent with one write in flight. A picture that was left out
 * cannot damage the screen, because each difference is made from what was really sent.
 */
export const createPresenter = ({ terminal, onGone, patience = 500 }: PresenterOptions): Presenter => {
  const stats = { presented: 0, replaced: 0, bytes: 0 }
  const screen = createScreen()
  const modes = createModes()
  let queue: (Frame | string)[] = []
  let latest: Frame | undefined
  let waiting: (() => void)[] = []
  let isPlanned = false
  let isEnded = false
  let isRestored = false

  const release = (): void => {
    const released = waiting
    waiting = []
    for (const call of released) call()
  }

  const end = (): void => {
    isEnded = true
    queue = []
    latest = undefined
    sender.stop()
    stopResize()
    release()
  }

  const sender = createSender(terminal.write, (error) => {
    end()
    onGone(error)
  })

  const express = (item: Frame | string): string => {
    if (typeof item !== 'string') {
      stats.presented++
      return screen.paint(item, terminal.size())
    }
    screen.note(item)
    modes.note(item)
    return item
  }

  const flush = (): void => {
    isPlanned = false
    if (isEnded || sender.isBusy) return
    const bytes = Buffer.from(queue.map(express).join(''))
    queue = []
    if (bytes.length === 0) {
      release()
      return
    }
    stats.bytes += bytes.length
    sender.send(bytes, flush)
  }

  // Not at once: what Ink writes in one go leaves in one go.
  const plan = (): void => {
    if (isPlanned || isEnded) return
    isPlanned = true
    queueMicrotask(flush)
  }

  const dropWaiting = (): void => {
    const kept = queue.filter((item) => typeof item === 'string')
    stats.replaced += queue.length - kept.length
    queue = kept
  }

  const show = (frame: Frame): void => {
    dropWaiting()
    latest = frame
    queue.push(frame)
    plan()
  }

  const control = (sequence: string): void => {
    if (sequence === leaveAlternate) {
      dropWaiting()
      latest = undefined
    }
    queue.push(sequence)
    plan()
  }

  const redraw = (): void => {
    screen.forget()
    if (latest !== undefined && !queue.includes(latest)) queue.push(latest)
    plan()
  }

  const whenDrained = (call: () => void): void => {
    const timer = setTimeout(() => {
      waiting = waiting.filter((other) => other !== once)
      call()
    }, patience)
    const once = (): void => {
      clearTimeout(timer)
      call()
    }
    waiting.push(once)
    if (isEnded) release()
    else plan()
  }

  const read = createInkReader(show, control)
  const { stdout, resized } = createOutput({
    size: terminal.size,
    waiting: () => sender.waiting,
    isEnded: () => isEnded,
    write: (text) => {
      if (!isEnded) read(text)
    },
    whenDrained,
  })

  // Ink may answer with a new picture, or with none if the text is the same: the screen is damaged either way.
  const stopResize = terminal.onResize(() => {
    resized()
    redraw()
  })

  return {
    stdout,
    stats,
    redraw,
    drained: () => new Promise((resolve) => whenDrained(resolve)),
    close() {
      if (isEnded) return isRestored
      const isCut = sender.isBusy
      const restore = modes.restore(isCut)
      end()
      isRestored = restore === '' || terminal.writeNow(Buffer.from((isCut ? cancel : '') + restore))
      return isRestored
    },
  }
}
