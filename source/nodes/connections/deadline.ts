/** Milliseconds by which a timer may be late before it says nothing about the other side. */
const lateness = 1000

/**
 * Calls back after so many milliseconds, unless stopped. What has arrived by then is read first; and after a time in which we
 * were stopped ourselves the other side gets all of its time once more.
 */
export const deadline = (milliseconds: number, missed: () => void): (() => void) => {
  let stopped = false
  let timer: NodeJS.Timeout
  const start = (): void => {
    const due = performance.now() + milliseconds
    timer = setTimeout(() => {
      if (performance.now() - due > lateness) return start()
      // One turn of the loop reads what waits; its listeners have run at the next.
      setImmediate(() => setImmediate(() => !stopped && missed()))
    }, milliseconds)
  }
  start()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
