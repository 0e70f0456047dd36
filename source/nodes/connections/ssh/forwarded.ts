import { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import type { Cause } from '../connection.ts'
import type { Ending } from '../ending.ts'

/** The connection in between. */
interface Between {
  /** Told before its channels end. */
  readonly ending: Pick<Ending<Cause>, 'onEnd'>
  readonly lost: (cause: Cause) => Error
  readonly carried: (chunk: Buffer) => void
}

/**
 * A forwarded channel as a socket: destroyed, it is gone at once. The channel itself is gone only when the server in between
 * confirms it, which one that hangs never does. When the far end ends, it is over, as a socket of the kernel is: a server in
 * between ends its channel only once both sides have. When the connection in between ends, it is destroyed with what `lost`
 * makes of that: the channel alone would end as if the far end had hung up. `carried` hears what comes over it.
 */
export const forwarded = (channel: ClientChannel, { ending, lost, carried }: Between): Duplex => {
  const socket = new Duplex({
    read: () => void channel.resume(),
    write: (chunk: Buffer, _, done) => void channel.write(chunk, () => done()),
    // One packet of the connection in between for what was gathered, not one for each piece.
    writev: (pieces, done) =>
      void channel.write(Buffer.concat(pieces.map(({ chunk }) => chunk as Buffer)), () => done()),
    final: (done) => {
      channel.end()
      done()
    },
    destroy: (error, done) => {
      channel.close()
      channel.resume()
      done(error)
    },
  })
  channel.on('data', (chunk: Buffer) => {
    // What comes after we have closed it was not asked for.
    if (socket.destroyed) return
    carried(chunk)
    if (!socket.push(chunk)) channel.pause()
  })
  channel.on('end', () => void socket.push(null))
  socket.once('end', () => void socket.destroy())
  channel.on('close', () => void socket.destroy())
  channel.on('error', () => undefined)
  // Until it is somebody's, nobody else listens.
  socket.on('error', () => undefined)
  socket.once(
    'close',
    ending.onEnd((cause) => void socket.destroy(lost(cause))),
  )
  return socket
}
