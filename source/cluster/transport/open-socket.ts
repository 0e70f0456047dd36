import type { Socket } from 'node:net'
import { connectTcp } from './connect-tcp.ts'
import { hostOf } from './proxy.ts'
import { failedAt, type Route } from './route.ts'
import { type Handshake, startTls } from './start-tls.ts'
import { throughProxy } from './through-proxy.ts'

/** A connection over which requests can be sent; without a handshake it is plain. Rejects with {@link WayError}, and with the error of the signal. */
export const openSocket = async (
  route: Route,
  handshake: Handshake | undefined,
  signal: AbortSignal,
): Promise<Socket> => {
  const { server, proxy, memory } = route
  let tunnel: Socket
  try {
    tunnel = await (proxy === undefined
      ? connectTcp(server, 'server', route, signal)
      : throughProxy(proxy, route, signal))
  } catch (error) {
    throw failedAt(proxy === undefined ? 'server' : 'proxy', error)
  }
  const address = tunnel.remoteAddress
  let socket = tunnel
  try {
    if (handshake !== undefined) socket = await startTls(tunnel, hostOf(server), handshake, 'server', route, signal)
  } catch (error) {
    tunnel.destroy()
    throw failedAt('server', error)
  }
  if (proxy === undefined && address !== undefined) memory.worked(hostOf(server), address)
  return socket
}
