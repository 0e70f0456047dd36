import { connect, type Socket } from 'node:net'
import { hostOf, portOf } from './proxy.ts'
import { type Route, WayError } from './route.ts'

/** Milliseconds that one of several addresses has before the next is tried as well. */
const oneAddress = 1000

/** Seconds... in milliseconds, until a silent connection is probed by the kernel. */
const keepAlive = 15_000

/** A connection to the server, or to the proxy before it. Rejects after `limits.connect`. */
export const connectTcp = (
  to: URL,
  at: 'server' | 'proxy',
  { memory, limits }: Route,
  signal: AbortSignal,
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const host = hostOf(to)
    const socket = connect({
      host,
      port: Number(portOf(to) || 1080),
      lookup: memory.lookup,
      // With several names of addresses the first may be the one that is dead.
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: oneAddress,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAlive,
      signal,
    })
    const timer = setTimeout(
      () => socket.destroy(new WayError(at, 'ETIMEDOUT', `no connection within ${limits.connect / 1000} s`)),
      limits.connect,
    )
    const fail = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    socket.once('error', fail)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      resolve(socket)
    })
  })
