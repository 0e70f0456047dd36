import { type Clean, clean } from '../../text/clean.ts'
import { type Connection, ConnectionError } from './connection.ts'

/**
 * The same connection; `noticed` hears why it opens no more channels, and undefined when it does again. That new logins fail
 * is learned in this way from what we need anyway, never by knocking.
 */
export const observeChannels = (connection: Connection, noticed: (failure: Clean | undefined) => void): Connection => {
  let isGone = false
  void connection.closed.then(() => {
    isGone = true
  })
  return {
    ...connection,
    async stream(program, signal) {
      try {
        const channel = await connection.stream(program, signal)
        noticed(undefined)
        return channel
      } catch (error) {
        if (error instanceof ConnectionError && !isGone && !signal.aborted)
          noticed(clean(`new logins fail: ${error.reason.cause}`))
        throw error
      }
    },
  }
}
