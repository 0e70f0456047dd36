import { readFields } from './auth/wire.ts'

/** The length of an RSA key; undefined for a key of another type, or one that is malformed. */
export const rsaBits = (blob: Buffer): number | undefined => {
  const [type, , modulus] = readFields(blob, 3)?.fields ?? []
  if (type?.toString('latin1') !== 'ssh-rsa' || modulus === undefined) return undefined
  const from = modulus.findIndex((byte) => byte !== 0)
  return from < 0 ? 0 : (modulus.length - from) * 8 - (Math.clz32(modulus[from] ?? 0) - 24)
}
