import { clean } from '../../text/clean.ts'
import { type Connect, ConnectionError } from './connection.ts'

/** One of the ways to a node, and what it is called in a cause. */
export interface Way {
  readonly name: string
  readonly connect: Connect
}

/**
 * Takes the first way on which somebody answers. The next one is tried only where nobody did: a refused key or login is an
 * answer. `ways`: as they are now.
 */
export const connectInTurn =
  (ways: () => readonly Way[]): Connect =>
  async (signal, sayWait) => {
    const tried: string[] = []
    for (const { name, connect } of ways()) {
      try {
        return await connect(signal, sayWait)
      } catch (error) {
        const isNobody = error instanceof ConnectionError && error.reason.unreached === true
        if (!isNobody || signal.aborted) throw error
        tried.push(`${name}: ${error.reason.cause}`)
      }
    }
    const cause = tried.length === 0 ? 'the API server knows no address of it' : tried.join('; ')
    throw new ConnectionError({ state: 'lost', cause: clean(cause, 500), unreached: true })
  }
