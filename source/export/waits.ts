/** Seconds that `--once` watches where nobody says how long, and at most. */
export const waits = { usual: 5, most: 3600 } as const
