import { lookup } from 'node:dns/promises'
import { clean } from '../text/clean.ts'
import { type Api, ApiError, type ApiRequest, type ApiResponse } from './api.ts'
import { pluginLimits, runExecPlugin } from './credentials/exec-credential.ts'
import type { Clocks } from './credentials/holder.ts'
import type { PluginLimits } from './credentials/plugin-process.ts'
import { createPluginWait } from './credentials/plugin-wait.ts'
import type { Target } from './kubeconfig/target.ts'
import { createSession } from './session.ts'
import { createAgents } from './transport/agents.ts'
import { exchange } from './transport/exchange.ts'
import { failureOf } from './transport/failure.ts'
import { hostOf, portOf, proxyFor } from './transport/proxy.ts'
import { type Resolve, rememberLookups } from './transport/remembered-lookup.ts'

/** Milliseconds. */
export interface Limits {
  readonly connect: number
  readonly handshake: number
  /** Until the headers of an answer. */
  readonly answer: number
  /** The longest pause in the body of a call. */
  readonly pause: number
  /** Until the headers of a watch. */
  readonly watch: number
  /** After which files with credentials are read again, as client-go does. */
  readonly files: number
  readonly plugin: PluginLimits
}

const usualLimits: Limits = {
  connect: 5000,
  handshake: 10_000,
  answer: 30_000,
  pause: 30_000,
  watch: 60_000,
  files: 60_000,
  plugin: pluginLimits,
}

export interface ConnectOptions extends Partial<Clocks> {
  readonly environment: NodeJS.ProcessEnv
  readonly userAgent?: string
  readonly limits?: Partial<Limits>
  readonly resolve?: Resolve
}

/** A way to a cluster, for as long as it is not closed. */
export interface ClusterApi extends Api {
  /** Ends everything that is under way, plugins included. */
  close(): void
}

const resolveAll: Resolve = (host) => lookup(host, { all: true })

const closed = (): ApiError => new ApiError('closed', clean('ended by kntop'))

/** What a promise gives, unless the signal is first. */
const unlessAborted = <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(closed())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })

/** A way to the API server of a target. Nothing is read and nobody contacted before the first request. */
export const connectCluster = (target: Target, options: ConnectOptions): ClusterApi => {
  const { environment, userAgent = 'kntop', resolve = resolveAll } = options
  const { now = () => performance.now(), wall = Date.now } = options
  const limits: Limits = { ...usualLimits, ...options.limits }
  const lifetime = new AbortController()
  const memory = rememberLookups(resolve)
  const place = `${hostOf(target.server)}:${portOf(target.server)}`
  const plugin = createPluginWait(target, now)
  const session = createSession(target, {
    now,
    wall,
    files: limits.files,
    plugin: () => plugin.run(() => runExecPlugin(target, { environment, limits: limits.plugin }, lifetime.signal)),
    agents: (login) =>
      createAgents(
        { server: target.server, proxy: proxyFor(target, environment), memory, limits },
        login,
        lifetime.signal,
      ),
  })

  const send = async (asked: ApiRequest): Promise<ApiResponse> => {
    const signal = AbortSignal.any([asked.signal, lifetime.signal])
    const failure = (error: unknown): ApiError =>
      signal.aborted ? closed() : failureOf(error, place, proxyFor(target, environment))
    const { kind = 'call' } = asked
    const used = await unlessAborted(session.current(), signal)
    const answer = await exchange(
      { ...asked, signal },
      {
        server: target.server,
        agent: used.agents[kind],
        headers: { 'User-Agent': userAgent, ...used.login.headers },
        limits:
          kind === 'call'
            ? { headers: limits.answer, pause: limits.pause }
            : { headers: limits.watch, pause: undefined },
        failure,
      },
    )
    session.answered(used, answer.status)
    return answer
  }

  return {
    request: send,
    refused: session.refused,
    waitsFor: plugin.words,
    close: () => {
      lifetime.abort()
      session.close()
    },
  }
}
