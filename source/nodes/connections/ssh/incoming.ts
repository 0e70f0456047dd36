import type { Client } from 'ssh2'
import { tooManyPrompts } from './auth/login-report.ts'
import { readField, readFields } from './auth/wire.ts'

/** Where ssh2 takes the payload of a packet from once it is deciphered; it may be another one in another version. */
interface Reader {
  read(payload: Buffer): Buffer
  cleanup(): void
}

interface Protocol {
  readonly _packetRW?: { read?: Partial<Reader> & { readonly _zlib?: unknown } }
}

/** Numbers of messages: RFC 4250, section 4.1.2, and RFC 4256, section 5. */
const [ignore, infoRequest, globalRequest] = [2, 60, 80]

/** Questions in one request, as many as OpenSSH's own server takes answers to (auth2-chall.c). */
const mostPrompts = 100

const hostKeys = Buffer.from('hostkeys-00@openssh.com')
const nothing = Buffer.from([ignore, 0, 0, 0, 0])
/** A request without a name, which every client refuses. */
const refused = Buffer.from([globalRequest, 0, 0, 0, 0, 1])

const withoutHostKeys = (payload: Buffer): Buffer => {
  const name = readField(payload.subarray(1))
  if (name?.field.equals(hostKeys) !== true || name.rest.length === 0) return payload
  return name.rest[0] === 0 ? nothing : refused
}

const refusePrompts = (payload: Buffer): void => {
  // The name, the instruction, the language: then their number.
  const rest = readFields(payload.subarray(1), 3)?.rest
  if (rest !== undefined && rest.length >= 4 && rest.readUInt32BE(0) > mostPrompts) throw new Error(tooManyPrompts)
}

/**
 * What ssh2 is to see of a packet: the keys that a server has besides are not asked for, as with ssh's UpdateHostKeys no.
 * Throws where a server asks more questions at once than anybody could answer.
 */
export const read = (payload: Buffer): Buffer => {
  const type = payload[0]
  if (type === globalRequest) return withoutHostKeys(payload)
  if (type === infoRequest) refusePrompts(payload)
  return payload
}

/** The same for all connections. */
const reader: Reader = { read, cleanup: () => undefined }

/**
 * Keeps from ssh2 what it would hold memory for as long as a server wishes; to be called after every key exchange. ssh2 asks
 * a server to prove each host key that it offers, waits for the answers without bound, and makes room for all the questions
 * that a server announces. An ssh2 without this field, or one that decompresses there, is left alone.
 */
export const guardIncoming = (client: Client): void => {
  const { _protocol } = client as unknown as { readonly _protocol?: Protocol }
  const packets = _protocol?._packetRW
  if (typeof packets?.read?.read === 'function' && packets.read._zlib === undefined) packets.read = reader
}
