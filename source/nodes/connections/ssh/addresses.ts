import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { atMost } from './at-most.ts'

export type Family = 4 | 6 | 'any'

/** Where a host is: the name server's answer, or the last address that worked while it gives none. */
export interface Found {
  readonly addresses: readonly LookupAddress[]
  /** When the address last worked (monotonic ms), where it comes from memory. */
  readonly remembered?: number
}

export interface Addresses {
  /** Rejects with the name server's error where it answers that there is none, or nothing is remembered. */
  find(host: string, family: Family): Promise<Found>
  /** Whether an address of the host is remembered. */
  remembers(host: string): boolean
  /** Takes note of an address over which the host proved to be itself. */
  worked(host: string, address: LookupAddress): void
}

export interface AddressesOptions {
  readonly lookup: (host: string, family: Family) => Promise<readonly LookupAddress[]>
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds that a name server has before memory is asked. */
  readonly patience?: number
  /** Lookups in flight: each holds a thread of the four that also write to the terminal. */
  readonly parallel?: number
}

class NoAnswer extends Error {
  readonly code = 'ETIMEOUT'
}

/** Codes of getaddrinfo that mean that nobody answered, as opposed to that there is no such name (RFC 3493, 6.1). */
const silent = new Set(['EAI_AGAIN', 'EAI_FAIL', 'EAI_SYSTEM', 'ETIMEOUT'])

const isSilent = (error: unknown): boolean => silent.has((error as NodeJS.ErrnoException).code ?? '')

/** Finds addresses, and keeps those that worked for the time when no name server answers. */
export const createAddresses = ({ lookup, now, patience = 2000, parallel = 2 }: AddressesOptions): Addresses => {
  const known = new Map<string, { readonly address: LookupAddress; readonly at: number }>()
  const flights = new Map<string, Promise<readonly LookupAddress[]>>()
  const limited = atMost(parallel)

  /** One lookup per name, however many nodes ask and however long it takes. */
  const shared = (host: string, family: Family): Promise<readonly LookupAddress[]> => {
    const key = `${family} ${host}`
    const flight =
      flights.get(key) ??
      limited(() => lookup(host, family)).finally(() => {
        flights.delete(key)
      })
    flights.set(key, flight)
    return flight
  }

  const within = async (flight: Promise<readonly LookupAddress[]>, host: string): Promise<readonly LookupAddress[]> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new NoAnswer(`no name server answers for ${host} within ${patience / 1000} s`)),
        patience,
      )
    })
    try {
      return await Promise.race([flight, late])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async find(host, family) {
      // Nobody is asked for it: it must not wait behind names that nobody answers for.
      const literal = isIP(host)
      if (literal !== 0) return { addresses: [{ address: host, family: literal }] }
      const flight = shared(host, family)
      // What comes after our patience is of use to the next who asks, and an error of nobody's.
      flight.catch(() => undefined)
      try {
        return { addresses: await within(flight, host) }
      } catch (error) {
        const kept = known.get(host)
        if (kept === undefined || !isSilent(error)) throw error
        return { addresses: [kept.address], remembered: kept.at }
      }
    },
    remembers: (host) => known.has(host),
    worked: (host, address) => void known.set(host, { address, at: now() }),
  }
}
