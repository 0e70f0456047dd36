/**
 * Seconds. `usual`: that `--once` watches where nobody says how long. `pod`, `costly`: that `kntop pod` waits at most, and where it
 * takes what is costly. `most`: that anybody may say.
 */
export const waits = { usual: 5, pod: 10, costly: 60, most: 3600 } as const
