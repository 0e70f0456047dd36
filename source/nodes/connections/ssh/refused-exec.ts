import type { Client } from 'ssh2'

/** The parts of a session of ssh2 that are looked at; each may be another one in another version, or missing. */
interface Session {
  readonly type: 'session'
  /** Undefined until the server has said that the program runs. */
  readonly subtype: unknown
  /** What waits for an answer of the server. */
  readonly _callbacks: readonly unknown[]
  close(): void
}

const isSession = (channel: unknown): channel is { readonly type: 'session' } =>
  typeof channel === 'object' && channel !== null && 'type' in channel && channel.type === 'session'

const isKnown = (channel: object): channel is Session =>
  'subtype' in channel &&
  '_callbacks' in channel &&
  Array.isArray(channel._callbacks) &&
  'close' in channel &&
  typeof channel.close === 'function'

/** Whether an error says that no channel came to be: ssh2 gives those a reason. */
const isOpenFailure = (error: Error): boolean => 'reason' in error

/**
 * Closes the channels on which the server refused to run a program; to be called with each error of `exec`. ssh2 gives the
 * error and keeps the channel, whose session the server keeps too: where it could start nothing for a while, MaxSessions was
 * used up for the rest of the connection. Gives back whether that is done; of an ssh2 without these fields it cannot be, and
 * only the end of the connection frees them.
 */
export const closeRefused = (client: Client, error: Error): boolean => {
  if (isOpenFailure(error)) return true
  const { _chanMgr: manager } = client as unknown as { readonly _chanMgr?: { readonly _channels?: unknown } }
  const channels = manager?._channels
  if (typeof channels !== 'object' || channels === null) return false
  const sessions = Object.values(channels).filter(isSession)
  if (!sessions.every(isKnown)) return false
  for (const session of sessions) if (session.subtype === undefined && session._callbacks.length === 0) session.close()
  return true
}
