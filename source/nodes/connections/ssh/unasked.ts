import type { Duplex } from 'node:stream'
import { floodGuard } from '../flood-guard.ts'

/** Bytes of ours that a server may leave unread before what it sends is no longer forgotten: what it makes us answer stays here. */
const unread = 1024 * 1024

/** Why a connection ends whose server sends without end what nobody asked for. */
export const unaskedFlood =
  'floods: more than 4 MB in a second that none of our programs wrote; is it an sshd, is the port right?'

/**
 * Counts what a server sends beside what its channels carry, as long as the connection lives; calls back once that is too
 * much. Gives back what hears the data of each channel: that has limits of its own, and over a bastion it is as much as there
 * are nodes behind it.
 */
export const countUnasked = (socket: Duplex, flooded: () => void): ((chunk: Buffer) => void) => {
  const tooMany = floodGuard(() => socket.writableLength < unread)
  socket.on('data', (chunk: Buffer) => {
    if (tooMany(chunk.length)) flooded()
  })
  return (chunk) => void tooMany(-chunk.length)
}
