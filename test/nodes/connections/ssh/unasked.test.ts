import { randomBytes } from 'node:crypto'
import { Duplex } from 'node:stream'
import type { Connection as Peer, ServerChannel } from 'ssh2'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { countUnasked } from '../../../../source/nodes/connections/ssh/unasked.ts'
import { always, ignoreMessage, loginTo, sendRaw, startOdd } from './connection-server.ts'

/** A message that says nothing, of a kilobyte. */
const ignored = Buffer.concat([Buffer.from([2, 0, 0, 4, 0]), Buffer.alloc(1024)])

const floods = {
  state: 'lost',
  cause: 'floods: more than 4 MB in a second that none of our programs wrote; is it an sshd, is the port right?',
}

/** Sends as fast as it is read, until the connection is gone. */
const flood = (peer: Peer, payload: Buffer, isOver: () => boolean): void => {
  const more = (): void => {
    if (isOver()) return
    for (let times = 0; times < 50; times += 1) sendRaw(peer, payload)
    setImmediate(more)
  }
  more()
}

const loggedIn = async (...given: Parameters<typeof startOdd>) => {
  const server = await startOdd(...given)
  const connection = await loginTo(server.port)
  const [peer] = server.peers
  const [socket] = server.sockets
  if (peer === undefined || socket === undefined) throw new Error('nobody came')
  return { connection, peer, socket }
}

/** A server that gives its end of each program. */
const programs = (take: (channel: ServerChannel) => void) => ({
  session: (accept: Parameters<NonNullable<NonNullable<Parameters<typeof startOdd>[0]>['session']>>[0]) =>
    void accept().on('exec', (taken) => take(taken())),
})

test('a server that sends without end what says nothing is not listened to any more', async () => {
  const { connection, peer, socket } = await loggedIn()
  flood(peer, ignored, () => socket.destroyed)
  expect(await connection.closed).toEqual(floods)
})

describe('under the limit of a second', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())

  /** Ten seconds of 1 MB each, at a server that leaves so many bytes of ours unread. */
  const listened = (unread: number) => {
    const socket = new Duplex({ read: () => undefined, write: () => undefined })
    const flooded = vi.fn<() => void>()
    const carried = countUnasked(socket, flooded)
    socket.write(Buffer.alloc(unread))
    const pass = (chunk: Buffer, isCarried: boolean): void => {
      for (let second = 0; second < 10; second += 1) {
        socket.emit('data', chunk)
        if (isCarried) carried(chunk)
        vi.advanceTimersByTime(1000)
      }
    }
    return { flooded, pass }
  }
  const chunk = Buffer.alloc(1024 * 1024)

  test('a server that reads what we answer may go on', () => {
    const { flooded, pass } = listened(1000)
    pass(chunk, false)
    expect(flooded).not.toHaveBeenCalled()
  })

  test('one that does not read it may not, unless it is programs that write', () => {
    const { flooded, pass } = listened(2 * 1024 * 1024)
    pass(chunk, true)
    expect(flooded).not.toHaveBeenCalled()
    pass(chunk, false)
    expect(flooded).toHaveBeenCalled()
  })
})

test('what programs write is counted where it is read', async () => {
  const { connection } = await loggedIn(programs((channel) => void channel.end(randomBytes(9 * 1024 * 1024))))
  const channel = await connection.stream({ argv: ['cat'] }, always)
  let length = 0
  channel.onData((chunk) => {
    length += chunk.length
  })
  await expect.poll(() => length, { timeout: 20_000 }).toBe(9 * 1024 * 1024)
})

test('what nodes behind it send is counted by their own connections', async () => {
  const { connection } = await loggedIn({ forward: (accept) => void accept().end(randomBytes(9 * 1024 * 1024)) })
  const way = await connection.forward('10.0.0.1', 22, always)
  let length = 0
  way.on('data', (chunk: Buffer) => {
    length += chunk.length
  })
  await expect.poll(() => length, { timeout: 20_000 }).toBe(9 * 1024 * 1024)
})

test('a program that writes on without end once its channel is closed is a flood', async () => {
  const head = Buffer.alloc(9)
  head.writeUInt8(94)
  head.writeUInt32BE(16 * 1024, 5)
  const output = Buffer.concat([head, Buffer.alloc(16 * 1024)])
  let isOver = false
  const { connection, peer } = await loggedIn(programs(() => undefined))
  const channel = await connection.stream({ argv: ['yes'] }, always)
  ignoreMessage(peer, 'CHANNEL_CLOSE')
  channel.close()
  await channel.exit
  flood(peer, output, () => isOver)
  expect(await connection.closed).toEqual(floods)
  isOver = true
})
