import { constants } from 'node:os'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The signals that ask a program to end, caught until `release` is called. */
export interface Interrupts {
  /** Aborts with the exit code of the first signal as its reason: 128 and the number of the signal, as shells count. */
  readonly signal: AbortSignal
  release(): void
}

export const catchInterrupts = (): Interrupts => {
  const controller = new AbortController()
  const abort = (name: NodeJS.Signals): void => controller.abort(128 + constants.signals[name])
  for (const name of names) process.on(name, abort)
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.off(name, abort)
    },
  }
}

/** The exit code of a run that was interrupted. */
export const interruptCode = ({ reason }: AbortSignal): number => (typeof reason === 'number' ? reason : 130)
