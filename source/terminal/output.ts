import { EventEmitter } from 'node:events'
import type { Size } from './screen.ts'

/** As much of a terminal's output stream as Ink uses. */
export type TerminalOutput = NodeJS.WritableStream & {
  readonly isTTY: true
  readonly columns: number
  readonly rows: number
  /** Bytes handed over that the terminal has not taken yet. */
  readonly writableLength: number
  readonly writableEnded: boolean
  readonly destroyed: boolean
}

type OutputOptions = {
  readonly size: () => Size
  readonly waiting: () => number
  readonly isEnded: () => boolean
  readonly write: (text: string) => void
  readonly whenDrained: (call: () => void) => void
}

type Written = (error?: Error | null) => void

/**
 * The stream. It takes everything at once and never asks a writer to wait. The callback of a write is called when the
 * terminal has taken all of it or after the presenter's patience: Ink waits for it at its end.
 */
export const createOutput = (
  options: OutputOptions,
): { readonly stdout: TerminalOutput; readonly resized: () => void } => {
  const emitter = new EventEmitter()
  // Every component that wants to know the size listens.
  emitter.setMaxListeners(0)

  const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: Written): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    if (text !== '') options.write(text)
    const written = typeof encoding === 'function' ? (encoding as Written) : callback
    if (written) options.whenDrained(() => written())
    return true
  }

  const stdout = Object.defineProperties(Object.assign(emitter, { isTTY: true as const, writable: true, write }), {
    columns: { get: () => options.size().columns },
    rows: { get: () => options.size().rows },
    writableLength: { get: options.waiting },
    writableEnded: { get: options.isEnded },
    destroyed: { get: options.isEnded },
    // The stream lives as long as the presenter, whoever thinks it has ended it.
    end: { value: () => stdout },
  }) as unknown as TerminalOutput
  return { stdout, resized: () => emitter.emit('resize') }
}
