import { createSecretKey } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'

/** Where ssh2 keeps the keys of a connection, by what it negotiated. */
const keyFields = [
  '_encKey',
  '_encKeyMain',
  '_encKeyPktLen',
  '_decipherKey',
  '_decKeyMain',
  '_decKeyPktLen',
  '_macKey',
] as const

type Keys = Partial<Record<(typeof keyFields)[number], unknown>>

const prepare = (keys: Keys | undefined): void => {
  for (const field of keys === undefined ? [] : keyFields) {
    const key = keys?.[field]
    if (keys !== undefined && key instanceof Uint8Array) keys[field] = createSecretKey(key)
  }
}

/**
 * Turns the keys of a connection into what Node keeps ready; to be called after every key exchange. ssh2 makes a cipher for
 * each packet, and for a key of plain bytes Node 24.21 finds out by two errors thrown and caught that it is no other kind of
 * key: 56 us of CPU a packet against 14. Fields that ssh2 does not have are left alone: then it is only slower.
 */
export const prepareKeys = (client: Client): void => {
  const { _protocol } = client as unknown as {
    readonly _protocol?: { readonly _cipher?: Keys; readonly _decipher?: Keys }
  }
  prepare(_protocol?._cipher)
  prepare(_protocol?._decipher)
}

/** ssh2 writes a packet in three pieces; without Nagle each would be a call and a segment of its own. What is written in one go leaves in one. */
export const gatherWrites = (socket: Duplex): void => {
  const write = socket.write.bind(socket) as (...given: Parameters<Duplex['write']>) => boolean
  let gathers = false
  const release = (): void => {
    gathers = false
    socket.uncork()
  }
  socket.write = ((...given: Parameters<Duplex['write']>): boolean => {
    if (!gathers) {
      gathers = true
      socket.cork()
      process.nextTick(release)
    }
    return write(...given)
  }) as Duplex['write']
}
