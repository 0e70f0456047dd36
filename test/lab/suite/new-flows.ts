// A program of its own, run in a node's network: ADDRESS COUNT RATE. It opens so many flows, so many of them a second: a datagram
// each, from a few ports to many. Then it sends to all of them again, often enough for the kernel to keep them, until its input ends.
import { createSocket } from 'node:dgram'

const [address = '', ...numbers] = process.argv.slice(2)
const [count = 0, rate = 0] = numbers.map(Number)
/** Flows of one port of ours. */
const targets = 60_000
/** Seconds for all of them once more: half of what nf_conntrack_udp_timeout gives to a flow that nobody answered. */
const round = 15
/** The most seconds that are made up for: a table must not fill at a jump because this was held up. */
const late = 0.1

const sockets = Array.from({ length: Math.ceil(count / targets) }, () => createSocket('udp4'))
const datagram = Buffer.alloc(1)
let sent = 0
let due = 0
let before = performance.now()

const turn = (): void => {
  const now = performance.now()
  const pace = sent < count ? rate : count / round
  due += pace * Math.min((now - before) / 1000, late)
  before = now
  for (; due >= 1; due--, sent++) {
    const flow = sent % count
    sockets[Math.floor(flow / targets)]?.send(datagram, 1024 + (flow % targets), address)
  }
}

setInterval(turn, 10)
process.stdin.resume().on('end', () => process.exit())
