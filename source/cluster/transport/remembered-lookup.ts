import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

export interface RememberedLookup {
  /** For sockets: gives all addresses of a name. */
  readonly lookup: LookupFunction
  /** Takes note of an address behind which the server proved to be itself. */
  worked(host: string, address: string): void
}

class NoAnswer extends Error {
  readonly code = 'EAI_AGAIN'
}

/** Codes of getaddrinfo that mean that nobody answered, as opposed to that there is no such name (RFC 3493, 6.1). */
const silent = new Set(['EAI_AGAIN', 'EAI_FAIL', 'EAI_SYSTEM', 'ETIMEOUT', 'ESERVFAIL'])

/**
 * Looks names up, and gives the last address that worked where no name server answers within `patience` milliseconds. The
 * certificate still decides whose it is.
 */
export const rememberLookups = (resolve: Resolve, patience = 2000): RememberedLookup => {
  const known = new Map<string, LookupAddress>()
  // One per name: each holds one of the few threads there are, for as long as the system has patience.
  const flights = new Map<string, Promise<readonly LookupAddress[]>>()

  const flightOf = (host: string): Promise<readonly LookupAddress[]> => {
    const flight = flights.get(host) ?? resolve(host).finally(() => flights.delete(host))
    flights.set(host, flight)
    return flight
  }

  const find = async (host: string): Promise<readonly LookupAddress[]> => {
    const kept = known.get(host)
    const flight = flightOf(host)
    if (kept === undefined) return flight
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new NoAnswer(`no name server answers for ${host}`)), patience)
    })
    try {
      return await Promise.race([flight, late])
    } catch (error) {
      if (silent.has((error as NodeJS.ErrnoException).code ?? '')) return [kept]
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  const tell = async (host: string, callback: Parameters<LookupFunction>[2]): Promise<void> => {
    let addresses: readonly LookupAddress[]
    try {
      addresses = await find(host)
    } catch (error) {
      return callback(error as NodeJS.ErrnoException, [])
    }
    return callback(null, [...addresses])
  }

  return {
    lookup: (host, _, callback) => void tell(host, callback),
    worked: (host, address) => {
      const family = isIP(address)
      if (family !== 0 && isIP(host) === 0) known.set(host, { address, family })
    },
  }
}
