import { write as writeFile } from 'node:fs'
import { whyNothing } from '../export/why-nothing.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { isGone } from '../terminal/endings.ts'
import { createSender, type WriteSome } from '../terminal/sender.ts'
import { openAgain } from '../terminal/tty.ts'

/** Where text goes: as much of `process.stdout` as is used. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly fd?: number }

/** Whether a write failed because nobody reads any more, now or since an earlier write. */
export const isReaderGone = (error: Error): boolean =>
  isGone(error) || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_DESTROYED'

const ignore = (): void => undefined

/** How to write to a stream without being held up by its reader: pipes wait by themselves, terminals block. */
const writerOf = (stream: TextStream): WriteSome => {
  const own = stream.isTTY === true && stream.fd !== undefined ? openAgain(stream.fd) : undefined
  if (own !== undefined) return (bytes, done) => writeFile(own, bytes, done)
  // The callback tells; without a listener the same error would end the process.
  stream.on('error', ignore)
  return (bytes, done) => void stream.write(bytes, (error) => done(error ?? null, bytes.length))
}

/**
 * Writes a text and waits until it is taken, or until interrupted: a reader may have stopped for good. A reader that left has
 * seen what it wanted; other errors reject.
 */
export const print = (text: string, stream: TextStream, interrupted?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (text === '' || interrupted?.aborted === true) return resolve()
    interrupted?.addEventListener('abort', () => resolve(), { once: true })
    const sender = createSender(writerOf(stream), (error) => (isReaderGone(error) ? resolve() : reject(error)))
    sender.send(Buffer.from(text), resolve)
  })

/** Says on stderr why nothing is watched, a line for each reason; says nothing where anything is. */
export const sayWhyNothing = (snapshot: Snapshot): void => {
  for (const line of whyNothing(snapshot)) process.stderr.write(`kntop: ${line}\n`)
}

/** Takes lines at any pace and writes as many as the reader takes, never more than one behind: the newest wins. */
export interface LineSink {
  offer(line: string): void
  /** Settles when the stream refuses for good, with its reason; never while it works. */
  readonly failed: Promise<Error>
  /** Settles when everything offered is written, within a quarter of a second. */
  end(): Promise<void>
}

const patience = 250

export const createLineSink = (stream: TextStream, write: WriteSome = writerOf(stream)): LineSink => {
  const failed = Promise.withResolvers<Error>()
  const drained = Promise.withResolvers<void>()
  let waiting: string | undefined
  let isBroken = false
  let isEnding = false
  const sender = createSender(write, (error) => {
    isBroken = true
    failed.resolve(error)
    drained.resolve()
  })

  const next = (): void => {
    if (waiting === undefined) {
      if (isEnding) drained.resolve()
      return
    }
    const line = waiting
    waiting = undefined
    sender.send(Buffer.from(`${line}\n`), next)
  }

  return {
    offer(line) {
      if (isBroken) return
      waiting = line
      if (!sender.isBusy) next()
    },
    failed: failed.promise,
    async end() {
      isEnding = true
      if (isBroken || !sender.isBusy) return
      const timer = setTimeout(drained.resolve, patience)
      await drained.promise
      clearTimeout(timer)
    },
  }
}
