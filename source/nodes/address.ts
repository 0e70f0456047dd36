/** Dotted decimal of the four bytes at `offset`. */
export const ipv4Text = (bytes: Uint8Array, offset: number): string =>
  `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`

const group = (bytes: Uint8Array, offset: number): number => ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)

/** The sixteen bytes at `offset` in the one form RFC 5952 allows, so that equal addresses are equal strings. */
export const ipv6Text = (bytes: Uint8Array, offset: number): string => {
  const groups = Array.from({ length: 8 }, (_, index) => group(bytes, offset + 2 * index))
  let longest = { start: 8, length: 1 }
  for (let start = 0; start < 8; start += 1) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length += 1
    if (length > longest.length) longest = { start, length }
    start += length
  }
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((value) => value.toString(16))
      .join(':')
  if (longest.start === 8) return hex(0, 8)
  return `${hex(0, longest.start)}::${hex(longest.start + longest.length, 8)}`
}

/** An address of IPv6 as the kernel writes it into files, 32 hexadecimal digits, in the same form; undefined for anything else. */
export const ipv6OfHex = (hex: string): string | undefined =>
  /^[0-9a-f]{32}$/.test(hex) ? ipv6Text(Uint8Array.from(Buffer.from(hex, 'hex')), 0) : undefined

/** Whether an address never leaves its machine: 127.0.0.0/8 or ::1. */
export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'
