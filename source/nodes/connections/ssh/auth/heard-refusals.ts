import type { Client } from 'ssh2'

/** What a server says to an attempt that did not let us in: the methods that it would still take, and whether it took this one. */
export type HearRefusal = (left: readonly string[], partial: boolean) => void

type Handler = (protocol: unknown, left: readonly string[], partial: boolean) => unknown

/**
 * Hears every refusal of a login. To its `authHandler` ssh2 repeats what the server said before, where the attempt was by an
 * agent. To be called once the keys are exchanged. Where ssh2 holds no such handler nothing is heard, and nobody is asked.
 */
export const hearRefusals = (client: Client, heard: HearRefusal): void => {
  const { _protocol } = client as unknown as { readonly _protocol?: { readonly _handlers?: Record<string, unknown> } }
  const handlers = _protocol?._handlers
  const before = handlers?.USERAUTH_FAILURE
  if (handlers === undefined || typeof before !== 'function') return
  const said: Handler = (protocol, left, partial) => {
    heard(left, partial)
    return (before as Handler)(protocol, left, partial)
  }
  handlers.USERAUTH_FAILURE = said
}
