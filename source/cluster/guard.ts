/** Watches over something that has to be heard of now and then. */
export interface Guard {
  /** It was heard of. With a limit: the next word may take so long from now on. */
  heard(limit?: number): void
  stop(): void
}

/** Milliseconds by which a timer may be late before it says nothing about the other side. */
const lateness = 1000

/**
 * Calls back once when nothing was heard for so many ms. What has arrived by then is read first, and after a time in which we
 * were stopped ourselves the other side gets all of its time once more.
 */
export const createGuard = (limit: number, now: () => number, missed: () => void): Guard => {
  let allowed = limit
  let last = now()
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  const start = (milliseconds: number): void => {
    const due = now() + milliseconds
    timer = setTimeout(() => {
      if (now() - due > lateness) last = now()
      const left = last + allowed - now()
      if (left > 0) return start(left)
      const before = last
      // One turn of the loop reads what waits; its readers have run at the next.
      setImmediate(() =>
        setImmediate(() => {
          if (stopped) return
          if (last === before) return missed()
          start(Math.max(1, last + allowed - now()))
        }),
      )
    }, milliseconds)
  }
  start(limit)

  return {
    heard(next = allowed) {
      last = now()
      if (next === allowed) return
      allowed = next
      clearTimeout(timer)
      if (!stopped) start(next)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
