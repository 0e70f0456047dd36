import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'
import { pace } from './pace.ts'

// Asks a DNS server for the addresses of names, each question once and by a number of its own. A line on stdin is an
// order: "COUNT SUFFIX" asks for 0.SUFFIX, 1.SUFFIX ... and says, once all is answered, "answered COUNT nxdomain N".
// "pace RATE SUFFIX" asks so many times a second from now on.
// node ask.ts SERVER
const server = process.argv[2] ?? ''
/** Questions that wait for their answers at any time. */
const most = 50

const question = (id: number, name: string): Buffer => {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  const head = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, 1, 0, 1])])
}

const socket = createSocket('udp4')
let asked = 0
let answered = 0
let nxdomain = 0
let onAnswer: () => void = () => undefined
socket.on('message', (message) => {
  answered += 1
  if (((message[3] ?? 0) & 15) === 3) nxdomain += 1
  onAnswer()
})

const answeredTo = (number: number): Promise<void> =>
  new Promise((resolve) => {
    onAnswer = () => answered >= number && resolve()
    onAnswer()
  })

const send = (name: string): void => {
  socket.send(question(asked & 0xffff, name), 53, server)
  asked += 1
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const words = line.split(' ')
  if (words[0] === 'pace') {
    const [, rate = '', suffix = ''] = words
    pace(Number(rate), (index) => send(`${index}.${suffix}`))
    continue
  }
  const [count = '', suffix = ''] = words
  for (let index = 0; index < Number(count); index++) {
    await answeredTo(asked - most)
    send(`${index}.${suffix}`)
  }
  await answeredTo(asked)
  process.stdout.write(`answered ${answered} nxdomain ${nxdomain}\n`)
}
process.exit(0)
