import type { Clean } from '../../../text/clean.ts'

/** One hop as ProxyJump names it: to be resolved like any other host, with what stands here first. */
export interface JumpSpec {
  readonly host: string
  readonly user?: string
  readonly port?: number
}

/** What ssh is told about a host besides its name, before it reads the configuration; what is not here is left to that. */
export type Named = Pick<JumpSpec, 'user' | 'port'>

/** Ways to log in that the configuration leaves open. */
export interface Methods {
  readonly publicKey: boolean
  readonly password: boolean
  readonly keyboardInteractive: boolean
  /** PreferredAuthentications in its order; undefined: OpenSSH's own order. */
  readonly preferred: readonly string[] | undefined
  /** Answers that a login may take by each method, and passphrases of a key (NumberOfPasswordPrompts); undefined: 3. */
  readonly prompts?: number
}

/** Names of algorithms, best first; empty: whatever the library offers. */
export interface Algorithms {
  readonly hostKeys: readonly string[]
  readonly kex: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
  /** Those by which this user may log in. */
  readonly publicKeys: readonly string[]
}

/** All that one host needs of the user's ssh configuration, before files are looked at. */
export interface PrintedSettings {
  /** As the user wrote it. */
  readonly alias: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  /** Absolute, in the order in which they are tried; not every one exists. */
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** The agent's socket, `none`, or undefined: the one of SSH_AUTH_SOCK. */
  readonly identityAgent: string | undefined
  /** Absolute. */
  readonly certificateFiles: readonly string[]
  /** Hops in the order in which they are passed; the first is contacted directly, by its own configuration. */
  readonly jumps: readonly JumpSpec[]
  readonly proxyCommand: string | undefined
  readonly hostKeyAlias: string | undefined
  readonly userKnownHostsFiles: readonly string[]
  readonly globalKnownHostsFiles: readonly string[]
  readonly strictHostKeyChecking: 'yes' | 'ask' | 'accept-new'
  /** The configuration says `no` or `off`; it is treated as `accept-new`. */
  readonly strictWasOff: boolean
  readonly addressFamily: 'any' | 'inet' | 'inet6'
  readonly bindAddress: string | undefined
  /** Seconds, 1 to 86,400; undefined: no limit of the configuration's. */
  readonly connectTimeout: number | undefined
  /** Seconds, at most 86,400; 0: none is sent. */
  readonly serverAliveInterval: number
  /** At least 1. */
  readonly serverAliveCountMax: number
  readonly algorithms: Algorithms
  /** Bits that an RSA key has to have, this user's and that of the host. */
  readonly requiredRsaSize: number
  readonly methods: Methods
  /** Nobody is to be asked anything: no password, no passphrase, and not whether a host key is right. */
  readonly batchMode: boolean
}

export interface SshSettings extends PrintedSettings {
  /** As a ProxyJump names this hop. A `Match user` before a User does not know that user yet, so only this is told to ssh again. */
  readonly named: Named
  /** Why only the system's ssh can connect as the configuration says; empty: ssh2 can. */
  readonly needsOpenSsh: readonly Clean[]
  /** `config-files`: there is no ssh on this machine, the files were read by us, with the limits of that. */
  readonly resolvedBy: 'ssh' | 'config-files'
  /** Keywords that this machine's ssh knows, in lower case. */
  readonly keywords: { has(keyword: string): boolean }
}

/** The way to a host: its own settings, and those of the hops, the one that is contacted directly first. */
export interface Route {
  readonly target: SshSettings
  readonly hops: readonly SshSettings[]
}
