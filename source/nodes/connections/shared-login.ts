import { clean } from '../../text/clean.ts'
import { ConnectionError } from './connection.ts'
import { unlessAborted } from './unless-aborted.ts'

/** One login that many wait for: it goes on as long as anybody does, whoever was the first. */
export interface SharedLogin<T> {
  /** Settles as the login does, whoever waits. */
  readonly connection: Promise<T>
  /** Rejects as the login does, or with a {@link ConnectionError} once this one has given up. */
  wait(signal: AbortSignal): Promise<T>
  /** Ends the login, and closes the connection that it came to. */
  end(): void
}

const givenUp = (cause: unknown): ConnectionError =>
  new ConnectionError({ state: 'lost', cause: clean('given up') }, { cause })

/** @param abandoned hears that all have given up before it was there: it is ended, and nobody else may wait for it. */
export const shareLogin = <T extends { close(): void }>(
  login: (signal: AbortSignal) => Promise<T>,
  abandoned: () => void,
): SharedLogin<T> => {
  const controller = new AbortController()
  const connection = login(controller.signal)
  let isUnderWay = true
  let waiting = 0
  const settled = (): void => {
    isUnderWay = false
  }
  connection.then(settled, settled)

  const end = (): void => {
    controller.abort()
    // One that never came to be has nothing to close; whoever waited for it has heard why.
    connection.then(
      (one) => one.close(),
      () => undefined,
    )
  }

  return {
    connection,
    async wait(signal) {
      waiting += 1
      try {
        return await unlessAborted(connection, signal)
      } catch (error) {
        throw signal.aborted ? givenUp(error) : error
      } finally {
        waiting -= 1
        if (waiting === 0 && isUnderWay) {
          abandoned()
          end()
        }
      }
    },
    end,
  }
}
