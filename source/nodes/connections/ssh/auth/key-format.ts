import { type Clean, clean } from '../../../../text/clean.ts'
import { type PublicKey, parsePublicLine, publicKeyOf, whyUnsupported } from './public-key.ts'
import { readFields } from './wire.ts'

/** What a file holds, as far as it tells without a passphrase. */
export type KeyText =
  | { readonly holds: 'private'; readonly encrypted: boolean; readonly publicKey: PublicKey | undefined }
  | { readonly holds: 'public'; readonly publicKey: PublicKey }
  | { readonly holds: 'unsupported'; readonly cause: Clean; readonly publicKey: PublicKey | undefined }

const unsupported = (cause: string, publicKey?: PublicKey): KeyText => ({
  holds: 'unsupported',
  cause: clean(cause),
  publicKey,
})

const magic = Buffer.from('openssh-key-v1\0')

// What ssh2 can decrypt; ssh-keygen takes aes256-ctr unless told otherwise.
const readable = /^(aes(128|192|256)-(ctr|cbc)|aes(128|256)-gcm@openssh\.com|3des-cbc)$/

/** PROTOCOL.key of OpenSSH: cipher, kdf, kdf options, number of keys, and the public key in the clear. */
const readOpenSsh = (content: Buffer): KeyText => {
  if (!content.subarray(0, magic.length).equals(magic)) return unsupported('its content is damaged')
  const head = readFields(content.subarray(magic.length), 3)
  const blob = head && readFields(head.rest.subarray(4), 1)?.fields[0]
  const publicKey = blob && publicKeyOf(blob)
  if (head === undefined || publicKey === undefined) return unsupported('its content is damaged')
  const why = whyUnsupported(publicKey.type)
  if (why !== undefined) return unsupported(why, publicKey)
  const cipher = head.fields[0]?.toString('latin1') ?? ''
  if (cipher === 'none') return { holds: 'private', encrypted: false, publicKey }
  if (readable.test(cipher)) return { holds: 'private', encrypted: true, publicKey }
  return unsupported(`encrypted with ${cipher}: ssh-keygen -p -Z aes256-ctr changes that`, publicKey)
}

/** Reads what a key file says about itself. `beside` is the public key that lies beside it, where there is one. */
export const readKeyText = (text: string, beside: PublicKey | undefined): KeyText => {
  const [, label, body = ''] = /-----BEGIN ([A-Z0-9 ]+)-----\s([^]*?)-----END \1-----/.exec(text) ?? []
  switch (label) {
    case 'OPENSSH PRIVATE KEY':
      return readOpenSsh(Buffer.from(body, 'base64'))
    case 'RSA PRIVATE KEY':
    case 'EC PRIVATE KEY':
      return { holds: 'private', encrypted: body.includes('ENCRYPTED'), publicKey: beside }
    case 'PRIVATE KEY':
      return { holds: 'private', encrypted: false, publicKey: beside }
    case 'ENCRYPTED PRIVATE KEY':
      return { holds: 'private', encrypted: true, publicKey: beside }
    case 'DSA PRIVATE KEY':
      return unsupported('DSA keys are refused by servers: make another with ssh-keygen', beside)
    case undefined: {
      const publicKey = parsePublicLine(text.split('\n')[0] ?? '')
      if (publicKey === undefined) return unsupported('it holds no key that ssh would read')
      const why = whyUnsupported(publicKey.type)
      return why === undefined ? { holds: 'public', publicKey } : unsupported(why, publicKey)
    }
    default:
      return unsupported(`it holds a ${label.toLowerCase()}, and no key that ssh would read`)
  }
}
