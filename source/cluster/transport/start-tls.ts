import { isIP, type Socket } from 'node:net'
import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import { type Route, WayError } from './route.ts'

/** Whom to believe and what to show. */
export interface Handshake {
  readonly secureContext: SecureContext
  /** The name that the certificate must be for, where it is not the host's. */
  readonly servername?: string
  readonly rejectUnauthorized: boolean
}

/** TLS over a connection. Rejects after `limits.handshake`; the connection is closed then. */
export const startTls = (
  socket: Socket,
  host: string,
  { servername = host, ...tls }: Handshake,
  at: 'server' | 'proxy',
  { limits }: Route,
  signal: AbortSignal,
): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      socket.destroy()
      return reject(signal.reason as Error)
    }
    const secured = connect({
      socket,
      // An address is checked as well, but has no place in the greeting (RFC 6066, 3).
      host: servername,
      ...(isIP(servername) === 0 ? { servername } : {}),
      ALPNProtocols: ['http/1.1'],
      ...tls,
    })
    const stop = (error: Error): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      secured.destroy()
      socket.destroy()
      reject(error)
    }
    const abort = (): void => stop(signal.reason as Error)
    const timer = setTimeout(
      () => stop(new WayError(at, 'ETIMEDOUT', `no TLS handshake within ${limits.handshake / 1000} s`)),
      limits.handshake,
    )
    signal.addEventListener('abort', abort, { once: true })
    const cut = (): void => stop(new WayError(at, 'ECONNRESET', 'it closed the connection during the TLS handshake'))
    secured.once('error', stop)
    secured.once('close', cut)
    secured.once('secureConnect', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      secured.off('error', stop)
      secured.off('close', cut)
      resolve(secured)
    })
    return undefined
  })
