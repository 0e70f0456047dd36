import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import type { ApiRequest, ApiResponse } from '../api.ts'
import { WayError } from './route.ts'

/** One request as it goes out, and how long the answer may take. */
export interface Exchange {
  readonly server: URL
  readonly agent: Agent
  readonly headers: OutgoingHttpHeaders
  readonly limits: {
    /** Milliseconds until the headers of an answer. */
    readonly headers: number
    /** Milliseconds that a body may pause; undefined: for ever. */
    readonly pause: number | undefined
  }
  /** Gives an error its words. */
  readonly failure: (error: unknown) => Error
}

const pathOf = (server: URL, { path, query }: ApiRequest): string => {
  const search = new URLSearchParams(query).toString()
  return `${server.pathname.replace(/\/+$/, '')}${path}${search === '' ? '' : `?${search}`}`
}

/** The body of an answer. Whatever ends the loop ends the connection too, unless it was read to its end. */
async function* bodyOf(
  message: IncomingMessage,
  failure: (error: unknown) => Error,
  ended: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of message) yield chunk as Buffer
  } catch (error) {
    throw failure(error)
  } finally {
    message.destroy()
    ended()
  }
}

const answerOf = (message: IncomingMessage, body: AsyncIterable<Uint8Array>): ApiResponse => ({
  status: message.statusCode ?? 0,
  header: (name) => {
    const value = message.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  },
  body,
})

const once = (
  asked: ApiRequest,
  { server, agent, headers, limits, failure }: Exchange,
): Promise<ApiResponse | 'again'> =>
  new Promise((resolve, reject) => {
    const { signal, method = 'GET', json } = asked
    const body = json === undefined ? undefined : JSON.stringify(json)
    const outgoing = request({
      agent,
      method,
      path: pathOf(server, asked),
      headers: {
        Host: server.host,
        Accept: asked.accept ?? 'application/json',
        ...headers,
        ...(body === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      },
    })
    const abort = (): void => stop(new Error('aborted'))
    const release = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    // A request that has no connection yet says nothing when it is destroyed.
    const stop = (error: Error): void => {
      outgoing.destroy(error)
      release()
      reject(error)
    }
    const timer = setTimeout(
      () => stop(new WayError('server', 'ETIMEDOUT', `no answer within ${limits.headers / 1000} s`)),
      limits.headers,
    )
    signal.addEventListener('abort', abort, { once: true })
    outgoing.once('response', (message) => {
      clearTimeout(timer)
      // It is told where the body is read; without a listener it would end the program.
      message.on('error', () => undefined)
      // Closed, read or not: nothing is left to abort.
      message.once('close', release)
      if (limits.pause !== undefined)
        outgoing.setTimeout(limits.pause, () =>
          message.destroy(new WayError('server', 'ETIMEDOUT', `its answer stopped half-way`)),
        )
      resolve(answerOf(message, bodyOf(message, failure, release)))
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      release()
      // The server closed a kept connection just as we took it (RFC 9112, 9.3.1): it has seen nothing of this.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted) resolve('again')
      else reject(error)
    })
    outgoing.end(body)
  })

/** Sends a request and gives its answer as soon as the headers are there. */
export const exchange = async (asked: ApiRequest, way: Exchange): Promise<ApiResponse> => {
  try {
    let answer = await once(asked, way)
    // Each kept connection may be closed; there are few, and then comes a new one.
    while (answer === 'again') answer = await once(asked, way)
    return answer
  } catch (error) {
    // A header that cannot be sent is thrown, not told.
    throw way.failure(error)
  }
}
