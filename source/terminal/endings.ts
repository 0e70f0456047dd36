/** Whether an error says that the terminal (or whoever read our output) does not exist any more. */
export const isGone = (error: unknown): boolean =>
  ['EIO', 'EPIPE', 'EBADF', 'ENXIO', 'ENOTTY', 'ECONNRESET'].includes(String((error as NodeJS.ErrnoException).code))

export type Endings = {
  /** The terminal is gone: it hung up (SIGHUP), or a standard stream failed (EIO, EPIPE ...). Called once. */
  readonly onGone: (error: Error) => void
  /** Somebody asks us to end. May come more than once. */
  readonly onSignal: (signal: 'SIGINT' | 'SIGTERM') => void
  /**
   * Puts the terminal back, before it returns; runs when the process exits for whatever reason but SIGKILL, before an
   * uncaught error is printed too. May run twice.
   */
  readonly atExit: () => void
}

/**
 * Watches for every way in which a session ends; the result stops watching. Signals must be taken here or elsewhere: with
 * nobody listening Ink kills the process at once, and what a presenter still holds never reaches the terminal.
 */
export const watchEndings = ({ onGone, onSignal, atExit }: Endings): (() => void) => {
  let isOver = false
  const gone = (error: Error): void => {
    if (isOver) return
    isOver = true
    onGone(error)
  }
  const onHangup = (): void => gone(new Error('the terminal hung up'))
  const onInterrupt = (): void => onSignal('SIGINT')
  const onTerminate = (): void => onSignal('SIGTERM')
  const onError = (error: Error): void => {
    if (isGone(error)) gone(error)
    else throw error
  }
  const streams = [process.stdin, process.stdout, process.stderr]

  process.on('SIGHUP', onHangup)
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.on('exit', atExit)
  process.on('uncaughtExceptionMonitor', atExit)
  for (const stream of streams) stream.on('error', onError)

  return () => {
    process.off('SIGHUP', onHangup)
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onTerminate)
    process.off('exit', atExit)
    process.off('uncaughtExceptionMonitor', atExit)
    for (const stream of streams) stream.off('error', onError)
  }
}
