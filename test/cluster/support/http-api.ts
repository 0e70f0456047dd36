import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { type Api, ApiError, type ApiRequest } from '../../../source/cluster/api.ts'
import { clean } from '../../../source/text/clean.ts'

/** A way to a plain HTTP server, without credentials: what the watching asks of its joint, and nothing more. */
export interface HttpApi extends Api {
  readonly refusals: () => number
  close(): void
}

const ask = (origin: string, agent: Agent, asked: ApiRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const url = new URL(asked.path, origin)
    for (const [name, value] of Object.entries(asked.query ?? {})) url.searchParams.set(name, value)
    const body = asked.json === undefined ? undefined : JSON.stringify(asked.json)
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const outgoing = httpRequest(url, { agent, method: asked.method ?? 'GET', headers, signal: asked.signal })
    outgoing.once('response', resolve)
    outgoing.once('error', (error) => reject(new ApiError('unreachable', clean(error.message))))
    outgoing.end(body)
  })

export const createHttpApi = (origin: string): HttpApi => {
  const agent = new Agent({ keepAlive: true })
  let refusals = 0
  return {
    async request(asked) {
      const answer = await ask(origin, agent, asked)
      return {
        status: answer.statusCode ?? 0,
        header(name) {
          const value = answer.headers[name.toLowerCase()]
          return Array.isArray(value) ? value.join(', ') : value
        },
        body: answer as AsyncIterable<Uint8Array>,
      }
    },
    refused() {
      refusals++
    },
    refusals: () => refusals,
    close: () => agent.destroy(),
  }
}
