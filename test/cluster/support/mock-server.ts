import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Change, createMockState, isIn, type MockState } from './mock-state.ts'

/** A request as the mock understood it. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** `pods`, `version`; empty for what is neither. */
  readonly resource: string
  readonly namespace: string | undefined
  readonly what: 'list' | 'watch' | 'review' | 'version' | 'other'
}

/** What goes wrong: answers the request itself and returns true, or leaves it to the mock. */
export type Fault = (asked: Asked, response: ServerResponse) => boolean

export interface MockServer {
  readonly state: MockState
  readonly origin: string
  /** All requests so far, reviews of access and versions apart. */
  readonly asked: readonly Asked[]
  /** What goes wrong from now on; undefined: nothing. */
  fault: Fault | undefined
  /** Who may do what; all may everything unless said otherwise. */
  may: (right: { readonly verb: string; readonly resource: string; readonly namespace?: string }) => boolean
  /** Whether it gives first states through watches as a current server does, silently never, or refuses to. */
  firstStates: 'given' | 'silent' | 'refused' | 'endless'
  /** Writes something on every open watch of a resource. */
  say(resource: string, text: string): void
  /** Tells every open watch how far it is. */
  bookmark(): void
  /** Breaks every connection. */
  cut(): void
  /** Ends every watch as its time limit does. */
  endWatches(): void
  watches(resource: string): number
  close(): Promise<void>
}

const pattern = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)$/

const understand = (request: IncomingMessage): Asked => {
  const url = new URL(request.url ?? '/', 'http://mock')
  const query = Object.fromEntries(url.searchParams)
  const common = { method: request.method ?? '', path: url.pathname, query }
  if (url.pathname === '/version') return { ...common, resource: '', namespace: undefined, what: 'version' }
  const [, namespace, resource = ''] = pattern.exec(url.pathname) ?? []
  if (resource === 'selfsubjectaccessreviews') return { ...common, resource, namespace, what: 'review' }
  const what = resource === '' ? 'other' : query['watch'] === 'true' ? 'watch' : 'list'
  return { ...common, resource, namespace, what }
}

export const answer = (
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

export const statusObject = (code: number, message: string, details?: unknown): unknown => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  message,
  ...(details === undefined ? {} : { details }),
})

const gone = statusObject(410, 'The resourceVersion for the provided watch is too old.')

export const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`

const bookmarkLine = (version: number, isEnd = false): string =>
  line('BOOKMARK', {
    metadata: {
      resourceVersion: String(version),
      ...(isEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  })

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

/** An API server as far as watching goes, on loopback. */
export const startMock = async (state = createMockState()): Promise<MockServer> => {
  const asked: Asked[] = []
  const watches = new Map<ServerResponse, string>()

  const list = ({ resource, namespace, query }: Asked, response: ServerResponse): void => {
    const all = state.objects(resource, namespace)
    const from = Number(query['continue'] ?? 0)
    const to = query['limit'] === undefined ? all.length : from + Number(query['limit'])
    const next = to < all.length ? { continue: String(to) } : {}
    const metadata = { resourceVersion: String(state.version()), ...next }
    answer(response, 200, { kind: 'List', metadata, items: all.slice(from, to) })
  }

  const watch = ({ resource, namespace, query }: Asked, response: ServerResponse): void => {
    const wantsFirst = query['sendInitialEvents'] === 'true'
    if (wantsFirst && mock.firstStates === 'refused')
      return answer(response, 422, statusObject(422, 'sendInitialEvents is forbidden for watch'))
    const missed = wantsFirst ? [] : state.since(Number(query['resourceVersion']), resource, namespace)
    if (missed === undefined) return answer(response, 200, line('ERROR', gone))
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
    response.flushHeaders()
    const stop = state.follow((change) => {
      if (!response.writableEnded && change.resource === resource && isIn(change.object, namespace))
        response.write(line(change.type, change.object))
    })
    watches.set(response, resource)
    response.on('close', () => {
      stop()
      watches.delete(response)
    })
    if (wantsFirst && mock.firstStates !== 'silent') {
      for (const object of state.objects(resource, namespace)) response.write(line('ADDED', object))
      if (mock.firstStates === 'given') response.write(bookmarkLine(state.version(), true))
    }
    for (const change of missed) response.write(line(change.type, change.object))
  }

  const review = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { spec } = JSON.parse(await bodyOf(request)) as {
      spec: { resourceAttributes: { verb: string; resource: string; namespace?: string } }
    }
    answer(response, 201, { status: { allowed: mock.may(spec.resourceAttributes) } })
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const understood = understand(request)
    if (understood.what === 'list' || understood.what === 'watch') asked.push(understood)
    if (mock.fault?.(understood, response) === true) return
    const { what, resource, namespace } = understood
    if (what === 'version') return answer(response, 200, { gitVersion: 'v1.34.1' })
    if (what === 'review') return review(request, response)
    if (what === 'other') return answer(response, 404, statusObject(404, 'not found'))
    const right = { verb: what, resource, ...(namespace === undefined ? {} : { namespace }) }
    if (!mock.may(right)) return answer(response, 403, statusObject(403, `${resource} is forbidden`))
    return what === 'watch' ? watch(understood, response) : list(understood, response)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })

  const mock: MockServer = {
    state,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fault: undefined,
    may: () => true,
    firstStates: 'given',
    say(resource, text) {
      for (const [response, watched] of watches) if (watched === resource) response.write(text)
    },
    bookmark() {
      for (const response of watches.keys()) response.write(bookmarkLine(state.version()))
    },
    cut: () => server.closeAllConnections(),
    endWatches() {
      for (const response of watches.keys()) response.end()
      watches.clear()
    },
    watches: (resource) => [...watches.values()].filter((watched) => watched === resource).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return mock
}

export type { Change }
