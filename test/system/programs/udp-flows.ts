import { createSocket } from 'node:dgram'
import { pace } from './pace.ts'

// Sends one datagram to each of COUNT ports of an address: as many connections to track. With a RATE, so many a second, and
// the ports over and over. node udp-flows.ts ADDRESS COUNT [RATE]
const [address = '', count = '', rate] = process.argv.slice(2)
const first = 20_000
const socket = createSocket('udp4')
const send = (index: number): Promise<boolean> =>
  new Promise((resolve) =>
    socket.send('x', first + (index % Number(count)), address, (error) => resolve(error === null)),
  )

const sendAll = async (): Promise<void> => {
  let refused = 0
  for (let index = 0; index < Number(count); index++) if (!(await send(index))) refused++
  socket.close()
  process.stdout.write(`sent ${count} refused ${refused}\n`)
}

if (rate === undefined) await sendAll()
else {
  process.stdin.resume().once('end', () => process.exit(0))
  pace(Number(rate), (index) => void send(index))
}
