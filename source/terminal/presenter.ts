import { createInkReader } from './ink-writes.ts'
import { createModes } from './modes.ts'
import { createOutput, type TerminalOutput } from './output.ts'
import { createScreen, type Picture, type Size } from './screen.ts'
import { createSender } from './sender.ts'
import { cancel, enterAlternate, hideCursor } from './sequences.ts'
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
  /**
   * For Ink, which gets keys and sizes from here: `render(tree, { stdout, alternateScreen: false, interactive: true })`. What
   * Ink draws is dropped; what is written beside it, a mode or a clipboard, goes to the terminal.
   */
  readonly stdout: TerminalOutput
  /** Draws a whole picture as soon as the terminal takes it, unless a newer one comes before. The first one enters the alternate screen. */
  readonly show: (picture: Picture) => void
  readonly stats: PresenterStats
  /** The terminal's size now. */
  readonly size: () => Size
  /** Draws the last picture again in full, whatever a foreign program did to the screen. */
  readonly redraw: () => void
  /** Sets every mode again that was set, and draws the last picture in full: the terminal was somebody else's meanwhile. */
  readonly resume: () => void
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
 * Stands between the interface and a terminal. Whoever shows a picture is never held up; of the pictures that wait only the
 * newest is kept, and what differs from the screen is sent with one write in flight. A picture that was left out cannot
 * damage the screen, because each difference is made from what was really sent.
 *
 * Pictures do not go through Ink's own output: it takes each line apart into cells and puts it together again, which costs
 * more than everything else between a key and the terminal; the rows come whole, and are taken apart here once, if they
 * changed.
 */
export const createPresenter = ({ terminal, onGone, patience = 500 }: PresenterOptions): Presenter => {
  const stats = { presented: 0, replaced: 0, bytes: 0 }
  const screen = createScreen()
  const modes = createModes()
  let queue: (Picture | string)[] = []
  let latest: Picture | undefined
  let waiting: (() => void)[] = []
  let isPlanned = false
  let isEntered = false
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

  const express = (item: Picture | string): string => {
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

  // Not at once: what comes in one go leaves in one go.
  const plan = (): void => {
    if (isPlanned || isEnded) return
    isPlanned = true
    queueMicrotask(flush)
  }

  const control = (sequence: string): void => {
    queue.push(sequence)
    plan()
  }

  const show = (picture: Picture): void => {
    if (!isEntered) queue.push(enterAlternate, hideCursor)
    isEntered = true
    const kept = queue.filter((item) => typeof item === 'string')
    stats.replaced += queue.length - kept.length
    queue = [...kept, picture]
    latest = picture
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

  const read = createInkReader(control)
  const { stdout, resized } = createOutput({
    size: terminal.size,
    waiting: () => sender.waiting,
    isEnded: () => isEnded,
    write: (text) => {
      if (!isEnded) read(text)
    },
    whenDrained,
  })

  // A new picture may follow, or none if nothing in it changed: the screen is damaged either way.
  const stopResize = terminal.onResize(() => {
    resized()
    redraw()
  })

  return {
    stdout,
    show,
    size: terminal.size,
    stats,
    redraw,
    resume() {
      // Not where it waited: a picture that goes before the modes stands on another screen than they open.
      queue = queue.filter((item) => typeof item === 'string')
      const again = modes.again()
      if (again !== '') control(again)
      redraw()
    },
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
