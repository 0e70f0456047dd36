/** What the kernel answers in the netlink of sockets (linux/netlink.h, linux/inet_diag.h), in the byte order of this machine's kind. */

export const [error, done, socketByFamily] = [2, 3, 20]

export const message = (type: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(16)
  head.writeUInt32LE(16 + body.length, 0)
  head.writeUInt16LE(type, 4)
  return Buffer.concat([head, body])
}

export const status = (type: number, code: number): Buffer => {
  const body = Buffer.alloc(20)
  body.writeInt32LE(code, 0)
  return message(type, body)
}

/** An attribute, padded to four bytes. */
export const attribute = (type: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(4 + value.length, 0)
  head.writeUInt16LE(type, 2)
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)])
}

export interface MadeSocket {
  readonly state?: number
  /** Four bytes or sixteen, of both ends. */
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly ports: readonly [number, number]
  readonly queues?: readonly [number, number]
  readonly inode: number
  readonly attributes?: readonly Buffer[]
}

/** A socket: inet_diag_msg and attributes. */
export const socketMessage = (made: MadeSocket): Buffer => {
  const { state = 1, from, to, ports, queues = [0, 0], inode, attributes = [] } = made
  const told = Buffer.alloc(72)
  told.writeUInt8(from.length === 4 ? 2 : 10, 0)
  told.writeUInt8(state, 1)
  told.writeUInt16BE(ports[0], 4)
  told.writeUInt16BE(ports[1], 6)
  told.set(from, 8)
  told.set(to, 24)
  told.writeUInt32LE(queues[0], 56)
  told.writeUInt32LE(queues[1], 60)
  told.writeUInt32LE(inode, 68)
  return message(socketByFamily, Buffer.concat([told, ...attributes]))
}
