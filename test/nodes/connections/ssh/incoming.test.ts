import { once } from 'node:events'
import fc from 'fast-check'
import ssh2 from 'ssh2'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tooManyPrompts } from '../../../../source/nodes/connections/ssh/auth/login-report.ts'
import { writeField } from '../../../../source/nodes/connections/ssh/auth/wire.ts'
import { guardIncoming, read } from '../../../../source/nodes/connections/ssh/incoming.ts'
import { heardBy, loginTo, sendRaw, startOdd } from './connection-server.ts'

const request = (name: string, wantsReply: boolean, rest: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([80]), writeField(name), Buffer.from([wantsReply ? 1 : 0]), rest])

const questions = (count: number): Buffer => {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(count)
  return Buffer.concat([Buffer.from([60]), writeField('name'), writeField('what to do'), writeField(''), number])
}

const hostKeys = (wantsReply: boolean): Buffer => {
  const [point, type] = [Buffer.alloc(32, 7), 'ssh-ed25519']
  const key = writeField(Buffer.concat([writeField(type), writeField(point)]))
  return request('hostkeys-00@openssh.com', wantsReply, key)
}

describe('host keys that a server has besides', () => {
  test('are not asked for, also after another key exchange; where it wants an answer it is refused', async () => {
    const server = await startOdd()
    await loginTo(server.port)
    const [peer] = server.peers
    if (peer === undefined) throw new Error('nobody came')
    const heard = heardBy(peer)
    for (let round = 1; round <= 2; round += 1) {
      for (let times = 0; times < 100; times += 1) sendRaw(peer, hostKeys(false))
      sendRaw(peer, hostKeys(true))
      // Whatever was said before is answered before.
      sendRaw(peer, request('keepalive@openssh.com', true))
      await expect.poll(() => heard).toEqual(Array(2 * round).fill('refused'))
      await new Promise<void>((resolve) => peer.rekey(resolve))
    }
  })
})

describe('what ssh2 is to see', () => {
  test('of requests without an end, and of those for anything else, is what there is', () => {
    for (const payload of [Buffer.from([80]), hostKeys(false).subarray(0, 28), request('hostkeys-01@x', true)])
      expect(read(payload)).toBe(payload)
  })

  test('are up to a hundred questions at once', () => {
    expect(read(questions(100))).toEqual(questions(100))
    for (const count of [101, 2 ** 25, 2 ** 32 - 1]) expect(() => read(questions(count))).toThrow(tooManyPrompts)
    expect(read(questions(101).subarray(0, -1))).toEqual(questions(101).subarray(0, -1))
  })

  test('is everything else as it came', () => {
    const others = fc.uint8Array({ minLength: 1 }).filter(([type]) => type !== 60 && type !== 80)
    fc.assert(
      fc.property(others, (bytes) => {
        const payload = Buffer.from(bytes)
        expect(read(payload)).toBe(payload)
      }),
    )
  })
})

test('an ssh2 that has no such field, or decompresses there, is left alone', async () => {
  const bare = { _protocol: { _packetRW: {} } }
  guardIncoming(bare as unknown as ssh2.Client)
  guardIncoming({} as unknown as ssh2.Client)
  expect(bare).toEqual({ _protocol: { _packetRW: {} } })

  const { port } = await startOdd({ algorithms: { compress: ['zlib'] } })
  const client = new ssh2.Client()
  onTestFinished(() => void client.destroy())
  client.on('handshake', () => guardIncoming(client))
  client.connect({ port, host: '127.0.0.1', username: 'karin', password: 'x' })
  await once(client, 'ready')
})
