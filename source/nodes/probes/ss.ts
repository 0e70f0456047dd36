/** The most that the kernel can say: 32 bits of microseconds. */
const longest = 2 ** 32 / 1000

/**
 * An `address:port` such that equal ends are equal texts: without brackets and scope, and an IPv4 address as such also where
 * an IPv6 socket holds it. ss names the scope of the local end only.
 */
export const canonicalEnd = (end: string): string => {
  const colon = end.lastIndexOf(':')
  let address = end.slice(0, colon)
  if (address.startsWith('[')) address = address.replace('[', '').replace(']', '').toLowerCase()
  const scope = address.indexOf('%')
  if (scope >= 0) address = address.slice(0, scope)
  if (address.startsWith('::ffff:') && address.includes('.')) address = address.slice(7)
  return address.length === colon ? end : `${address}${end.slice(colon)}`
}

/** The address of a canonical `address:port`. */
export const addressOf = (end: string): string => end.slice(0, end.lastIndexOf(':'))

/** A round-trip time in milliseconds, or NaN for what the kernel cannot say. */
export const roundTrip = (value: number): number => (value > 0 && value <= longest ? value : Number.NaN)
