import { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import ssh2, { type CipherAlgorithm } from 'ssh2'
import { describe, expect, test, vi } from 'vitest'
import { gatherWrites, prepareKeys } from '../../../../source/nodes/connections/ssh/packets.ts'
import { always, loggedInAlone, loginTo, startOdd } from './connection-server.ts'

interface Inside {
  readonly _protocol: { readonly _cipher: object; readonly _decipher: object }
}

const keysOf = (client: ssh2.Client): readonly unknown[] => {
  const { _cipher, _decipher } = (client as unknown as Inside)._protocol
  return [_cipher, _decipher].map((one) =>
    Object.entries(one)
      .filter(([name]) => /key/i.test(name))
      .map(([, value]) => value),
  )
}

describe('keys of a connection', () => {
  const ciphers: readonly CipherAlgorithm[] = ['aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr']

  test.each(ciphers)('are made ready for Node in both directions, and work: %s', async (cipher) => {
    const { client, rekey } = await loggedInAlone(prepareKeys, { cipher: [cipher] })
    const ready = expect.arrayContaining([expect.any(KeyObject)])
    expect(keysOf(client)).toEqual([ready, ready])
    expect(keysOf(client).flat()).not.toContainEqual(expect.any(Uint8Array))

    const before = keysOf(client).flat()
    // Twice, so that what the second is spoken with are keys that were made ready after the first.
    for (const _ of [1, 2]) await rekey()
    expect(keysOf(client)).toEqual([ready, ready])
    expect(keysOf(client).flat()[0]).not.toBe(before[0])
  })
})

describe('what is written in one go', () => {
  /** Keeps what is written, by call. */
  const recorder = (): { readonly socket: Duplex; readonly calls: string[] } => {
    const calls: string[] = []
    const socket = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => {
        calls.push(chunk.toString())
        done()
      },
      writev: (pieces, done) => {
        calls.push(pieces.map(({ chunk }) => String(chunk)).join(''))
        done()
      },
    })
    gatherWrites(socket)
    return { socket, calls }
  }

  test('leaves in one', async () => {
    const { socket, calls } = recorder()
    for (const piece of ['a', 'b', 'c']) socket.write(piece)
    await turn()
    socket.write('d')
    socket.write('e')
    await turn()
    expect(calls).toEqual(['abc', 'de'])
  })

  test('leaves before the end that follows it', async () => {
    const { socket, calls } = recorder()
    socket.write('a')
    socket.end('b')
    await once(socket, 'finish')
    expect(calls.join('')).toBe('ab')
  })

  test('is a packet of a login of ours', async () => {
    const { port } = await startOdd()
    const connection = await loginTo(port)
    const socket = connection.socket as typeof connection.socket & Record<'_write' | '_writev', () => void>
    const single = vi.spyOn(socket, '_write')
    const gathered = vi.spyOn(socket, '_writev')
    await expect(connection.stream({ argv: ['true'] }, always)).rejects.toThrow('open another channel')
    expect(gathered).toHaveBeenCalled()
    expect(single).not.toHaveBeenCalled()
  })

  test('is lost with a socket that is destroyed, and throws nothing', async () => {
    const { port } = await startOdd()
    const socket = connect({ port, host: '127.0.0.1' })
    await once(socket, 'connect')
    gatherWrites(socket)
    socket.write('a')
    socket.destroy()
    await once(socket, 'close')
    await turn()
    expect(socket.destroyed).toBe(true)
  })
})
