/**
 * Takes over what anybody else writes to `process.stdout` and `process.stderr` where they are terminals: warnings of Node,
 * `console`, a cursor that a library of Ink shows at the exit. On the screen it would be damage; worse, such a write
 * blocks the whole process while the terminal takes nothing, and the exit too. The result gives the streams back; with a
 * terminal that is stuck (see the presenter's `close`) better never.
 */
export const captureStandardStreams = (onText: (text: string) => void): (() => void) => {
  const capture = (stream: NodeJS.WriteStream): (() => void) => {
    if (!stream.isTTY) return () => undefined
    const { write } = stream
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      onText(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      const written = typeof encoding === 'function' ? encoding : callback
      if (typeof written === 'function') queueMicrotask(written as () => void)
      return true
    }
    return () => {
      stream.write = write
    }
  }
  const releases = [process.stdout, process.stderr].map(capture)
  return () => {
    for (const release of releases) release()
  }
}
