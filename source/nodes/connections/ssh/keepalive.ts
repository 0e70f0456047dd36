import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'

/** Looks at a connection for each keepalive that is due: by so much of an interval one may come later. */
const looks = 4

/** Bytes that a socket has read so far; what is no socket does not say. */
const bytesRead = (socket: Duplex): number | undefined =>
  'bytesRead' in socket && typeof socket.bytesRead === 'number' ? socket.bytesRead : undefined

/**
 * Keepalives for a connection that is silent, as OpenSSH has them: ssh2 sends one each interval, whatever has come meanwhile,
 * and a node that answers once a second has shown that it lives. To be called once the login is over; gives back how to end
 * it. Of an ssh2 that has no such function, and of what is no socket, all is left as it is: then more of them are sent.
 */
export const onlyInSilence = (client: Client, socket: Duplex, interval: number): (() => void) => {
  const { _resetKA: begin } = client as unknown as { readonly _resetKA?: unknown }
  let before = bytesRead(socket)
  if (typeof begin !== 'function' || before === undefined || interval <= 0) return () => undefined
  const timer = setInterval(() => {
    const now = bytesRead(socket)
    if (now !== before) begin.call(client)
    before = now
  }, interval / looks)
  return () => clearInterval(timer)
}
