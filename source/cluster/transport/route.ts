import type { RememberedLookup } from './remembered-lookup.ts'

/** How a server is reached, and how long each step of it may take. */
export interface Route {
  readonly server: URL
  readonly proxy: URL | undefined
  readonly memory: RememberedLookup
  readonly limits: {
    /** Milliseconds to a connection. */ readonly connect: number /** Milliseconds of a handshake. */
    readonly handshake: number
  }
}

/** A step on the way that failed. The message is for a person. */
export class WayError extends Error {
  override readonly name = 'WayError'
  readonly at: 'server' | 'proxy'
  readonly code: string

  constructor(at: 'server' | 'proxy', code: string, message: string) {
    super(message)
    this.at = at
    this.code = code
  }
}

/** The same error, with where it happened. */
export const failedAt = (at: 'server' | 'proxy', error: unknown): WayError => {
  if (error instanceof WayError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  return new WayError(at, code, message)
}
