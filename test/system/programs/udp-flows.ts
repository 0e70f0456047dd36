import { createSocket } from 'node:dgram'

// Sends one datagram to each of COUNT ports of 127.0.0.1: as many connections to track. node udp-flows.ts COUNT
const count = Number(process.argv[2])
const socket = createSocket('udp4')
const send = (port: number): Promise<boolean> =>
  new Promise((resolve) => socket.send('x', port, '127.0.0.1', (error) => resolve(error === null)))

let refused = 0
for (let port = 20_000; port < 20_000 + count; port++) if (!(await send(port))) refused++
socket.close()
process.stdout.write(`sent ${count} refused ${refused}\n`)
