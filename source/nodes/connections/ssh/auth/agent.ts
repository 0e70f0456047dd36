import { type Clean, clean } from '../../../../text/clean.ts'
import type { Occasion } from '../../connection.ts'
import { AgentError } from './agent-error.ts'
import {
  type Answered,
  decodeIdentities,
  decodeSignature,
  type Hash,
  identitiesRequest,
  signatureRequest,
} from './agent-messages.ts'
import { requestAgent } from './agent-request.ts'
import type { PublicKey } from './public-key.ts'

/** What an agent last said: `none` where no agent is configured; `keys` in the agent's own order. */
export type AgentState =
  | { readonly state: 'none' }
  | { readonly state: 'answers'; readonly keys: readonly PublicKey[] }
  | { readonly state: 'silent'; readonly cause: Clean }

export interface Agent {
  /** What it says now. All who ask at a time share one request; while it is silent nobody waits for it. */
  ask(): Promise<AgentState>
  /**
   * Signs with one of its keys. Rejects with an {@link AgentError}. A key may ask its owner for consent first, hence the
   * long limit (`signPatience`).
   */
  sign(key: PublicKey, data: Buffer, hash: Hash | undefined): Promise<Buffer>
  /** Tells when it falls silent, and when it answers again or holds other keys. Returns how to stop listening. */
  onChange(listener: (state: AgentState) => void): () => void
  /** The next change after now, also where it comes before anybody listens. While somebody does, it is asked for its keys. */
  change(): Occasion
  close(): void
}

/** In milliseconds. */
export interface AgentPatience {
  readonly identities: number
  readonly sign: number
  /** For how long an answer is good. */
  readonly fresh: number
  /** Between two questions to a silent agent. */
  readonly again: number
  /** Between two questions to one that answers, while somebody waits for it to hold other keys. */
  readonly watch: number
}

export const usualPatience: AgentPatience = { identities: 3000, sign: 15_000, fresh: 5000, again: 3000, watch: 5000 }

const valueOf = <T>(answered: Answered<T>, refusal: string): T => {
  if (answered.answer === 'given') return answered.value
  if (answered.answer === 'refuses') throw new AgentError('refuses', clean(refusal))
  throw new AgentError('silent', clean('agent does not answer: what it says is no agent protocol'))
}

const same = (before: AgentState | undefined, after: AgentState): boolean => {
  if (before?.state !== after.state) return false
  if (before.state !== 'answers' || after.state !== 'answers') return true
  const names = ({ keys }: { readonly keys: readonly PublicKey[] }): string => keys.map((key) => key.fingerprint).join()
  return names(before) === names(after)
}

const noAgent: Agent = {
  ask: () => Promise.resolve({ state: 'none' }),
  sign: () => Promise.reject(new AgentError('refuses', clean('there is no agent'))),
  onChange: () => () => undefined,
  change: () => () => () => undefined,
  close: () => undefined,
}

/** The agent at a socket; undefined: none is configured. Nothing is sent before it is asked. */
export const openAgent = (path: string | undefined, patience = usualPatience): Agent => {
  if (path === undefined) return noAgent
  const listeners = new Set<(state: AgentState) => void>()
  let last: AgentState | undefined
  let changes = 0
  let since = 0
  let asking: Promise<AgentState> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const became = (state: AgentState): AgentState => {
    const changed = !same(last, state)
    last = state
    since = performance.now()
    if (changed) changes += 1
    if (changed) for (const listener of listeners) listener(state)
    lookAgain()
    return state
  }

  /** One that is silent is asked until it answers; one that answers, as long as somebody wants to hear of its keys. */
  const lookAgain = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (closed || last === undefined) return
    const wait = last.state === 'silent' ? patience.again : listeners.size > 0 ? patience.watch : undefined
    if (wait !== undefined) timer = setTimeout(() => void request(), wait).unref()
  }

  const request = (): Promise<AgentState> => {
    asking ??= requestAgent(path, identitiesRequest, patience.identities)
      .then((message) =>
        valueOf(decodeIdentities(message), 'agent does not answer: it will not list its keys, is it locked?'),
      )
      .then(
        (keys): AgentState => ({ state: 'answers', keys }),
        (error: unknown): AgentState => ({ state: 'silent', cause: clean((error as Error).message) }),
      )
      .then((state) => {
        asking = undefined
        return became(state)
      })
    return asking
  }

  const good = (): boolean =>
    last?.state === 'silent' || (last !== undefined && performance.now() - since < patience.fresh)

  const onChange: Agent['onChange'] = (listener) => {
    // The same function may listen twice, and leaves once each time.
    const own: typeof listener = (state) => listener(state)
    listeners.add(own)
    if (timer === undefined) lookAgain()
    return () => void listeners.delete(own)
  }

  return {
    ask: () => (last !== undefined && good() ? Promise.resolve(last) : request()),
    sign: async (key, data, hash) => {
      try {
        const message = await requestAgent(path, signatureRequest(key.blob, data, hash), patience.sign)
        return valueOf(decodeSignature(message), `agent refuses to sign with ${key.comment || key.fingerprint}`)
      } catch (error) {
        if (error instanceof AgentError && error.trouble === 'silent') became({ state: 'silent', cause: error.reason })
        throw error
      }
    },
    onChange,
    change: () => {
      const before = changes
      return (come) => {
        if (changes === before) return onChange(come)
        const missed = setImmediate(come)
        return () => clearImmediate(missed)
      }
    },
    close: () => {
      closed = true
      clearTimeout(timer)
      listeners.clear()
    },
  }
}

/** One agent for each socket, whoever asks for it: hosts may name different ones by `IdentityAgent`. */
export interface Agents {
  at(path: string | undefined): Agent
  close(): void
}

export const openAgents = (patience = usualPatience): Agents => {
  const known = new Map<string | undefined, Agent>()
  return {
    at: (path) => {
      const agent = known.get(path) ?? openAgent(path, patience)
      known.set(path, agent)
      return agent
    },
    close: () => {
      for (const agent of known.values()) agent.close()
    },
  }
}
