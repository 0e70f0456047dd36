import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut, and pulled for a while; on loopback. */
export interface Relay {
  readonly port: number
  /** How many connections were begun so far, also those that were refused. */
  readonly tries: () => number
  /** Breaks all connections; new ones are let through. */
  cut(): void
  /** Breaks all connections, and refuses new ones until it is plugged. */
  pull(): void
  plug(): void
  close(): Promise<void>
}

const ignore = (): void => undefined

export const startRelay = async (host: string, port: number): Promise<Relay> => {
  const sockets = new Set<Socket>()
  let isPlugged = true
  let tries = 0

  const join = (from: Socket, to: Socket): void => {
    sockets.add(from)
    // What breaks closes, and that is what counts here.
    from.on('error', ignore)
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.pipe(to)
  }

  const server = createServer((near) => {
    tries++
    if (!isPlugged) {
      near.on('error', ignore).destroy()
      return
    }
    const far = connect({ host, port })
    join(near, far)
    join(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    tries: () => tries,
    cut,
    pull() {
      isPlugged = false
      cut()
    },
    plug() {
      isPlugged = true
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}
