import type { ApiStatus } from '../events/sources.ts'
import { type Clean, clean } from '../text/clean.ts'
import { textOfBody } from './body.ts'
import { exchange } from './exchange.ts'
import { causeOf, type Failure } from './failure.ts'
import type { Limits } from './limits.ts'
import type { Shared } from './shared.ts'
import { fieldsOf, textOf } from './slim/fields.ts'

/** What is known of the API server as a whole; told on change, what a watch told of at most once a second. */
export interface Server {
  heard(): void
  dated(date: string | undefined): void
  answered(latency: number, version: Clean | undefined): void
  failed(cause: Clean): void
}

const second = 1000

/** @param onBack the server answers again, after a time in which it did not. */
export const createServer = (
  emit: (status: ApiStatus) => void,
  now: () => number,
  onBack: () => void = () => undefined,
): Server => {
  const nothing = clean('')
  let status: ApiStatus = {
    state: 'starting',
    cause: nothing,
    since: now(),
    latency: Number.NaN,
    heard: Number.NaN,
    version: nothing,
    ahead: Number.NaN,
  }
  let toldHeard = Number.NEGATIVE_INFINITY
  // It is not known to be there since that, and not since somebody noticed.
  let lastWord = Number.NaN

  const set = (next: Partial<ApiStatus>): void => {
    const before = status.state
    const isSame = next.state === undefined || next.state === before
    const turned = next.state === 'stale' && !Number.isNaN(lastWord) ? lastWord : now()
    status = { ...status, ...next, since: isSame ? status.since : turned }
    emit(status)
    if (before === 'stale' && status.state === 'live') onBack()
  }

  return {
    heard() {
      const at = now()
      lastWord = at
      if (at - toldHeard < second) return
      toldHeard = at
      set({ heard: at })
    },
    dated(date) {
      // A date tells whole seconds: the middle of what it may mean. What it moves by less than that is no news.
      const ahead = date === undefined ? Number.NaN : Date.parse(date) + second / 2 - now()
      if (Number.isNaN(ahead) || Math.abs(ahead - status.ahead) < second) return
      set({ ahead })
    },
    answered(latency, version) {
      lastWord = now()
      set({ state: 'live', cause: nothing, latency, ...(version === undefined ? {} : { version }) })
    },
    failed: (cause) => set({ state: 'stale', cause }),
  }
}

const answerLimit = 64 * 1024

const versionIn = async (body: AsyncIterable<Uint8Array>): Promise<Clean | undefined> => {
  const text = await textOfBody(body, answerLimit)
  if (text === undefined) return undefined
  try {
    return clean(textOf(fieldsOf(JSON.parse(text))['gitVersion']), 64)
  } catch {
    return undefined
  }
}

/** Failures that are an answer all the same: the server is there. */
const isAnswer = ({ kind }: Failure): boolean => kind === 'forbidden' || kind === 'absent' || kind === 'busy'

/** Milliseconds until it is asked again: sooner where nobody is there, later where it says so. */
const pauseAfter = (answer: Failure | { readonly kind: 'said' }, { ping, retryAfter }: Limits): number => {
  if (answer.kind === 'busy') return Math.max(ping, Math.min(answer.after, retryAfter))
  return answer.kind === 'said' || isAnswer(answer) ? ping : ping / 5
}

/** What a ping uses of it. */
type Asking = Pick<Shared, 'api' | 'now' | 'limits' | 'waits' | 'dated'>

/**
 * Asks for the version now and then, the smallest call that there is, which needs no etcd: how long it takes, and whether
 * anybody answers. Ends with the signal, and never rejects.
 */
export const ping = async (shared: Asking, server: Server, signal: AbortSignal): Promise<void> => {
  const { now, waits, limits } = shared
  const patience = { answer: limits.ping / 2, inactivity: limits.ping / 2 }
  while (!signal.aborted) {
    const begun = now()
    const answer = await exchange(shared, { path: '/version' }, signal, patience, async ({ body }) => ({
      kind: 'said' as const,
      version: await versionIn(body),
    }))
    if (signal.aborted) return
    if (answer.kind === 'said') server.answered(now() - begun, answer.version)
    else if (isAnswer(answer)) server.answered(now() - begun, undefined)
    else server.failed(causeOf(answer))
    await waits.pause(pauseAfter(answer, limits), signal)
  }
}
