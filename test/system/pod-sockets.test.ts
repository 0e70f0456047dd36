import { describe, expect, test } from 'vitest'
import type { Socket, SocketsLook } from '../../source/events/looks.ts'
import { type Blind, isBlind } from '../../source/nodes/namespaces/look-kind.ts'
import { socketsLook } from '../../source/nodes/namespaces/sockets.ts'
import { converse } from './support/conversation.ts'
import { requireKernel } from './support/kernel.ts'
import { lookingAt } from './support/look.ts'
import { makePair, type Namespace } from './support/namespace.ts'
import { note } from './support/oracle.ts'

const seen = (look: SocketsLook | Blind): SocketsLook => {
  if (isBlind(look)) throw new Error(look.cause)
  return look
}

/** A namespace whose processes are all one: that one's pid. */
const leader = async (namespace: Namespace): Promise<number> => {
  const [pid] = await namespace.pids()
  if (pid === undefined) throw new Error('no process is in the namespace')
  return pid
}

const endOf = ({ localAddress, localPort, peerAddress, peerPort }: Socket): string =>
  `${localAddress} ${localPort} ${peerAddress} ${peerPort}`

/** The established sockets as a person reads them: ends, round-trip times, bytes. */
const byHand = async ({ run }: Namespace) => {
  const text = await run(['ss', '-tinH', 'state', 'established'])
  return text
    .split(/\n(?=\S)/)
    .map((one) => {
      const [, , local = '', peer = ''] = one.split(/\s+/)
      const number = (pattern: RegExp) => Number(pattern.exec(one)?.[1] ?? 0)
      return {
        end: `${local.replace(':', ' ')} ${peer.replace(':', ' ')}`,
        rtt: number(/ rtt:([\d.]+)/),
        leastRtt: number(/ minrtt:([\d.]+)/),
        bytesSent: number(/ bytes_sent:(\d+)/),
        bytesReceived: number(/ bytes_received:(\d+)/),
        retransmits: number(/ retrans:\d+\/(\d+)/),
      }
    })
    .sort((one, other) => one.end.localeCompare(other.end, 'en'))
}

const told = ({ sockets }: SocketsLook) =>
  sockets
    .filter(({ state }) => state === 'ESTAB')
    .map((socket) => {
      const { rtt, leastRtt, bytesSent, bytesReceived, retransmits } = socket
      return { end: endOf(socket), rtt, leastRtt, bytesSent, bytesReceived, retransmits }
    })
    .sort((one, other) => one.end.localeCompare(other.end, 'en'))

describe('the sockets of a namespace', () => {
  test('are what ss shows there, with who holds them', async (context) => {
    await requireKernel(context, 'veth cables')
    const pair = await makePair()
    const tell = await converse(pair)
    await tell('open 100')
    await tell('ping 3')
    const pid = await leader(pair.near)
    const looking = await lookingAt(socketsLook, pid)
    const look = seen(await looking.look())
    expect(told(look)).toEqual(await byHand(pair.near))
    expect(look.total).toBe(100)
    expect(new Set(look.sockets.map(({ process }) => process?.split(' ').at(-1)))).toEqual(new Set([String(pid)]))
    expect(look.lacks).toEqual([])

    const [looks, start] = [40, looking.cost()]
    for (let index = 0; index < looks; index += 1) seen(await looking.look())
    const cost = (looking.cost() - start) / looks
    note('CPU of a look at 100 sockets', Number(cost.toFixed(1)), 5, ' ms')
  })
})
