import { addressesHere, isEligible, ownEnd } from '../../../source/nodes/probes/ss-eligible.ts'
import { addressIn, type Listing, place, readListing, rowLength } from '../../../source/nodes/probes/ss-listing.ts'

/** A TCP socket as `ss -ti` shows it. Times in milliseconds; NaN: not told. */
export interface TcpSocket {
  /** `address:port`, in the form of `canonicalEnd`. */
  readonly local: string
  readonly peer: string
  readonly rtt: number
  readonly minimum: number
  /** Since data was last sent. */
  readonly sent: number
  /** Since an acknowledgement last arrived. */
  readonly acknowledged: number
}

/** A listing whose sockets are told in words, to be kept and compared. */
export interface Listed extends Pick<Listing, 'client' | 'filtered' | 'status'> {
  readonly sockets: readonly TcpSocket[]
}

const rowsOf = ({ sockets }: Listing): readonly number[] =>
  Array.from({ length: sockets }, (_, index) => index * rowLength)

const socketIn = (listing: Listing, row: number): TcpSocket => {
  const figure = (at: number): number => listing.rows[row + at] ?? Number.NaN
  const end = (at: number): string => `${addressIn(listing, row + at)}:${figure(at + 2)}`
  return {
    local: end(place.local),
    peer: end(place.peer),
    rtt: figure(place.rtt),
    minimum: figure(place.minimum),
    sent: figure(place.sent),
    acknowledged: figure(place.acknowledged),
  }
}

export const parseListing = (text: string): Listed => {
  const listing = readListing(text)
  const { client, filtered, status } = listing
  return { sockets: rowsOf(listing).map((row) => socketIn(listing, row)), client, filtered, status }
}

/** Those of a listing that count. `own`: ends of kntop's connections. */
export const eligibleIn = (text: string, own: readonly string[] = []): readonly TcpSocket[] => {
  const listing = readListing(text)
  const here = addressesHere(listing)
  const ends = own.map(ownEnd)
  return rowsOf(listing)
    .filter((row) => isEligible(listing, row, here, ends))
    .map((row) => socketIn(listing, row))
}

/** The line of a socket, as the script prints it; what is not told is no number. */
export const lineOf = ({ local, peer, rtt, minimum, sent, acknowledged }: TcpSocket): string =>
  `0 0 ${local} ${peer} rtt:${rtt} minrtt:${minimum} lastsnd:${sent} lastack:${acknowledged}\n`
