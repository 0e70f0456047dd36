import { createServer as createPlain, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecure, type ServerOptions } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Target } from '../../source/cluster/kubeconfig/target.ts'
import type { Pair } from './certificates.ts'

/** Something that listens on loopback until the test ends. */
export interface Listening {
  readonly port: number
  /** Connections that were accepted so far. */
  readonly accepted: () => number
  /** Ends it and what is connected. */
  readonly stop: () => void
}

const listening = async (server: Server, port = 0): Promise<Listening> => {
  const open = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    open.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = (): void => {
    for (const socket of open) socket.destroy()
    server.close()
  }
  onTestFinished(stop)
  return { port: (server.address() as AddressInfo).port, accepted: () => accepted, stop }
}

/** A server of bytes. */
export const startTcp = (each: (socket: Socket) => void, port?: number): Promise<Listening> =>
  listening(createTcp(each), port)

export interface Api extends Listening {
  /** What was asked, oldest first. */
  readonly asked: readonly IncomingMessage[]
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** An API server; without a pair it speaks plain HTTP. */
export const startApi = async (answer: Answer, tls?: Pair & ServerOptions, port?: number): Promise<Api> => {
  const asked: IncomingMessage[] = []
  const handle: RequestListener = (request, response) => {
    asked.push(request)
    answer(request, response)
  }
  const server = tls === undefined ? createPlain(handle) : createSecure(tls, handle)
  return { asked, ...(await listening(server, port)) }
}

/** Says its name in JSON. */
export const fine: Answer = (_, response) => void response.end('{"kind":"NodeList","items":[]}')

/** A target as `chooseTarget` gives one. */
export const target = (server: string, changes: Partial<Target> = {}): Target => ({
  context: 'lab',
  namespace: 'default',
  userName: 'karin',
  user: {},
  impersonation: undefined,
  ...changes,
  cluster: { server, ...changes.cluster },
  server: new URL(server),
})
