/** Pauses that a person, or the end, may cut short. */
export interface Waits {
  /** Resolves after so many ms, when woken, or when the signal aborts: whoever waits looks at the signal. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>
  /** As {@link pause}, but nobody wakes it. */
  keep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Ends every {@link pause} now. */
  wake(): void
}

export const createWaits = (): Waits => {
  const pauses = new Set<() => void>()

  const wait = (milliseconds: number, signal: AbortSignal, wakeable: boolean): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const end = (): void => {
        clearTimeout(timer)
        pauses.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, Math.max(0, milliseconds))
      signal.addEventListener('abort', end)
      if (wakeable) pauses.add(end)
    })

  return {
    pause: (milliseconds, signal) => wait(milliseconds, signal, true),
    keep: (milliseconds, signal) => wait(milliseconds, signal, false),
    wake() {
      for (const end of [...pauses]) end()
    },
  }
}
