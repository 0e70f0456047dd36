/** What the configuration says of logging in to one host; a part of `SshSettings`. */
export interface AuthenticationSettings {
  readonly user: string
  /** Absolute, in the order in which they are named; not every one exists. */
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** The agent's socket, `none`, or undefined: the one of SSH_AUTH_SOCK. */
  readonly identityAgent: string | undefined
  readonly methods: AllowedMethods
  readonly algorithms: {
    /** PubkeyAcceptedAlgorithms; empty: all. */
    readonly publicKeys: readonly string[]
  }
  /** Bits that an RSA key has to have, ours and that of the host. */
  readonly requiredRsaSize: number
}

/** Ways to log in that the configuration leaves open. */
export interface AllowedMethods {
  readonly publicKey: boolean
  readonly password: boolean
  readonly keyboardInteractive: boolean
  /** PreferredAuthentications: what it does not name is not tried; undefined: everything is. */
  readonly preferred: readonly string[] | undefined
  /** Answers that a login may take by each method, and passphrases of a key (NumberOfPasswordPrompts); undefined: 3. */
  readonly prompts?: number
}

/** Whether the configuration leaves a method open, by its name in the protocol. */
export const allows = (
  { publicKey, password, keyboardInteractive, preferred }: AllowedMethods,
  method: string,
): boolean => {
  if (preferred !== undefined && !preferred.includes(method)) return false
  if (method === 'publickey') return publicKey
  return method === 'password' ? password : method !== 'keyboard-interactive' || keyboardInteractive
}

/** Where the agent listens; undefined: none is to be used. */
export const agentSocket = (
  { identityAgent }: Pick<AuthenticationSettings, 'identityAgent'>,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  const named = identityAgent ?? environment.SSH_AUTH_SOCK
  return named === undefined || named === '' || named === 'none' ? undefined : named
}
