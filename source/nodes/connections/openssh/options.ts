import type { Named } from '../ssh/ssh-settings.ts'
import type { AtAddress } from './at-address.ts'

/** How one node is reached by the system's ssh. */
export interface OpenSshOptions {
  /** As the person wrote it; the configuration says what it stands for. */
  readonly host: string
  /** As whom and to which port, where a hop is named with these; the configuration says what is not here. */
  readonly as?: Named
  /** The program: a name to be looked up in PATH, or a path. */
  readonly program: string
  /** `-F`: the only configuration file. */
  readonly configFile: string | undefined
  /** A folder of ours, absolute: made with 0700 where it is not there. Another one is taken where its path is too long. */
  readonly controlFolder: string
  readonly strictHostKeyChecking: 'yes' | 'accept-new'
  /** Absolute. `ours` stands first, because that is the one where ssh keeps what it accepts. */
  readonly knownHosts: { readonly ours: string; readonly user: readonly string[] }
  /** Milliseconds until the server has proved who it is: ssh's ConnectTimeout, which ends before the login. */
  readonly limit: number
  /** Milliseconds for the login after that, with the touch of a security key; undefined: 30 s. */
  readonly loginLimit?: number
  /** Milliseconds between two keepalives, and how many may go unanswered. */
  readonly keepalive: { readonly interval: number; readonly count: number }
  /** Keywords of the configuration that this ssh knows, in lower case, as `ssh -G` prints them. */
  readonly known: { has(keyword: string): boolean }
  /** Whether ssh may ask the agent that the configuration names: it waits for one that is frozen. */
  readonly mayAskAgent: boolean
  /** The value of ProxyCommand for a way through another connection of ours, instead of the one that the configuration says. */
  readonly passage?: string
  /** Where the host is, when no name server tells: instead of what the configuration says. */
  readonly at?: AtAddress
  /** Hears at which address the host was that let us in; not where something stands between. */
  readonly reached?: (address: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
}
