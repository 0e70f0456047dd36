import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import ssh2, {
  type AcceptConnection,
  type Algorithms,
  type AuthContext,
  type Connection as Peer,
  type ServerChannel,
  type Session,
} from 'ssh2'
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
  readonly forward?: (accept: () => ServerChannel, to: { readonly destPort: number }) => void
  /** By itself everybody is let in. */
  readonly authentication?: (context: AuthContext, peer: Peer) => void
  readonly algorithms?: Algorithms
  /** Without it an ECDSA key. */
  readonly hostKey?: string
}

// By Node: one in 200 of the Ed25519 keys that ssh2 makes cannot be read by ssh2.
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'sec1', format: 'pem' },
})

export const startOdd = async ({
  session,
  forward,
  authentication = (context) => context.accept(),
  algorithms = {},
  hostKey = privateKey,
}: OddBehaviour = {}): Promise<OddServer> => {
  const peers: Peer[] = []
  const sockets: Socket[] = []
  const server = new ssh2.Server({ hostKeys: [hostKey], algorithms }, (peer) => {
    peers.push(peer)
    peer.on('error', () => undefined)
    peer.on('authentication', (context) => authentication(context, peer))
    peer.on('ready', () => {
      peer.on('session', (accept, reject) => (session === undefined ? reject() : session(accept)))
      peer.on('tcpip', (accept, reject, to) => (forward === undefined ? reject() : forward(accept, to)))
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

interface Inside {
  readonly _protocol: {
    readonly _packetRW: {
      readonly write: { readonly allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer }
    }
    readonly _cipher: { encrypt(packet: Buffer): void }
    readonly _handlers: Record<string, unknown>
  }
}

const protocolOf = (peer: Peer): Inside['_protocol'] => (peer as unknown as Inside)._protocol

/** Has a server send what ssh2 would not: a message as it is. */
export const sendRaw = (peer: Peer, payload: Buffer): void => {
  const { _packetRW: packets, _cipher: cipher } = protocolOf(peer)
  const packet = packets.write.alloc(payload.length)
  packet.set(payload, packets.write.allocStart)
  cipher.encrypt(packets.write.finalize(packet))
}

/** Has a server not react to a message. */
export const ignoreMessage = (peer: Peer, name: string): void =>
  void Object.assign(protocolOf(peer)._handlers, { [name]: () => undefined })

/** What comes to a server for the whole connection: `prove` and other names of requests, and whether ours were granted. */
export const heardBy = (peer: Peer): readonly string[] => {
  const heard: string[] = []
  Object.assign(protocolOf(peer)._handlers, {
    GLOBAL_REQUEST: (_: unknown, name: string) => void heard.push(name),
    REQUEST_SUCCESS: () => void heard.push('granted'),
    REQUEST_FAILURE: () => void heard.push('refused'),
  })
  return heard
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

/** ssh2 alone, logged in at a server that takes everybody; `prepare` hears of each key exchange. `rekey`: the server begins another. */
export const loggedInAlone = async (
  prepare: (client: ssh2.Client) => void,
  algorithms: Algorithms,
): Promise<{ readonly client: ssh2.Client; rekey(): Promise<void> }> => {
  const { port, peers } = await startOdd()
  const client = new ssh2.Client()
  onTestFinished(() => void client.destroy())
  client.on('handshake', () => prepare(client))
  client.connect({ port, host: '127.0.0.1', username: 'karin', password: 'x', algorithms })
  await once(client, 'ready')
  const rekey = async (): Promise<void> => {
    const exchanged = once(client, 'handshake')
    await new Promise<void>((resolve) => peers[0]?.rekey(resolve))
    await exchanged
  }
  return { client, rekey }
}
