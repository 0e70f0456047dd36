/** What the watching of a cluster keeps to. Times in milliseconds unless said otherwise, sizes in bytes. */
export interface Limits {
  /** For the first byte of an answer: the last resort, since whoever connects has limits of its own and knows causes. */
  readonly answer: number
  /** For the next byte of an answer, and of a watch, where a bookmark comes about every minute. */
  readonly inactivity: number
  /** For the next byte of the first state through a watch, from a server that never gave one whole. */
  readonly firstState: number
  /** Doubled from one failure to the next up to the most; each wait is half to one and a half of it. */
  readonly backOff: { readonly first: number; readonly most: number }
  /** A watch that lived so long was a success. */
  readonly settled: number
  /** The longest wait before rights that are missing are looked at again, and before a better way is. */
  readonly denied: number
  /**
   * The first such wait, doubled up to `denied`. A server that has just started refuses, and says that it would, what it
   * grants once it has read its roles (kubernetes/kubernetes#121635).
   */
  readonly refused: number
  /** Between two full lists of one resource. */
  readonly relist: number
  /** Between two polls: at least, at most. */
  readonly poll: readonly [number, number]
  readonly leases: number
  readonly ping: number
  /** Seconds after which the server is to end a watch: at least, at most. */
  readonly watchSeconds: readonly [number, number]
  /** The longest wait that a server may ask for. */
  readonly retryAfter: number
  readonly objectBytes: number
  readonly lineBytes: number
  readonly pageBytes: number
  readonly pageSize: number
  /** Decoding that is done before input has its turn. */
  readonly slice: number
}

/** client-go's figures where it has them; the others are derived in docs/architecture.md. */
export const defaultLimits: Limits = {
  answer: 120_000,
  inactivity: 75_000,
  firstState: 5000,
  backOff: { first: 1000, most: 30_000 },
  settled: 30_000,
  denied: 300_000,
  refused: 5000,
  relist: 60_000,
  poll: [30_000, 60_000],
  leases: 30_000,
  ping: 10_000,
  watchSeconds: [300, 600],
  retryAfter: 120_000,
  objectBytes: 8 * 2 ** 20,
  lineBytes: 8 * 2 ** 20,
  pageBytes: 64 * 2 ** 20,
  pageSize: 250,
  slice: 8,
}

/** A number between two, by a random one from 0 to 1. */
export const between = ([least, most]: readonly [number, number], random: () => number): number =>
  least + (most - least) * random()

/** How long to wait after so many failures in a row, the first being 1. */
export const backOffAfter = (failures: number, { backOff }: Limits, random: () => number): number =>
  Math.min(backOff.most, backOff.first * 2 ** Math.min(failures - 1, 16)) * between([0.5, 1.5], random)
