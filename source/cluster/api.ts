import type { Clean } from '../text/clean.ts'

/** One answer of the API server: status, headers, and its body as it arrives. */
export interface ApiResponse {
  readonly status: number
  /** By its name in any case; several of one name are joined by commas. */
  header(name: string): string | undefined
  /**
   * Bytes as they arrive; leaving the loop early frees the connection. Rejects when the connection breaks or the signal
   * aborts. It must be read or left, else it holds a connection.
   */
  readonly body: AsyncIterable<Uint8Array>
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST'
  /** Each segment already encoded; begins with '/'. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly accept?: string
  /** 'watch' keeps to connections of its own. */
  readonly kind?: 'call' | 'watch'
  readonly signal: AbortSignal
}

/** A way to one API server with credentials. Never follows redirects. Rejects with {@link ApiError}. */
export interface Api {
  request(request: ApiRequest): Promise<ApiResponse>
  /** The credential was refused (401): the next request takes a new one. Gives why, with an advice; empty: nobody was refused. */
  refused(): Clean
  /** What a request waits for before it is sent, such as a plugin; empty: for nothing but the server. */
  waitsFor?(): Clean
}

/** Where it failed: on the way, at the certificates, at our own credentials, at a proxy, or because we ended it. */
export type ApiFailure = 'unreachable' | 'tls' | 'credentials' | 'proxy' | 'closed'

/** No answer of the API server. Its cause is for a person, with an advice, and holds nothing secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly reason: ApiFailure
  override readonly cause: Clean

  constructor(reason: ApiFailure, cause: Clean) {
    super(cause)
    this.reason = reason
    this.cause = cause
  }
}
