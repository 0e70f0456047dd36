import { clean } from '../text/clean.ts'
import type { Cause, Connection } from './connections/connection.ts'

/** Holds a connection over which nothing is sampled, until it is gone or the signal aborts; gives back why. */
export const holdOnly = async ({ closed }: Pick<Connection, 'closed'>, signal: AbortSignal): Promise<Cause> => {
  const left = Promise.withResolvers<Cause>()
  const leave = (): void => left.resolve({ state: 'lost', cause: clean('given up') })
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    return await Promise.race([closed, left.promise])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
