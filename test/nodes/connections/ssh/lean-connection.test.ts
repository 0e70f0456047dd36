import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import { keepLess, unpooled } from '../../../../source/nodes/connections/ssh/lean-connection.ts'
import { loggedInAlone } from './connection-server.ts'

interface Inside {
  readonly _protocol: {
    readonly _offer: object
    readonly _remoteIdentRaw: Buffer
    readonly _decipher: { readonly _tag: Buffer }
    readonly _kex: { readonly _keys: unknown }
  }
}

const inside = (client: ssh2.Client): Inside['_protocol'] => (client as unknown as Inside)._protocol

const loggedIn = () => loggedInAlone(keepLess, { cipher: ['aes128-gcm@openssh.com'], kex: ['curve25519-sha256'] })

describe('a connection', () => {
  test('holds no keys of an exchange that is over, and no piece of the pool', async () => {
    const { client, rekey } = await loggedIn()
    for (const exchange of [async () => undefined, rekey]) {
      await exchange()
      const { _remoteIdentRaw: name, _decipher: decipher, _kex: kex } = inside(client)
      expect(kex._keys).toBeNull()
      expect(name.toString()).toMatch(/^SSH-2\.0-/)
      expect(name.buffer.byteLength).toBe(name.length)
      expect(decipher._tag.buffer.byteLength).toBe(16)
    }
  })

  test('shares with others what they offer alike, and exchanges keys with that', async () => {
    const [one, other] = [await loggedIn(), await loggedIn()]
    expect(inside(one.client)._offer).toBe(inside(other.client)._offer)
    for (const { rekey } of [one, other, one]) await rekey()
    expect(inside(one.client)._offer).toBe(inside(other.client)._offer)
  })

  test('of another ssh2, without these fields, is left alone', () => {
    const client = { _protocol: { _kex: {} } }
    keepLess(client as unknown as ssh2.Client)
    expect(client).toEqual({ _protocol: { _kex: {} } })
  })
})

test('bytes of their own say the same', () => {
  const copy = unpooled(Buffer.from('ssh-ed25519'))
  expect(copy.toString()).toBe('ssh-ed25519')
  expect(copy.buffer.byteLength).toBe(11)
})
