import { type Clean, clean } from '../text/clean.ts'
import type { Api, ApiRequest, ApiResponse } from './api.ts'
import { type Failure, failureOfError, failureOfResponse, isUnauthorised, withReason } from './failure.ts'
import { createGuard, type Guard } from './guard.ts'
import type { Shared } from './shared.ts'

/** An answer of 200, or of 201 where something was made, while it is being read. */
export interface Exchange {
  readonly response: ApiResponse
  /** The chunks of the body; each one is a sign of life. */
  readonly body: AsyncIterable<Uint8Array>
  readonly guard: Guard
  /** Ends the request: whatever is read after this fails with the cause. */
  giveUp(failure: Failure): void
}

/** How long the other side may be silent. */
export interface Patience {
  /** For the answer to begin. */
  readonly answer: number
  /** Between two pieces of it. */
  readonly inactivity: number
}

/** Why it was never sent: then the server has nothing to do with it. */
const unsent = (api: Api): Clean => api.waitsFor?.() ?? clean('')

/**
 * One request, from its start to the end of its answer. Never rejects: whatever goes wrong is a failure. A 401 is told to
 * the credentials.
 */
export const exchange = async <Result>(
  { api, now, dated }: Pick<Shared, 'api' | 'now' | 'dated'>,
  request: Omit<ApiRequest, 'signal'>,
  signal: AbortSignal,
  { answer, inactivity }: Patience,
  take: (exchange: Exchange) => Promise<Result | Failure>,
): Promise<Result | Failure> => {
  if (signal.aborted) return { kind: 'stopped' }
  const own = new AbortController()
  let given: Failure | undefined
  const giveUp = (failure: Failure): void => {
    given ??= failure
    own.abort()
  }
  const stop = (): void => giveUp({ kind: 'stopped' })
  signal.addEventListener('abort', stop)
  let limit = answer
  let begun = false
  const silence = (): void => {
    const seconds = Math.round(limit / 1000)
    giveUp(
      begun
        ? { kind: 'silent', cause: clean(`the API server was silent for ${seconds} s`) }
        : { kind: 'broken', cause: unsent(api) || clean(`no answer within ${seconds} s`) },
    )
  }
  const guard = createGuard(answer, now, silence)
  const counted: Guard = {
    heard(next = limit) {
      limit = next
      guard.heard(next)
    },
    stop: guard.stop,
  }
  try {
    const response = await api.request({ ...request, signal: own.signal })
    begun = true
    dated(response.header('date'))
    counted.heard(inactivity)
    const result =
      response.status === 200 || response.status === 201
        ? await take({ response, body: heardOf(response.body, counted), guard: counted, giveUp })
        : await failureOfResponse(response)
    return given ?? (isUnauthorised(result) ? withReason(result, api.refused()) : result)
  } catch (error) {
    own.abort()
    return given ?? failureOfError(error, begun)
  } finally {
    guard.stop()
    signal.removeEventListener('abort', stop)
  }
}

async function* heardOf(body: AsyncIterable<Uint8Array>, guard: Guard): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    guard.heard()
    yield chunk
  }
}
