/** Lets at most `limit` tasks run at once; the others wait in the order in which they came. */
export const atMost = (limit: number): (<T>(task: () => Promise<T>) => Promise<T>) => {
  const waiting: (() => void)[] = []
  let running = 0
  const next = (): void => {
    const start = running < limit ? waiting.shift() : undefined
    if (start === undefined) return
    running++
    start()
  }
  return async (task) => {
    const turn = Promise.withResolvers<void>()
    waiting.push(turn.resolve)
    next()
    await turn.promise
    try {
      return await task()
    } finally {
      running--
      next()
    }
  }
}
