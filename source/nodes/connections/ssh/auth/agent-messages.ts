import { type PublicKey, publicKeyOf } from './public-key.ts'
import { readField, readFields, writeField } from './wire.ts'

// Numbers of draft-miller-ssh-agent, section 5.1.
const failure = 5
const requestIdentities = 11
const identitiesAnswer = 12
const signRequest = 13
const signResponse = 14
const rsaSha256 = 2
const rsaSha512 = 4

/** Bytes of one answer, and keys in it: the limits of OpenSSH's own client. */
export const largestAnswer = 256 * 1024
const mostKeys = 2048

export type Hash = 'sha1' | 'sha256' | 'sha512'

export const identitiesRequest: Buffer = writeField(Buffer.from([requestIdentities]))

export const signatureRequest = (blob: Buffer, data: Buffer, hash: Hash | undefined): Buffer => {
  const flags = Buffer.alloc(4)
  flags.writeUInt32BE(hash === 'sha512' ? rsaSha512 : hash === 'sha256' ? rsaSha256 : 0)
  return writeField(Buffer.concat([Buffer.from([signRequest]), writeField(blob), writeField(data), flags]))
}

/** `refuses`: it answered that it will not. `garbage`: no agent answers so. */
export type Answered<T> =
  | { readonly answer: 'given'; readonly value: T }
  | { readonly answer: 'refuses' }
  | { readonly answer: 'garbage' }

const garbage = { answer: 'garbage' } as const

const decode = <T>(message: Buffer, expected: number, read: (body: Buffer) => T | undefined): Answered<T> => {
  if (message[0] === failure) return { answer: 'refuses' }
  const value = message[0] === expected ? read(message.subarray(1)) : undefined
  return value === undefined ? garbage : { answer: 'given', value }
}

const readKeys = (body: Buffer): readonly PublicKey[] | undefined => {
  if (body.length < 4) return undefined
  const count = body.readUInt32BE(0)
  if (count > mostKeys) return undefined
  const read = readFields(body.subarray(4), 2 * count)
  if (read === undefined) return undefined
  return read.fields.flatMap((blob, index) => {
    if (index % 2 === 1) return []
    return publicKeyOf(blob, read.fields[index + 1]?.toString('utf8')) ?? []
  })
}

/** The agent's keys in its own order. Keys whose very form is unknown are left out. */
export const decodeIdentities = (message: Buffer): Answered<readonly PublicKey[]> =>
  decode(message, identitiesAnswer, readKeys)

/** The signature without the name of its algorithm before it: what ssh2 expects. */
export const decodeSignature = (message: Buffer): Answered<Buffer> =>
  decode(message, signResponse, (body) => {
    const signature = readField(body)
    return signature && readFields(signature.field, 2)?.fields[1]
  })
