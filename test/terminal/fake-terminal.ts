import { createPresenter } from '../../source/terminal/presenter.ts'
import type { Size } from '../../source/terminal/screen.ts'
import type { Terminal } from '../../source/terminal/tty.ts'

export type FakeTerminal = Terminal & {
  /** Lets writes take this many bytes more; a fresh one takes everything. `writeNow` always does. */
  allow(bytes: number): void
  /** From now on fails each write with this error code, or takes everything again. */
  fail(code: string | undefined): void
  resize(size: Size): void
  /** What was taken since the last call. */
  taken(): Buffer
  /** How often a write was tried. */
  readonly attempts: number
}

const errorOf = (code: string): Error => Object.assign(new Error(code), { code })

/** A terminal that takes as much as a test allows, and answers writes later, as the system does. */
export const createFakeTerminal = (initial: Size): FakeTerminal => {
  let size = initial
  let allowed = Number.POSITIVE_INFINITY
  let failure: string | undefined
  let attempts = 0
  let waiting: (() => void) | undefined
  let taken: Buffer[] = []
  const listeners = new Set<() => void>()

  const take = (bytes: Uint8Array): number => {
    const length = Math.min(allowed, bytes.length)
    allowed -= length
    taken.push(Buffer.from(bytes.subarray(0, length)))
    return length
  }

  return {
    size: () => size,
    onResize(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    write(bytes, done) {
      attempts++
      const attempt = (): void => {
        const code = failure
        if (code !== undefined) queueMicrotask(() => done(errorOf(code), 0))
        else if (allowed > 0) {
          const length = take(bytes)
          queueMicrotask(() => done(null, length))
        } else waiting = attempt
      }
      attempt()
    },
    writeNow(bytes) {
      taken.push(Buffer.from(bytes))
      return true
    },
    allow(bytes) {
      allowed = bytes
      const attempt = waiting
      waiting = undefined
      attempt?.()
    },
    fail(code) {
      failure = code
    },
    resize(next) {
      size = next
      for (const listener of listeners) listener()
    },
    taken() {
      const all = Buffer.concat(taken)
      taken = []
      return all
    },
    get attempts() {
      return attempts
    },
  }
}

/** Lets everything run that needs no timer. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const usual: Size = { columns: 40, rows: 6 }

/** A presenter on a fake terminal. */
export const setUpPresenter = () => {
  const terminal = createFakeTerminal(usual)
  const gone: Error[] = []
  const presenter = createPresenter({ terminal, onGone: (error) => gone.push(error) })
  return { terminal, gone, presenter }
}
