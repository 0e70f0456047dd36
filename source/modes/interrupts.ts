const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Turns the signals that ask a program to end into one abort; `release` gives them back. */
export const catchInterrupts = (): { readonly signal: AbortSignal; release(): void } => {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  for (const name of signals) process.on(name, abort)
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, abort)
    },
  }
}
