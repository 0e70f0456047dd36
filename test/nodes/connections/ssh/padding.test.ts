import ssh2, { type CipherAlgorithm } from 'ssh2'
import { describe, expect, test } from 'vitest'
import { padFromStock } from '../../../../source/nodes/connections/ssh/padding.ts'
import { loggedInAlone } from './connection-server.ts'

interface Cipher {
  allocPacket(payload: number): Buffer
}

const cipherOf = (client: ssh2.Client): Cipher =>
  (client as unknown as { readonly _protocol: { readonly _cipher: Cipher } })._protocol._cipher

/** How ssh2 itself makes room for a packet. */
const byLibrary = (cipher: Cipher, payload: number): Buffer =>
  (Object.getPrototypeOf(cipher) as Cipher).allocPacket.call(cipher, payload)

/** A login by this cipher. */
const login = (cipher: CipherAlgorithm) => loggedInAlone(padFromStock, { cipher: [cipher] })

const paddingOf = (packet: Buffer): Buffer => packet.subarray(packet.length - (packet[4] ?? 0))

describe.each(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] as const)('a packet by %s', (name) => {
  test('is laid out as ssh2 does it, whatever its size', async () => {
    const { client } = await login(name)
    const cipher = cipherOf(client)
    for (let payload = 0; payload < 300; payload += 1) {
      const [ours, theirs] = [cipher.allocPacket(payload), byLibrary(cipher, payload)]
      expect([ours.length, ...ours.subarray(0, 5)]).toEqual([theirs.length, ...theirs.subarray(0, 5)])
    }
  })

  test('is understood by the other side, after another key exchange too', async () => {
    const { client, rekey } = await login(name)
    // Twice, so that what asks for the second is padded by what was set after the first.
    for (const _ of [1, 2]) await rekey()
    expect(Object.hasOwn(cipherOf(client), 'allocPacket')).toBe(true)
  })

  test('has a padding of random bytes of its own', async () => {
    const { client } = await login(name)
    const cipher = cipherOf(client)
    // More of them than the stock holds.
    const paddings = Array.from({ length: 2000 }, () => paddingOf(cipher.allocPacket(3)))
    expect(new Set(paddings.map((bytes) => bytes.length))).toEqual(new Set([12]))
    expect(new Set(paddings.map((bytes) => bytes.toString('hex'))).size).toBe(2000)
    // Each bit is set in about half of 24,000 bytes: 600 off would be eight deviations.
    const bytes = Buffer.concat(paddings)
    for (let bit = 0; bit < 8; bit += 1) {
      const set = bytes.reduce((sum, byte) => sum + ((byte >> bit) & 1), 0)
      expect(Math.abs(set - bytes.length / 2)).toBeLessThan(600)
    }
  })
})

test.each(['chacha20-poly1305@openssh.com', 'aes128-ctr'] as const)('%s is left as it is', async (name) => {
  const { client } = await login(name)
  expect(Object.hasOwn(cipherOf(client), 'allocPacket')).toBe(false)
})
