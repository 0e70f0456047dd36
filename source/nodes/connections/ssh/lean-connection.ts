import type { Client } from 'ssh2'

/** What ssh2 offers in a key exchange: name lists, which it only reads. */
interface Offer {
  readonly lists?: { readonly all?: unknown }
}

/** The parts of ssh2 that are looked at; each may be another one in another version, or missing. */
interface Protocol {
  _offer?: Offer
  _remoteIdentRaw?: unknown
  readonly _decipher?: { _tag?: unknown }
  readonly _kex?: { _keys?: unknown }
}

/** By what they say: there are as many as there are orders of known host keys, not as there are nodes. */
const offers = new Map<string, Offer>()

const sharedOffer = (offer: Offer): Offer => {
  const all = offer.lists?.all
  if (!(all instanceof Buffer)) return offer
  const key = all.toString('latin1')
  const shared = offers.get(key) ?? offer
  offers.set(key, shared)
  return shared
}

/** Bytes of its own: a piece of Node's pool keeps all 8 KB of that. */
export const unpooled = (bytes: Uint8Array): Buffer => {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

/**
 * Lets go of what a connection needs for a key exchange only, and shares what all have alike; to be called after every key
 * exchange. Of a thousand connections that is some 10 MB. Fields that ssh2 does not have are left alone.
 */
export const keepLess = (client: Client): void => {
  const { _protocol: protocol } = client as unknown as { readonly _protocol?: Protocol }
  if (protocol === undefined) return
  if (protocol._offer !== undefined) protocol._offer = sharedOffer(protocol._offer)
  if (protocol._remoteIdentRaw instanceof Buffer) protocol._remoteIdentRaw = unpooled(protocol._remoteIdentRaw)
  if (protocol._decipher?._tag instanceof Buffer) protocol._decipher._tag = unpooled(protocol._decipher._tag)
  // As before the exchange: another one begins with keys of its own.
  if (protocol._kex?._keys != null) protocol._kex._keys = null
}
