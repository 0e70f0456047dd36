/**
 * Does something so many times a second, and prints `paced MILLISECONDS COUNT` as it goes: a busy machine holds a sender up, and
 * then it catches up, so what it really did in a second is what a figure is held against.
 */
export const pace = (perSecond: number, once: (index: number) => void): void => {
  const from = performance.now()
  let done = 0
  setInterval(() => {
    const elapsed = performance.now() - from
    for (; done < (elapsed / 1000) * perSecond; done++) once(done)
    process.stdout.write(`paced ${elapsed.toFixed(1)} ${done}\n`)
  }, 5)
}
