import { Readable } from 'node:stream'
import type { Mouse, Token } from './read-token.ts'
import { createSplitter, type Held } from './splitter.ts'

/** As much of a terminal's input stream as is used: `process.stdin`. */
export type TerminalStdin = NodeJS.ReadableStream & {
  setRawMode?(isRaw: boolean): unknown
  ref?(): unknown
  unref?(): unknown
}

/** The stream for Ink: each `read()` returns one key, whole. */
export type TerminalInput = Readable & {
  readonly isTTY: true
  setRawMode(isRaw: boolean): void
  ref(): void
  unref(): void
}

export type InputOptions = {
  /** How long an escape waits for the rest of a sequence before it is the escape key, in ms (default 50). */
  readonly escapeTime?: number
  readonly onMouse?: (mouse: Mouse) => void
  readonly onFocus?: (isFocused: boolean) => void
  /** What the terminal answered to a question: a cursor position, its attributes, a mode, a colour. */
  readonly onReply?: (reply: string) => void
  /** The terminal does not exist any more. Called once. */
  readonly onGone: (error: Error) => void
}

export type Input = {
  readonly stdin: TerminalInput
  /** Sets raw mode again if it is on: whoever had the terminal meanwhile, such as a shell, has set its own. */
  readonly resume: () => void
  /**
   * Stops reading and ends raw mode. `isStuck`: the terminal takes nothing (see the presenter's `close`); then raw mode is
   * left to Node, which ends it at the exit, because to change it here would wait for the output to get through.
   */
  readonly close: (isStuck?: boolean) => void
}

// A sequence that no hand types is never taken for keys, however long the network holds up its rest; after a second
// without any it is dropped. A paste waits longer: what comes after its end would be taken for keys.
const sequenceTime = 1000
const pasteTime = 10_000

/**
 * Stands between a terminal's input and Ink: joins sequences that the network split, gives Ink one key at a time (Ink
 * takes keys that arrive together for one text, so that a `jjj` typed over a slow link would move nowhere), and takes out
 * what is no key. Pasted text reaches Ink as one paste. The terminal is read only while Ink has raw mode on, so that a
 * program started meanwhile gets its own input.
 */
export const createInput = (
  real: TerminalStdin,
  { escapeTime = 50, onMouse, onFocus, onReply, onGone }: InputOptions,
): Input => {
  const splitter = createSplitter()
  const times: Readonly<Record<Held, number>> = {
    nothing: 0,
    key: escapeTime,
    sequence: sequenceTime,
    paste: pasteTime,
  }
  let timer: NodeJS.Timeout | undefined
  let isRaw = false
  let isClosed = false

  const deliver = (token: Token): void => {
    if (token.type === 'key') stdin.push(token.text)
    // Ink knows a paste by its marks, and then that no key is in it.
    else if (token.type === 'paste') stdin.push(`\u001b[200~${token.text}\u001b[201~`)
    else if (token.type === 'mouse') onMouse?.(token.mouse)
    else if (token.type === 'focus') onFocus?.(token.isFocused)
    else onReply?.(token.text)
  }

  const onData = (chunk: Uint8Array | string): void => {
    clearTimeout(timer)
    for (const token of splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) deliver(token)
    if (splitter.held !== 'nothing') timer = setTimeout(onSilence, times[splitter.held])
  }
  const onSilence = (): void => {
    for (const token of splitter.flush()) deliver(token)
  }
  const onError = (error: Error): void => {
    if (isClosed) return
    stop()
    onGone(error)
  }
  const onEnd = (): void => onError(new Error('the terminal closed its input'))

  const stop = (): void => {
    isClosed = true
    clearTimeout(timer)
    real.off('data', onData)
    real.off('end', onEnd)
    real.pause()
  }

  /** Whether the terminal is there to have its mode set. */
  const setMode = (raw: boolean): boolean => {
    try {
      real.setRawMode?.(raw)
    } catch (error) {
      onError(error as Error)
    }
    return !isClosed
  }

  const setRawMode = (raw: boolean): void => {
    if (isClosed) return
    isRaw = raw
    if (!setMode(raw)) return
    if (raw) real.resume()
    else real.pause()
  }

  const stdin: TerminalInput = Object.assign(new Readable({ objectMode: true, read() {} }), {
    isTTY: true as const,
    setRawMode,
    // Keys are strings already. Readable's own would glue together those that wait.
    setEncoding: () => stdin,
    ref: () => void real.ref?.(),
    unref: () => void real.unref?.(),
  })

  real.pause()
  real.on('data', onData)
  real.on('end', onEnd)
  // Kept until the process ends: an error that comes after the end must not crash it.
  real.on('error', onError)

  return {
    stdin,
    resume() {
      // Off first: libuv remembers the mode that it set last, and does nothing where it is the same.
      if (isRaw && !isClosed && setMode(false)) setMode(true)
    },
    close(isStuck = false) {
      if (isRaw && !isStuck) setRawMode(false)
      if (!isClosed) stop()
      real.unref?.()
    },
  }
}
