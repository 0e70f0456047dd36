import { request } from 'node:http'
import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { connectTcp } from './connect-tcp.ts'
import { hostOf, portOf } from './proxy.ts'
import { type Route, WayError } from './route.ts'
import { type Handshake, startTls } from './start-tls.ts'
import { trustedRoots } from './trusted-roots.ts'

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const authorization = ({ username, password }: URL): { readonly 'Proxy-Authorization'?: string } =>
  username === '' && password === ''
    ? {}
    : { 'Proxy-Authorization': `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}` }

const believingRoots = (): Handshake => ({
  secureContext: createSecureContext({ ca: trustedRoots() }),
  rejectUnauthorized: true,
})

/** Asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6). */
const throughHttp = async (proxy: URL, route: Route, signal: AbortSignal): Promise<Socket> => {
  const tcp = await connectTcp(proxy, 'proxy', route, signal)
  const isSecure = proxy.protocol === 'https:'
  const link = isSecure ? await startTls(tcp, hostOf(proxy), believingRoots(), 'proxy', route, signal) : tcp
  const target = `${route.server.hostname}:${portOf(route.server)}`
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      path: target,
      headers: { Host: target, ...authorization(proxy) },
      createConnection: () => link,
      signal,
    })
    const timer = setTimeout(
      () => asked.destroy(new WayError('proxy', 'ETIMEDOUT', `no answer within ${route.limits.handshake / 1000} s`)),
      route.limits.handshake,
    )
    const refuse = (error: Error): void => {
      clearTimeout(timer)
      link.destroy()
      reject(error)
    }
    asked.once('error', refuse)
    const status = (code: number | undefined): void =>
      refuse(new WayError('proxy', 'EPROXY', code === 407 ? 'it wants a user and a password' : `it answers ${code}`))
    asked.once('response', ({ statusCode }) => status(statusCode))
    asked.once('connect', ({ statusCode }, socket: Socket, head) => {
      if (statusCode !== 200) return status(statusCode)
      clearTimeout(timer)
      asked.off('error', refuse)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asked.end()
  })
}

const throughSocks = async (proxy: URL, route: Route, signal: AbortSignal): Promise<Socket> => {
  const tcp = await connectTcp(proxy, 'proxy', route, signal)
  const { SocksClient } = await import('socks')
  const user = decoded(proxy.username)
  try {
    const { socket } = await SocksClient.createConnection({
      proxy: {
        host: hostOf(proxy),
        port: Number(proxy.port || 1080),
        type: 5,
        ...(user === '' ? {} : { userId: user, password: decoded(proxy.password) }),
      },
      command: 'connect',
      // The name goes to the proxy, which looks it up, as Go has it for socks5 and socks5h alike.
      destination: { host: hostOf(route.server), port: Number(portOf(route.server)) },
      existing_socket: tcp,
      timeout: route.limits.handshake,
    })
    return socket
  } catch (error) {
    tcp.destroy()
    throw error
  }
}

/** A tunnel to the server through a proxy. */
export const throughProxy = (proxy: URL, route: Route, signal: AbortSignal): Promise<Socket> =>
  proxy.protocol.startsWith('socks') ? throughSocks(proxy, route, signal) : throughHttp(proxy, route, signal)
