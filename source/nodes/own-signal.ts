/**
 * A signal that aborts when another one does. All who listen to a signal stand in one list, which is walked for each that comes
 * or goes: what belongs to one node listens to a signal of that node, so that a fleet does not make the list long.
 */
export const ownSignal = (signal: AbortSignal): AbortSignal => {
  const own = new AbortController()
  const abort = (): void => own.abort(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return own.signal
}
