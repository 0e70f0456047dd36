/** An end that many await, each for a while. Who leaves is forgotten: with `then` alone nobody ever is. */
export interface Ending<T> {
  readonly settled: Promise<T>
  /** Only the first call counts. */
  end(outcome: T): void
  /** Calls back at the end, at once if it is over; returns how to leave. */
  onEnd(listener: (outcome: T) => void): () => void
}

export const createEnding = <T>(): Ending<T> => {
  const settled = Promise.withResolvers<T>()
  const listeners = new Set<(outcome: T) => void>()
  let past: { readonly outcome: T } | undefined
  return {
    settled: settled.promise,
    end(outcome) {
      if (past !== undefined) return
      past = { outcome }
      settled.resolve(outcome)
      for (const listener of listeners) listener(outcome)
      listeners.clear()
    },
    onEnd(listener) {
      if (past === undefined) listeners.add(listener)
      else listener(past.outcome)
      return () => void listeners.delete(listener)
    },
  }
}
