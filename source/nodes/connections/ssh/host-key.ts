import { readField } from './auth/wire.ts'
import { strictBase64 } from './hashed-name.ts'

/** A host's public key in SSH's wire form; equal keys have equal blobs. */
export interface HostKey {
  /** As the blob itself says: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` ... */
  readonly type: string
  readonly blob: Buffer
}

/** The length-prefixed strings of a blob; undefined if it is cut. */
const fieldsOf = (blob: Buffer): readonly Buffer[] | undefined => {
  const fields: Buffer[] = []
  let rest = blob
  while (rest.length > 0) {
    const read = readField(rest)
    if (read === undefined) return undefined
    fields.push(read.field)
    rest = read.rest
  }
  return fields
}

/** The type that a blob starts with; empty if it starts with none. */
export const typeOfBlob = (blob: Buffer): string => {
  const name = readField(blob)?.field.toString('latin1') ?? ''
  return /^[\w@.-]{1,64}$/.test(name) ? name : ''
}

type Check = (fields: readonly Buffer[]) => boolean

const lengths =
  (...wanted: readonly number[]): Check =>
  (fields) =>
    fields.length === wanted.length && fields.every((field, i) => wanted[i] === -1 || field.length === wanted[i])

const bits = (number: Buffer | undefined): number => {
  const hex = number?.toString('hex').replace(/^0+/, '') ?? ''
  return hex === '' ? 0 : BigInt(`0x${hex}`).toString(2).length
}

/** What follows the type in the blob of each type that a known_hosts may hold; -1 is any length. */
const shapes: Readonly<Record<string, Check>> = {
  'ssh-ed25519': lengths(32),
  // OpenSSH refuses shorter ones as it reads the line.
  'ssh-rsa': (fields) => lengths(-1, -1)(fields) && bits(fields[1]) >= 1024,
  'ssh-dss': lengths(-1, -1, -1, -1),
  'ecdsa-sha2-nistp256': lengths(8, 65),
  'ecdsa-sha2-nistp384': lengths(8, 97),
  'ecdsa-sha2-nistp521': lengths(8, 133),
  'sk-ssh-ed25519@openssh.com': lengths(32, -1),
  'sk-ecdsa-sha2-nistp256@openssh.com': lengths(8, 65, -1),
}

/** Names of signature schemes stand for the type of key that makes them. */
const typeOfName: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'ssh-rsa', 'rsa-sha2-512': 'ssh-rsa' }

/** The type of key that a host key algorithm needs. */
export const keyTypeOf = (algorithm: string): string => typeOfName[algorithm] ?? algorithm

/** Reads a key in wire form; undefined if OpenSSH would take none such from a text line. */
export const readBlob = (blob: Buffer): HostKey | undefined => {
  const type = typeOfBlob(blob)
  const isCertificate = type.endsWith('-cert-v01@openssh.com')
  const fields = isCertificate ? [] : fieldsOf(blob)?.slice(1)
  return fields !== undefined && (isCertificate || shapes[type]?.(fields)) ? { type, blob } : undefined
}

/** Reads a key from the two words of a text line; undefined if it is malformed, or of a type that is not known. */
export const readHostKey = (typeName: string, base64: string): HostKey | undefined => {
  // b64_pton() of the C library, by which OpenSSH decodes, passes over these wherever they stand.
  const blob = strictBase64(base64.replaceAll(/[\v\f\r]/g, ''))
  const key = blob && readBlob(blob)
  return key?.type === keyTypeOf(typeName) ? key : undefined
}
