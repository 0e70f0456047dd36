import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Relay {
  readonly port: number
  close(): Promise<void>
}

/** Passes on what comes, in its order, so many milliseconds after it came. */
const hold = (from: Socket, to: Socket, milliseconds: number): void => {
  const later = (what: () => void): void => void setTimeout(what, milliseconds)
  from.on('data', (chunk: Buffer) => later(() => to.write(chunk)))
  from.on('end', () => later(() => to.end()))
  from.on('error', () => to.destroy())
  from.on('close', () => later(() => to.destroy()))
}

/** A way from an address to a port of this machine that is as long as one to a node: so many milliseconds in each direction. */
export const startRelay = async (address: string, port: number, milliseconds: number): Promise<Relay> => {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('close', () => sockets.delete(one))
      hold(one, other, milliseconds)
    }
  }).listen(0, address)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
