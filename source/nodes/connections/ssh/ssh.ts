import type { Duplex } from 'node:stream'
import { NodeSSH } from 'node-ssh'
import type { Algorithms, AuthHandlerMiddleware, Client, ClientChannel, HostVerifier } from 'ssh2'
import { type Clean, clean } from '../../../text/clean.ts'
import { commandLine } from '../command-line.ts'
import { type Cause, type Channel, type Connection, ConnectionError, type Program } from '../connection.ts'
import { deadline } from '../deadline.ts'
import { createEnding, type Ending } from '../ending.ts'
import { stderrFlood } from '../flood-guard.ts'
import { type HearRefusal, hearRefusals } from './auth/heard-refusals.ts'
import { loginTimeout } from './auth/login-report.ts'
import { byName } from './bastion-name.ts'
import { channelOf } from './channel.ts'
import { causeOfChannel, causeOfFailure, isUnreachedBehind } from './failure-cause.ts'
import { forwarded } from './forwarded.ts'
import { createGreeting, type Greeting } from './greeting.ts'
import { guardIncoming } from './incoming.ts'
import { onlyInSilence } from './keepalive.ts'
import { keepLess } from './lean-connection.ts'
import { gatherWrites, prepareKeys } from './packets.ts'
import { padFromStock } from './padding.ts'
import { closeRefused } from './refused-exec.ts'
import { countUnasked, unaskedFlood } from './unasked.ts'

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
  /** Hears what the server says to each attempt. */
  readonly heard?: HearRefusal
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

/** Bytes that a server may send until the login is over: its keys, its lists of algorithms, and a banner. */
const earlyLimit = 256 * 1024

const isUnexplained = (error: unknown): boolean => error instanceof Error && error.message === 'No response from server'

/** What requests over one connection share. */
interface Over {
  readonly client: Client
  readonly host: string
  readonly ending: Ending<Cause>
  /** Ends the connection: its node sends too much. */
  flooded(): void
  /** Hears what channels carry. */
  readonly carried: (chunk: Buffer) => void
  /** Ends the connection, for this reason. */
  end(reason: unknown): void
}

/** What is asked of a server, and what it is to whoever asks when that is refused. */
interface Wish {
  readonly what: string
  readonly refused: 'no-data' | 'lost'
}

/** Waits for a callback of ssh2 that may never come. What comes when nobody waits any more is for `late` to end. */
const answered = <T>(
  { host, ending, end }: Over,
  { what, refused: state }: Wish,
  signal: AbortSignal,
  ask: (answer: (error: Error | undefined, value: T) => void) => unknown,
  late: (value: T) => void,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const givenUp: Cause = { state: 'lost', cause: clean('given up') }
    const silent = clean(`${host} does not ${what} within ${channelLimit / 1000} s`)
    let isOver = false
    const leave = (): void => {
      isOver = true
      stop()
      forget()
      signal.removeEventListener('abort', abort)
    }
    const refuse = (cause: Cause, error?: unknown): void => {
      if (isOver) return
      leave()
      reject(new ConnectionError(cause, { cause: error }))
    }
    const abort = (): void => refuse(givenUp)
    const stop = deadline(channelLimit, () => refuse({ state, cause: silent }))
    let forget = (): void => undefined
    forget = ending.onEnd((cause) => refuse(cause))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    // Nothing is asked of a connection that is gone.
    if (isOver) return
    try {
      ask((error, value) => {
        if (isOver) return error ? undefined : late(value)
        if (error)
          return refuse(
            {
              state,
              cause: clean(`${host} does not ${what}: ${causeOfChannel(error)}`),
              ...(isUnreachedBehind(error) ? { unreached: true } : {}),
            },
            error,
          )
        leave()
        resolve(value)
      })
    } catch (error) {
      // ssh2 throws where it takes the connection for ended: nobody may go on believing that it lives.
      end(error)
      refuse(causeOfFailure(error, host), error)
    }
  })

/** Why a login failed; `greeting`: what is wrong with what the server said first. */
const whyNot = (failure: unknown, error: unknown, host: string, greeting: Clean | undefined): Cause => {
  if (failure instanceof ConnectionError) return failure.reason
  if (greeting !== undefined) return { state: 'lost', cause: greeting }
  // node-ssh calls every end without an error a timeout.
  if (failure === undefined && isUnexplained(error))
    return { state: 'lost', cause: clean('closed by the server before the login was over; see the log of its sshd') }
  return causeOfFailure(failure ?? error, host)
}

/** Closes the channel with the signal. By itself, so that what waits for the channel's end does not hold all that began it. */
const closedBy = (signal: AbortSignal, channel: Channel): Channel => {
  signal.addEventListener('abort', channel.close, { once: true })
  void channel.exit.then(() => signal.removeEventListener('abort', channel.close))
  if (signal.aborted) channel.close()
  return channel
}

