import { createPrivateKey, type KeyObject } from 'node:crypto'
import ssh2 from 'ssh2'
import { writeField } from './wire.ts'

/** `wrong-passphrase` is also what a damaged file looks like: nothing tells them apart. */
export type Plain =
  | { readonly plain: string }
  | { readonly trouble: 'wrong-passphrase' }
  | { readonly trouble: 'unsupported'; readonly why: string }

const base64url = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')

/** Ed25519 has no form that ssh2 reads but OpenSSH's own (PROTOCOL.key). */
const ed25519Text = (key: KeyObject): string => {
  const { d, x } = key.export({ format: 'jwk' })
  const [type, open, seed] = [writeField('ssh-ed25519'), base64url(x), base64url(d)]
  const pair = Buffer.concat([type, writeField(open), writeField(Buffer.concat([seed, open])), writeField('')])
  const unpadded = Buffer.concat([Buffer.alloc(8), pair])
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1))
  const content = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(writeField),
    Buffer.from([0, 0, 0, 1]),
    writeField(Buffer.concat([type, writeField(open)])),
    writeField(Buffer.concat([unpadded, padding])),
  ])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${content.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

const textOf = (key: KeyObject): Plain => {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { plain: key.export({ type: 'pkcs1', format: 'pem' }).toString() }
    case 'ec':
      return { plain: key.export({ type: 'sec1', format: 'pem' }).toString() }
    case 'ed25519':
      return { plain: ed25519Text(key) }
    default:
      return { trouble: 'unsupported', why: `keys of type ${key.asymmetricKeyType} are not for ssh` }
  }
}

const decryptOpenSsh = (text: string, passphrase: string): Plain => {
  // ssh2 takes an empty passphrase for none and then says that the file is encrypted.
  if (passphrase === '') return { trouble: 'wrong-passphrase' }
  const parsed = ssh2.utils.parseKey(text, passphrase)
  if (!(parsed instanceof Error)) return textOf(createPrivateKey(parsed.getPrivatePEM()))
  return /unsupported (cipher|kdf|key)/i.test(parsed.message)
    ? { trouble: 'unsupported', why: parsed.message }
    : { trouble: 'wrong-passphrase' }
}

/**
 * A private key in a form that ssh2 reads at once: PKCS#1, SEC 1, or OpenSSH's without encryption. Takes the forms that
 * OpenSSH reads. With a passphrase this computes for up to a second: not on the main thread.
 */
export const plainKey = (text: string, passphrase: string | undefined): Plain => {
  if (text.includes('BEGIN OPENSSH'))
    return passphrase === undefined ? { plain: text } : decryptOpenSsh(text, passphrase)
  try {
    return textOf(createPrivateKey(passphrase === undefined ? text : { key: text, passphrase }))
  } catch (error) {
    if (passphrase !== undefined) return { trouble: 'wrong-passphrase' }
    return { trouble: 'unsupported', why: (error as Error).message }
  }
}
