import type { Readable } from 'node:stream'
import { clean } from '../../text/clean.ts'
import type { Cause } from './connection.ts'

/** Bytes that a node may send on one channel within one second. */
const limit = 4 * 1024 * 1024

/** Whether a node sent too much, by the reason for which something ended. Its connection is not used any further. */
export const isFlood = (why: string): boolean => why.startsWith('floods: ')

/** Counts bytes a second; true once there were too many. `forgets`: whether a second that has passed is forgotten now. */
export const floodGuard = (forgets: () => boolean = () => true): ((bytes: number) => boolean) => {
  let second = 0
  let sum = 0
  return (bytes) => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second && forgets()) sum = 0
    second = now
    sum += bytes
    return sum > limit
  }
}

/** Why a connection ends whose node writes without end where it has nothing to say. */
export const stderrFlood: Cause = {
  state: 'lost',
  cause: clean('floods: more than 4 MB of stderr in a second; look at what its login shell or a forced command prints'),
}

/** Counts what a stream gives; calls back whenever there was too much within a second. */
export const onFlood = (stream: Readable, flooded: () => void): void => {
  const tooMany = floodGuard()
  stream.on('data', (chunk: Buffer | string) => {
    if (tooMany(Buffer.byteLength(chunk))) flooded()
  })
}
