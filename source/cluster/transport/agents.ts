import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { clean } from '../../text/clean.ts'
import { ApiError } from '../api.ts'
import type { Login } from './login.ts'
import { openSocket } from './open-socket.ts'
import type { Route } from './route.ts'
import type { Handshake } from './start-tls.ts'
import { trustedRoots } from './trusted-roots.ts'

/** Calls at one time: the rest waits its turn, so that a server that is slow does not get more of them. */
const calls = 6

/** Kept connections of one login: calls never wait behind watches. */
export interface Agents {
  readonly call: Agent
  readonly watch: Agent
}

/** Tells logins apart that need connections of their own. */
export const fingerprint = ({ tls }: Login): string => createHash('sha256').update(JSON.stringify(tls)).digest('hex')

const handshakeOf = ({ tls: { rejectUnauthorized, servername, ...own } }: Login): Handshake => {
  // Where nothing is verified, nobody need be believed.
  const ca = own.ca ?? (rejectUnauthorized ? trustedRoots() : undefined)
  try {
    return {
      secureContext: createSecureContext({ ...own, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) }),
      ...(servername === undefined ? {} : { servername }),
      rejectUnauthorized,
    }
  } catch (error) {
    const { code = 'not understood' } = error as NodeJS.ErrnoException
    throw new ApiError(
      'credentials',
      clean(
        `certificate, key or certificate authority cannot be used (${code}): mend the kubeconfig, a key must be without a passphrase`,
      ),
    )
  }
}

const agentOf = (maxSockets: number, open: () => Promise<Socket>): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: 2, scheduling: 'lifo' })
  const make = async (done: (error: Error | null, socket: Socket) => void): Promise<void> => {
    let socket: Socket
    try {
      socket = await open()
    } catch (error) {
      // With an error there is none, which the types do not know.
      return done(error as Error, undefined as never)
    }
    return done(null, socket)
  }
  agent.createConnection = (_, done) => {
    if (done !== undefined) void make(done)
    return undefined
  }
  return agent
}

/** Connections for a login. Throws {@link ApiError} where its certificates are none. */
export const createAgents = (route: Route, login: Login, signal: AbortSignal): Agents => {
  const handshake = route.server.protocol === 'https:' ? handshakeOf(login) : undefined
  const open = (): Promise<Socket> => openSocket(route, handshake, signal)
  return { call: agentOf(calls, open), watch: agentOf(Number.POSITIVE_INFINITY, open) }
}

/** Lets connections end when what runs over them has ended. */
export const retire = ({ call, watch }: Agents): void => {
  for (const agent of [call, watch]) {
    agent.maxFreeSockets = 0
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
  }
}
