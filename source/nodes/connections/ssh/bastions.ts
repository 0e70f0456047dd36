import type { Duplex } from 'node:stream'
import { type Clean, clean } from '../../../text/clean.ts'
import { type Attempt, ConnectionError } from '../connection.ts'
import { type SharedLogin, shareLogin } from '../shared-login.ts'
import { byName } from './bastion-name.ts'
import { NeedsOpenSsh } from './host-login.ts'
import { sameWay } from './same-way.ts'
import type { SshConnection } from './ssh.ts'
import type { Route, SshSettings } from './ssh-settings.ts'

/** Connections that others go through: one for each bastion, however many nodes are behind it. */
export interface Bastions {
  /**
   * A socket to a host, as the last of these hops reaches it. `waits` hears what a hop's login waits for. Rejects with a
   * {@link ConnectionError} that names the hop.
   */
  open(
    hops: readonly SshSettings[],
    host: string,
    port: number,
    signal: AbortSignal,
    waits?: Attempt['waits'],
  ): Promise<Duplex>
  close(): void
}

/** Milliseconds that a bastion is kept when nobody goes through it any more. */
const idle = 30_000

const through = (hop: SshSettings, error: unknown): unknown => {
  if (!(error instanceof ConnectionError)) return error
  const cause = byName(hop.alias, error.reason.cause)
  if (cause === error.reason.cause) return error
  const reason = { ...error.reason, cause }
  // What the system's ssh is needed for at a bastion, it is needed for on the whole way.
  return error instanceof NeedsOpenSsh
    ? new NeedsOpenSsh(reason, { cause: error })
    : new ConnectionError(reason, { cause: error })
}

/** Something that all who listen hear, those too who come once it was said. */
interface News {
  say(what: Clean): void
  /** Returns how to stop listening. */
  hear(listener: Attempt['waits']): () => void
}

const createNews = (): News => {
  const listeners = new Set<Attempt['waits']>()
  let last = clean('')
  return {
    say(what) {
      last = what
      for (const hear of listeners) hear(what)
    },
    hear(listener) {
      listeners.add(listener)
      if (last !== '') listener(last)
      return () => void listeners.delete(listener)
    },
  }
}

interface Held {
  readonly login: SharedLogin<SshConnection>
  /** What its login waits for. */
  readonly wait: News
  users: number
  timer?: NodeJS.Timeout
}

/** @param login logs in to the last host of a way over a socket that is opened when everything else is ready. */
export const createBastions = (
  login: (
    route: Route,
    open: ((signal: AbortSignal) => Promise<Duplex>) | undefined,
    signal: AbortSignal,
    waits: Attempt['waits'],
  ) => Promise<SshConnection>,
): Bastions => {
  const held = new Map<string, Held>()

  const connect = (hops: readonly SshSettings[]): Held => {
    const key = sameWay(hops)
    const known = held.get(key)
    if (known !== undefined) return known
    const before = hops.slice(0, -1)
    const hop = hops.at(-1)
    if (hop === undefined) throw new Error('a way over no bastion')
    const wait = createNews()
    const waits = (what: Clean): void => wait.say(byName(hop.alias, what))
    const way =
      before.length === 0 ? undefined : (asked: AbortSignal) => open(before, hop.hostName, hop.port, asked, waits)
    const forget = (): void => {
      clearTimeout(made.timer)
      if (held.get(key) === made) held.delete(key)
    }
    const shared = shareLogin((signal) => login({ target: hop, hops: before }, way, signal, waits), forget)
    const made: Held = { login: shared, wait, users: 0 }
    held.set(key, made)
    shared.connection.then((connection) => connection.closed.then(forget), forget)
    return made
  }

  const open = async (
    hops: readonly SshSettings[],
    host: string,
    port: number,
    signal: AbortSignal,
    waits?: Attempt['waits'],
  ): Promise<Duplex> => {
    const hop = hops.at(-1)
    if (hop === undefined) throw new Error('a way over no bastion')
    const bastion = connect(hops)
    clearTimeout(bastion.timer)
    bastion.users += 1
    const leave = (): void => {
      bastion.users -= 1
      if (bastion.users > 0) return
      bastion.timer = setTimeout(bastion.login.end, idle).unref()
    }
    const unhear = waits && bastion.wait.hear(waits)
    try {
      const connection = await bastion.login.wait(signal)
      unhear?.()
      const socket = await connection.forward(host, port, signal)
      socket.once('close', leave)
      return socket
    } catch (error) {
      unhear?.()
      leave()
      throw through(hop, error)
    }
  }

  return {
    open,
    close() {
      for (const bastion of held.values()) bastion.login.end()
    },
  }
}
