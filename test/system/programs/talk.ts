import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

// Holds connections to an echo server and does what it is told, a line each, saying "done" when all of it was answered:
//   open N          N connections more
//   ping N          N times a byte to and fro, on every connection
//   bulk BYTES      so much at once on every connection, until it has come back
//   receive         one connection more, on which the server sends without end and we only read
// node talk.ts ADDRESS PORT
const [address = '', port = ''] = process.argv.slice(2)
const sockets: Socket[] = []

const open = async (): Promise<Socket> => {
  const socket = connect({ host: address, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Writes so many bytes and waits until as many have come back. */
const exchange = (socket: Socket, bytes: number): Promise<void> =>
  new Promise((resolve) => {
    let left = bytes
    const take = (chunk: Buffer): void => {
      left -= chunk.length
      if (left > 0) return
      socket.off('data', take)
      resolve()
    }
    socket.on('data', take)
    socket.write(Buffer.alloc(bytes))
  })

const pings = async (socket: Socket, count: number): Promise<void> => {
  for (let done = 0; done < count; done++) await exchange(socket, 1)
}

const receive = async (): Promise<void> => {
  const socket = await open()
  socket.write('stream')
  await once(socket, 'data')
  socket.on('data', () => undefined)
}

const orders: Record<string, (argument: number) => Promise<unknown>> = {
  open: async (count) => {
    for (let index = 0; index < count; index++) sockets.push(await open())
  },
  ping: (count) => Promise.all(sockets.map((socket) => pings(socket, count))),
  bulk: (bytes) => Promise.all(sockets.map((socket) => exchange(socket, bytes))),
  receive,
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const [order = '', argument] = line.split(' ')
  await orders[order]?.(Number(argument))
  process.stdout.write(`done ${line}\n`)
}
process.exit(0)
