/**
 * The core of SHA-1, by FIPS 180-4. A library's HMAC costs more to set up than to compute, and a known_hosts of 3,000 hashed
 * names read for 1,000 hosts takes three million of them; with the core at hand the state after the salt is kept per line,
 * and what a name makes of the rounds is worked out once for all lines.
 */

/** The five words of a state. */
export type Sha1State = Int32Array

export const sha1Start = (): Sha1State => Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)

/** The words of the 80 rounds, from the 16 of a block that stand in front of them; in place. */
export const sha1Schedule = (w: Int32Array): Int32Array => {
  for (let i = 16; i < 80; i++) {
    const x = (w[i - 3] ?? 0) ^ (w[i - 8] ?? 0) ^ (w[i - 14] ?? 0) ^ (w[i - 16] ?? 0)
    w[i] = (x << 1) | (x >>> 31)
  }
  return w
}

/** Folds the rounds of one block into a state, in place. */
export const sha1Rounds = (state: Sha1State, w: Int32Array): void => {
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let next = 0
  for (let i = 0; i < 80; i++) {
    if (i < 20) next = ((b & c) | (~b & d)) + 0x5a827999
    else if (i < 40) next = (b ^ c ^ d) + 0x6ed9eba1
    else if (i < 60) next = ((b & c) | (b & d) | (c & d)) - 0x70e44324
    else next = (b ^ c ^ d) - 0x359d3e2a
    next = (((a << 5) | (a >>> 27)) + next + e + (w[i] ?? 0)) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  state[0] = (state[0] ?? 0) + a
  state[1] = (state[1] ?? 0) + b
  state[2] = (state[2] ?? 0) + c
  state[3] = (state[3] ?? 0) + d
  state[4] = (state[4] ?? 0) + e
}

/** The rounds of the blocks of a message that follows `before` bytes already folded in: padded, its length at the end. */
export const sha1Message = (message: Buffer, before: number): readonly Int32Array[] => {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64)
  message.copy(padded)
  padded[message.length] = 0x80
  padded.writeUInt32BE((before + message.length) * 8, padded.length - 4)
  return Array.from({ length: padded.length / 64 }, (_, block) => sha1Block(padded, block * 64))
}

/** The rounds of the 64 bytes that stand at `from`. */
export const sha1Block = (bytes: Buffer, from: number): Int32Array => {
  const w = new Int32Array(80)
  for (let i = 0; i < 16; i++) w[i] = bytes.readInt32BE(from + 4 * i)
  return sha1Schedule(w)
}
