import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import ssh2, { type AcceptConnection, type Connection as Peer, type ServerChannel, type Session } from 'ssh2'
import { onTestFinished } from 'vitest'
import { type Cause, ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import { connectSsh, type SshConnection, type SshLogin } from '../../../../source/nodes/connections/ssh/ssh.ts'

/** A server in this process, for what a real sshd cannot be made to do. */
export interface OddServer {
  readonly port: number
  /** Its ends of the connections. */
  readonly sockets: readonly Socket[]
  readonly peers: readonly Peer[]
}

export interface OddBehaviour {
  /** What becomes of a request for a channel; by itself it is refused. */
  readonly session?: (accept: AcceptConnection<Session>) => void
  /** What becomes of a request to forward. */
  readonly forward?: (accept: () => ServerChannel) => void
}

// By Node: one in 200 of the Ed25519 keys that ssh2 makes cannot be read by ssh2.
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'sec1', format: 'pem' },
})

export const startOdd = async ({ session, forward }: OddBehaviour = {}): Promise<OddServer> => {
  const peers: Peer[] = []
  const sockets: Socket[] = []
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (peer) => {
    peers.push(peer)
    peer.on('error', () => undefined)
    peer.on('authentication', (context) => context.accept())
    peer.on('ready', () => {
      peer.on('session', (accept, reject) => (session === undefined ? reject() : session(accept)))
      peer.on('tcpip', (accept, reject) => (forward === undefined ? reject() : forward(accept)))
    })
  })
  // ssh2 hands out no sockets.
  const inner = (server as unknown as { readonly _srv: import('node:net').Server })._srv
  inner.on('connection', (socket) => void sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(inner, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return { port: (inner.address() as AddressInfo).port, sockets, peers }
}

export const always = new AbortController().signal

/** Logs in at a loopback port. Whatever server is there, its key is good. */
export const loginTo = async (
  port: number,
  more: Partial<SshLogin> = {},
  signal = always,
): Promise<SshConnection & { readonly socket: Socket }> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  const connection = await connectSsh(
    {
      host: 'web',
      user: 'karin',
      socket,
      hostVerifier: (_, verify) => verify(true),
      algorithms: {},
      authHandler: (_, __, next) => next({ type: 'none', username: 'karin' }),
      keepalive: { interval: 10_000, count: 3 },
      limits: { handshake: 5000, login: 5000 },
      ...more,
    },
    signal,
  )
  return { ...connection, socket }
}

/** Why something cannot be had. */
export const reasonOf = async (failing: Promise<unknown>): Promise<Cause> => {
  const error: unknown = await failing.catch((thrown: unknown) => thrown)
  if (error instanceof ConnectionError) return error.reason
  throw new Error(`it came to be, or failed otherwise: ${String(error)}`)
}