const streamOver = async (over: Over, { argv, input }: Program, signal: AbortSignal): Promise<Channel> => {
  const command = commandLine(argv)
  const stream = await answered<ClientChannel>(
    over,
    { what: 'open another channel', refused: 'no-data' },
    signal,
    (answer) =>
      over.client.exec(command, (error, channel) => {
        if (error !== undefined && !closeRefused(over.client, error)) over.end(error)
        answer(error, channel)
      }),
    (channel) => channel.close(),
  )
  const channel = closedBy(signal, channelOf(stream, over))
  if (input !== undefined) channel.write(input)
  return channel
}

/** What a server says until the login is over; by itself, so that it goes when that is. */
const listenEarly = (socket: Duplex, flooded: () => void): Pick<Greeting, 'fault'> & { leave(): void } => {
  const greeting = createGreeting()
  let bytes = 0
  const listen = (chunk: Buffer): void => {
    greeting.add(chunk)
    bytes += chunk.length
    if (bytes > earlyLimit) flooded()
  }
  socket.on('data', listen)
  return {
    // What floods is not quoted: that it floods says more.
    fault: () => (bytes > earlyLimit ? undefined : greeting.fault()),
    leave: () => void socket.off('data', listen),
  }
}

/** Misses a login that takes too long, until it is stopped. */
const limitLogin = (client: Client, limits: SshLogin['limits'], miss: (what: string) => void): (() => void) => {
  let stop = deadline(limits.handshake, () => miss('Timed out while waiting for handshake'))
  client.once('handshake', () => {
    stop()
    stop = deadline(limits.login, () => miss(loginTimeout))
  })
  return () => stop()
}

/**
 * Logs in. Rejects with a {@link ConnectionError}. node-ssh opens the connection; everything after that goes over the
 * connection underneath, because node-ssh keeps all output of a command and stops listening for errors once it is connected.
 */
export const connectSsh = async (login: SshLogin, signal: AbortSignal): Promise<SshConnection> => {
  const { host, socket } = login
  const ssh = new NodeSSH()
  const ending = createEnding<Cause>()
  let failure: unknown

  gatherWrites(socket)
  // ssh2 holds what it was given as long as the connection lives: all that was tried goes with the login.
  let authHandler: AuthHandlerMiddleware | undefined = login.authHandler
  let heard = login.heard
  const connecting = ssh.connect({
    username: login.user,
    sock: socket,
    hostVerifier: login.hostVerifier,
    algorithms: login.algorithms,
    authHandler: (left, partial, next) => authHandler?.(left, partial, next),
    keepaliveInterval: login.keepalive.interval,
    keepaliveCountMax: login.keepalive.count,
    // Its own limit runs while a person types.
    readyTimeout: 0,
  })
  const client = ssh.connection
  if (client === null) throw new Error('node-ssh made no connection')
  // For its whole life: an error that nobody listens for would end the program.
  const end = (reason: unknown): void => {
    failure ??= reason
    socket.destroy()
  }
  client.on('error', end)
  // Nothing more comes, whatever could still be sent: ssh2 watches it no longer, and leaves its closing to others.
  client.on('end', () => socket.destroy())
  client.on('close', () => {
    socket.destroy()
    ending.end(
      failure === undefined ? { state: 'lost', cause: clean('closed by the server') } : causeOfFailure(failure, host),
    )
  })
  const miss = (what: string): void => end(new Error(what))
  const early = listenEarly(socket, () =>
    miss(`floods: more than ${earlyLimit / 1024} KB before the login; is it an sshd, is the port right?`),
  )
  const abort = (): void => void socket.destroy()
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  client.on('handshake', () => {
    guardIncoming(client)
    prepareKeys(client)
    padFromStock(client)
    keepLess(client)
  })
  client.once('handshake', () => hearRefusals(client, (left, partial) => heard?.(left, partial)))
  const stop = limitLogin(client, login.limits, miss)
  try {
    await connecting
  } catch (error) {
    socket.destroy()
    const reason = failure ?? error
    throw new ConnectionError(whyNot(failure, error, host, early.fault()), { cause: reason })
  } finally {
    authHandler = undefined
    heard = undefined
    stop()
    early.leave()
    signal.removeEventListener('abort', abort)
  }

  ending.onEnd(onlyInSilence(client, socket, login.keepalive.interval))
  const carried = countUnasked(socket, () => miss(unaskedFlood))
  const over: Over = { client, host, ending, flooded: () => miss(stderrFlood.cause), carried, end }
  // To whoever goes through it.
  const lost = (cause: Cause): Error => new ConnectionError({ ...cause, cause: byName(host, cause.cause) })
  return {
    transport: 'ssh',
    closed: ending.settled,
    stream: (program, asked) => streamOver(over, program, asked),
    forward: async (to, port, asked) =>
      forwarded(
        await answered<ClientChannel>(
          over,
          // There is no connection to whom it would go to.
          { what: `forward to ${to}:${port}`, refused: 'lost' },
          asked,
          (answer) => client.forwardOut('127.0.0.1', 0, to, port, answer),
          (channel) => channel.close(),
        ),
        { ending, carried, lost },
      ),
    close: () => {
      client.end()
      // A peer that is half gone never answers the end.
      const timer = setTimeout(() => socket.destroy(), 500)
      ending.onEnd(() => clearTimeout(timer))
    },
  }
}
