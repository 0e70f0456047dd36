import type { Duplex } from 'node:stream'
import { NodeSSH } from 'node-ssh'
import type { Algorithms, AuthHandlerMiddleware, Client, ClientChannel, HostVerifier } from 'ssh2'
import { clean } from '../../../text/clean.ts'
import { commandLine } from '../command-line.ts'
import { type Cause, type Channel, type Connection, ConnectionError, type Program } from '../connection.ts'
import { deadline } from '../deadline.ts'
import { channelOf } from './channel.ts'
import { causeOfFailure } from './failure-cause.ts'

/** One login: everything about it that is not the protocol's own business. */
export interface SshLogin {
  /** The host as the person wrote it, for messages. */
  readonly host: string
  readonly user: string
  /** Connected, and ours: it is destroyed with the connection, whatever state the other side is in. */
  readonly socket: Duplex
  readonly hostVerifier: HostVerifier
  readonly algorithms: Algorithms
  readonly authHandler: AuthHandlerMiddleware
  /** Milliseconds between two keepalives, and how many may go unanswered. */
  readonly keepalive: { readonly interval: number; readonly count: number }
  /** Milliseconds that the server has to prove who it is, and then to let us in, a person's answers included. */
  readonly limits: { readonly handshake: number; readonly login: number }
}

/** A connection over ssh2, through which other connections can be made as well. */
export interface SshConnection extends Connection {
  /** A socket to a host as the server reaches it. Rejects with a {@link ConnectionError}. */
  forward(host: string, port: number, signal: AbortSignal): Promise<Duplex>
}

/** Milliseconds that a server has to open a channel: on a connection that is dead it never answers. */
const channelLimit = 8000

/** Waits for a callback of ssh2 that may never come. */
const answered = <T>(
  host: string,
  what: string,
  signal: AbortSignal,
  closed: Promise<Cause>,
  ask: (answer: (error: Error | undefined, value: T) => void) => unknown,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const refuse = (cause: Cause, error?: unknown): void => {
      stop()
      signal.removeEventListener('abort', abort)
      reject(new ConnectionError(cause, { cause: error }))
    }
    const stop = deadline(channelLimit, () =>
      refuse({ state: 'no-data', cause: clean(`${host} does not ${what} within ${channelLimit / 1000} s`) }),
    )
    const abort = (): void => refuse({ state: 'lost', cause: clean('given up') })
    signal.addEventListener('abort', abort, { once: true })
    void closed.then(refuse)
    try {
      ask((error, value) => {
        if (error)
          return refuse({ state: 'no-data', cause: clean(`${host} does not ${what}: ${error.message}`) }, error)
        stop()
        signal.removeEventListener('abort', abort)
        resolve(value)
      })
    } catch (error) {
      // ssh2 throws where the connection has ended since.
      refuse(causeOfFailure(error, host), error)
    }
  })

const streamOver = async (
  client: Client,
  host: string,
  closed: Promise<Cause>,
  { argv, input }: Program,
  signal: AbortSignal,
): Promise<Channel> => {
  const command = commandLine(argv)
  const stream = await answered<ClientChannel>(host, 'open another channel', signal, closed, (answer) =>
    client.exec(command, (error, opened) => {
      // Too late for whoever asked: it must not live on unseen.
      if (signal.aborted) opened?.close()
      answer(error, opened)
    }),
  )
  const channel = channelOf(stream, closed)
  signal.addEventListener('abort', channel.close, { once: true })
  void channel.exit.then(() => signal.removeEventListener('abort', channel.close))
  if (input !== undefined) channel.write(input)
  return channel
}

/**
 * Logs in. Rejects with a {@link ConnectionError}. node-ssh opens the connection; everything after that goes over the
 * connection underneath, because node-ssh keeps all output of a command and stops listening for errors once it is connected.
 */
export const connectSsh = async (login: SshLogin, signal: AbortSignal): Promise<SshConnection> => {
  const { host, socket } = login
  const ssh = new NodeSSH()
  const closed = Promise.withResolvers<Cause>()
  let failure: unknown

  const connecting = ssh.connect({
    username: login.user,
    sock: socket,
    hostVerifier: login.hostVerifier,
    algorithms: login.algorithms,
    authHandler: login.authHandler,
    keepaliveInterval: login.keepalive.interval,
    keepaliveCountMax: login.keepalive.count,
    // Its own limit runs while a person types.
    readyTimeout: 0,
  })
  const client = ssh.connection
  if (client === null) throw new Error('node-ssh made no connection')
  // For its whole life: an error that nobody listens for would end the program.
  client.on('error', (error) => {
    failure ??= error
    socket.destroy()
  })
  client.on('close', () => {
    socket.destroy()
    closed.resolve(
      failure === undefined ? { state: 'lost', cause: clean('closed by the server') } : causeOfFailure(failure, host),
    )
  })
  const abort = (): void => void socket.destroy()
  signal.addEventListener('abort', abort, { once: true })
  const miss = (what: string): void => {
    failure ??= new Error(`Timed out while waiting for ${what}`)
    socket.destroy()
  }
  let stop = deadline(login.limits.handshake, () => miss('handshake'))
  client.once('handshake', () => {
    stop()
    stop = deadline(login.limits.login, () => miss('login'))
  })
  try {
    await connecting
  } catch (error) {
    socket.destroy()
    const reason = failure ?? error
    throw new ConnectionError(causeOfFailure(reason, host), { cause: reason })
  } finally {
    stop()
    signal.removeEventListener('abort', abort)
  }

  return {
    transport: 'ssh',
    closed: closed.promise,
    stream: (program, asked) => streamOver(client, host, closed.promise, program, asked),
    forward: (to, port, asked) =>
      answered<Duplex>(host, `forward to ${to}:${port}`, asked, closed.promise, (answer) =>
        client.forwardOut('127.0.0.1', 0, to, port, answer),
      ),
    close: () => {
      client.end()
      // A peer that is half gone never answers the end.
      const timer = setTimeout(() => socket.destroy(), 500)
      void closed.promise.then(() => clearTimeout(timer))
    },
  }
}
