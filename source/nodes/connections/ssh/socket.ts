import type { LookupAddress } from 'node:dns'
import { connect, type Socket } from 'node:net'
import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import { unlessAborted } from '../unless-aborted.ts'
import type { Addresses, Family } from './addresses.ts'
import { causeOfFailure } from './failure-cause.ts'
import { unpooled } from './lean-connection.ts'

export interface SocketOptions {
  readonly host: string
  readonly port: number
  readonly family: Family
  /** The address to connect from; the system's choice without it. */
  readonly from?: string
  readonly addresses: Addresses
  /** Milliseconds until there is a connection. */
  readonly limit: number
}

/** A connected socket of our own, so that we can destroy it whatever state the other side is in. */
export interface OpenSocket {
  readonly socket: Socket
  /** What the name server, or our memory of it, had said. */
  readonly address: LookupAddress
  /** Monotonic ms at which the address last worked, where it comes from memory. */
  readonly remembered?: number
}

/**
 * Until somebody else listens: an error without a listener would end the program. Made here, because it lives as long as the
 * socket, with all that stands around it.
 */
const unheard = (): void => undefined

/**
 * Where all sockets read into, one at a time. Node would make room of 64 KB for each read and give back what is over: of a
 * thousand nodes that answer some hundred bytes each second that is a twentieth of all CPU, and memory in pieces.
 */
const arrival = Buffer.allocUnsafeSlow(64 * 1024)

/** Connects to the first address that answers (RFC 8305); rejects with a {@link ConnectionError}. */
export const openSocket = async (options: SocketOptions, signal: AbortSignal): Promise<OpenSocket> => {
  const { host, port, family, from, addresses, limit } = options
  try {
    const found = await unlessAborted(addresses.find(host, family), signal)
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opened: Socket = connect({
        host,
        port,
        noDelay: true,
        onread: {
          buffer: arrival,
          // As if it had been read without, and in bytes of its own: some of a key exchange are kept.
          callback: (length, bytes) => opened.push(unpooled(bytes.subarray(0, length))),
        },
        ...(from === undefined ? {} : { localAddress: from }),
        lookup: (_, { all }, answer) => {
          const [first] = found.addresses
          if (all === true) answer(null, [...found.addresses])
          else if (first === undefined) answer(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '')
          else answer(null, first.address, first.family)
        },
      })
      const leave = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
      const fail = (error: Error): void => {
        leave()
        opened.destroy()
        reject(error)
      }
      const timer = setTimeout(
        () => fail(Object.assign(new Error(`no answer within ${limit / 1000} s`), { code: 'ETIMEDOUT' })),
        limit,
      )
      const abort = (): void => fail(new Error('given up'))
      signal.addEventListener('abort', abort, { once: true })
      opened.once('error', fail)
      opened.once('connect', () => {
        leave()
        opened.off('error', fail)
        opened.on('error', unheard)
        resolve(opened)
      })
    })
    const address = { address: socket.remoteAddress ?? host, family: socket.remoteFamily === 'IPv6' ? 6 : 4 }
    return { socket, address, ...(found.remembered === undefined ? {} : { remembered: found.remembered }) }
  } catch (error) {
    if (signal.aborted) throw new ConnectionError({ state: 'lost', cause: clean('given up') }, { cause: error })
    throw new ConnectionError(causeOfFailure(error, host), { cause: error })
  }
}
