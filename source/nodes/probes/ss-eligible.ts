import { decimal } from './decimal.ts'
import { freshness } from './round-trips.ts'
import { addressOf, canonicalEnd } from './ss.ts'
import { addressIn, type Listing, place, rowLength } from './ss-listing.ts'

/** An end of one of kntop's own connections. */
export interface OwnEnd {
  readonly address: string
  readonly port: number
}

export const ownEnd = (end: string): OwnEnd => {
  const canonical = canonicalEnd(end)
  const address = addressOf(canonical)
  return { address, port: decimal(canonical.slice(address.length + 1)) }
}

/** Every address that some listed socket has as its own. */
export interface Here {
  readonly addresses: ReadonlySet<string>
  /** Their {@link sumOf sums}: an address with another sum needs no second look, and no text made of it. */
  readonly sums: ReadonlySet<number>
}

/** A number for an address, the same for equal ones. */
const sumOf = ({ bytes, rows }: Listing, at: number): number => {
  const stop = rows[at + 1] ?? 0
  let sum = 0
  for (let from = rows[at] ?? 0; from < stop; from += 1) sum = (Math.imul(sum, 31) + (bytes[from] ?? 0)) | 0
  return sum
}

/** Whether the address of an end in the rows is this one. */
const isAddress = (listing: Listing, at: number, address: string): boolean => {
  const { text, rows } = listing
  const start = rows[at] ?? 0
  return (rows[at + 1] ?? 0) - start === address.length && text.startsWith(address, start)
}

export const addressesHere = (listing: Listing): Here => {
  const addresses = new Set<string>()
  const sums = new Set<number>()
  // Neighbours in the list mostly have the same one, which is then looked at once.
  let last: string | undefined
  for (let at: number = place.local; at < listing.sockets * rowLength; at += rowLength) {
    if (last !== undefined && isAddress(listing, at, last)) continue
    last = addressIn(listing, at)
    addresses.add(last)
    sums.add(sumOf(listing, at))
  }
  return { addresses, sums }
}

/** As that of `address.ts`. */
const isLoopbackIn = (listing: Listing, at: number): boolean =>
  listing.text.startsWith('127.', listing.rows[at]) || isAddress(listing, at, '::1')

const isOwn = (listing: Listing, row: number, own: readonly OwnEnd[]): boolean => {
  const local = row + place.local
  const peer = row + place.peer
  for (const { address, port } of own) {
    if (listing.rows[local + 2] === port && isAddress(listing, local, address)) return true
    if (listing.rows[peer + 2] === port && isAddress(listing, peer, address)) return true
  }
  return false
}

/**
 * Whether the round-trip time of the socket in that row speaks of the network now. srtt moves only when one's own data is
 * acknowledged, so a socket that only receives keeps the value of its handshake. What goes to the machine itself never leaves it:
 * loopback, and every address that some listed socket has as its own.
 */
export const isEligible = (listing: Listing, row: number, here: Here, own: readonly OwnEnd[]): boolean => {
  const rtt = listing.rows[row + place.rtt] ?? Number.NaN
  const sent = listing.rows[row + place.sent] ?? Number.NaN
  const acknowledged = listing.rows[row + place.acknowledged] ?? Number.NaN
  if (!(rtt > 0 && sent < freshness && acknowledged < freshness) || isOwn(listing, row, own)) return false
  const peer = row + place.peer
  if (isLoopbackIn(listing, peer)) return false
  return !here.sums.has(sumOf(listing, peer)) || !here.addresses.has(addressIn(listing, peer))
}
