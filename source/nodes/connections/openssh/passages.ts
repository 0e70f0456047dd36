import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import { type SharedLogin, shareLogin } from '../shared-login.ts'
import { sameNamedWay } from '../ssh/same-way.ts'
import type { Route, SshSettings } from '../ssh/ssh-settings.ts'
import type { OpenSshConnection } from './openssh.ts'

/** Ways through jump hosts for the system's ssh: one login at each, however many nodes are behind it. */
export interface Passages {
  /** What stands for ProxyCommand behind these hops; undefined where there are none. Rejects with a {@link ConnectionError}. */
  through(hops: readonly SshSettings[], signal: AbortSignal): Promise<string | undefined>
  close(): void
}

/** @param connect logs in to the last host of a way, through the hops before it. */
export const createPassages = (
  connect: (route: Route, passage: string | undefined, signal: AbortSignal) => Promise<OpenSshConnection>,
): Passages => {
  const held = new Map<string, SharedLogin<OpenSshConnection>>()

  const connected = (hops: readonly SshSettings[], hop: SshSettings): SharedLogin<OpenSshConnection> => {
    const key = sameNamedWay(hops)
    const known = held.get(key)
    if (known !== undefined) return known
    const before = hops.slice(0, -1)
    const login = async (signal: AbortSignal): Promise<OpenSshConnection> =>
      connect({ target: hop, hops: before }, await through(before, signal), signal)
    const forget = (): void => {
      if (held.get(key) === made) held.delete(key)
    }
    const made = shareLogin(login, forget)
    held.set(key, made)
    made.connection.then((connection) => connection.closed.then(forget), forget)
    return made
  }

  const through = async (hops: readonly SshSettings[], signal: AbortSignal): Promise<string | undefined> => {
    const hop = hops.at(-1)
    if (hop === undefined) return undefined
    try {
      return (await connected(hops, hop).wait(signal)).passage()
    } catch (error) {
      // The hop that failed has named itself.
      if (!(error instanceof ConnectionError) || error.reason.cause.startsWith('bastion ')) throw error
      const cause = clean(`bastion ${hop.alias}: ${error.reason.cause}`)
      throw new ConnectionError({ ...error.reason, cause }, { cause: error })
    }
  }

  return {
    through,
    close() {
      for (const login of held.values()) login.end()
    },
  }
}
