import { clean } from '../../text/clean.ts'
import { type Connect, ConnectionError } from './connection.ts'

/** One of the places where a node may answer, and what it is called in a cause. */
export interface Candidate {
  readonly name: string
  readonly connect: Connect
}

/**
 * Takes the first place where somebody answers. The next one is tried only where nobody did: a refused key or login is an
 * answer. `candidates`: as they are now.
 */
export const connectInTurn =
  (candidates: () => readonly Candidate[]): Connect =>
  async (signal, attempt) => {
    const tried: string[] = []
    for (const { name, connect } of candidates()) {
      try {
        return await connect(signal, attempt)
      } catch (error) {
        const isNobody = error instanceof ConnectionError && error.reason.unreached === true
        if (!isNobody || signal.aborted) throw error
        tried.push(`${name}: ${error.reason.cause}`)
      }
    }
    const cause = tried.length === 0 ? 'the API server knows no address of it' : tried.join('; ')
    throw new ConnectionError({ state: 'lost', cause: clean(cause, 500), unreached: true })
  }
