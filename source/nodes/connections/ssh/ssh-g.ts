import type { Client } from './client.ts'
import { expandPath, expandTokens, type TokenValues } from './expand.ts'
import { readJumps } from './jump-spec.ts'
import type { JumpSpec, Methods, PrintedSettings } from './ssh-settings.ts'

/** What `ssh -G` prints: lower-case keyword to its values, in their order. */
export type Printed = ReadonlyMap<string, readonly string[]>

/** Reads the output of `ssh -G`: a keyword, a space, the rest of the line. */
export const parsePrinted = (output: string): Printed => {
  const printed = new Map<string, string[]>()
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ')
    if (space < 1) continue
    const key = line.slice(0, space).toLowerCase()
    const values = printed.get(key)
    if (values === undefined) printed.set(key, [line.slice(space + 1)])
    else values.push(line.slice(space + 1))
  }
  return printed
}

/**
 * Keywords of one value for which `none` means that it is not set (readconf.c of OpenSSH, which prints none of them then but the
 * last). For all others it is a word like any other: a user or a host may be called so.
 */
const takesNone = new Set([
  'knownhostscommand',
  'pkcs11provider',
  'proxycommand',
  'proxyjump',
  'revokedhostkeys',
  'connecttimeout',
])

/** The first value of a keyword; undefined where it is not set. */
export const valueOf = (printed: Printed, key: string): string | undefined => {
  const [value = ''] = printed.get(key) ?? []
  return value === '' || (takesNone.has(key) && value.toLowerCase() === 'none') ? undefined : value
}

/** Whether a switch is on; versions of OpenSSH print `yes` or `true`, files hold any case, and PubkeyAuthentication has kinds of yes. */
export const isOn = (printed: Printed, key: string, otherwise: boolean): boolean => {
  const value = valueOf(printed, key)
  return value === undefined ? otherwise : !['no', 'false'].includes(value.toLowerCase())
}

const number = (printed: Printed, key: string, otherwise: number): number => {
  const value = Number(valueOf(printed, key) ?? Number.NaN)
  return Number.isFinite(value) ? value : otherwise
}

/** A day: no wait is longer, and no timer of Node may be set to more than 24 of them. */
const mostSeconds = 86_400

/** ConnectTimeout; 0 is no limit to OpenSSH, so that ours holds. */
const connectTimeoutOf = (printed: Printed): number | undefined => {
  const seconds = number(printed, 'connecttimeout', 0)
  return seconds > 0 ? Math.min(seconds, mostSeconds) : undefined
}

const list = (printed: Printed, key: string): readonly string[] => valueOf(printed, key)?.split(',') ?? []

/** Bits, as OpenSSH has it where nothing else is said, and before 9.1, where nothing can be. */
const usualRsaSize = 1024

/** PubkeyAcceptedAlgorithms, which was called otherwise before OpenSSH 8.5; that one left patterns in it, by which all are taken here. */
const acceptedOf = (printed: Printed): readonly string[] => {
  const key = printed.has('pubkeyacceptedalgorithms') ? 'pubkeyacceptedalgorithms' : 'pubkeyacceptedkeytypes'
  const names = list(printed, key)
  return names.every((name) => /^[\w@.-]+$/.test(name)) ? names : []
}

/**
 * The paths of a line that holds several. ssh parts them by a space and quotes nothing, so a piece that is no absolute path
 * is taken for the rest of the one before it. A relative path beside others is lost by that; nothing is trusted for it.
 */
const paths = (printed: Printed, key: string): readonly string[] => {
  const found: string[] = []
  for (const piece of (printed.get(key) ?? []).flatMap((line) => line.split(' '))) {
    const last = found.pop()
    if (last === undefined) found.push(piece)
    else if (piece.startsWith('/')) found.push(last, piece)
    else found.push(`${last} ${piece}`)
  }
  return found.filter((path) => path !== '' && path !== 'none')
}

const strictness: Readonly<Record<string, Pick<PrintedSettings, 'strictHostKeyChecking' | 'strictWasOff'>>> = {
  yes: { strictHostKeyChecking: 'yes', strictWasOff: false },
  true: { strictHostKeyChecking: 'yes', strictWasOff: false },
  ask: { strictHostKeyChecking: 'ask', strictWasOff: false },
  'accept-new': { strictHostKeyChecking: 'accept-new', strictWasOff: false },
  no: { strictHostKeyChecking: 'accept-new', strictWasOff: true },
  false: { strictHostKeyChecking: 'accept-new', strictWasOff: true },
  off: { strictHostKeyChecking: 'accept-new', strictWasOff: true },
}

/** A word that is not known is read as the strictest. */
const strictnessOf = (printed: Printed): Pick<PrintedSettings, 'strictHostKeyChecking' | 'strictWasOff'> =>
  strictness[valueOf(printed, 'stricthostkeychecking') ?? 'ask'] ?? {
    strictHostKeyChecking: 'yes',
    strictWasOff: false,
  }

/** IdentityAgent: a path, `$NAME` or `SSH_AUTH_SOCK`. A variable that is not set is no agent, as in OpenSSH. */
const agentOf = (printed: Printed, { environment }: Client): string | undefined => {
  const [value = 'SSH_AUTH_SOCK'] = printed.get('identityagent') ?? []
  if (value === 'SSH_AUTH_SOCK') return undefined
  const [, name] = /^\$(\w+)$/.exec(value) ?? []
  return name === undefined ? value : environment[name] || 'none'
}

const familyOf = (printed: Printed): PrintedSettings['addressFamily'] => {
  const family = valueOf(printed, 'addressfamily')
  return family === 'inet' || family === 'inet6' ? family : 'any'
}

const methodsOf = (printed: Printed): Methods => ({
  publicKey: isOn(printed, 'pubkeyauthentication', true),
  password: isOn(printed, 'passwordauthentication', true),
  keyboardInteractive: isOn(
    printed,
    'kbdinteractiveauthentication',
    isOn(printed, 'challengeresponseauthentication', true),
  ),
  preferred: valueOf(printed, 'preferredauthentications')?.split(','),
  prompts: Math.max(0, number(printed, 'numberofpasswordprompts', 3)),
})

/**
 * The settings that `ssh -G` printed for a host. Identity and certificate files are the only ones that it leaves with `~`
 * and tokens in them.
 */
export const settingsOf = (printed: Printed, alias: string, client: Client): PrintedSettings => {
  const hostName = valueOf(printed, 'hostname') ?? alias
  const printedJumps = readJumps(valueOf(printed, 'proxyjump'))
  const hostKeyAlias = valueOf(printed, 'hostkeyalias')
  const port = number(printed, 'port', 22)
  const user = valueOf(printed, 'user') ?? client.user
  const values: TokenValues = { alias, hostName, port, user, hostKeyAlias, jumpHost: printedJumps.at(-1)?.host ?? '' }
  const files = (key: string): readonly string[] =>
    (printed.get(key) ?? [])
      .filter((path) => path.toLowerCase() !== 'none')
      .map((path) => expandPath(path, values, client))
  const expandHop = ({ host, user: hopUser, ...place }: JumpSpec): JumpSpec => ({
    ...place,
    host: expandTokens(host, values, client),
    ...(hopUser === undefined ? {} : { user: expandTokens(hopUser, values, client) }),
  })
  return {
    alias,
    hostName,
    port,
    user,
    identityFiles: files('identityfile'),
    identitiesOnly: isOn(printed, 'identitiesonly', false),
    identityAgent: agentOf(printed, client),
    certificateFiles: files('certificatefile'),
    jumps: printedJumps.map(expandHop),
    proxyCommand: valueOf(printed, 'proxycommand'),
    hostKeyAlias,
    userKnownHostsFiles: paths(printed, 'userknownhostsfile'),
    globalKnownHostsFiles: paths(printed, 'globalknownhostsfile'),
    ...strictnessOf(printed),
    addressFamily: familyOf(printed),
    bindAddress: valueOf(printed, 'bindaddress'),
    connectTimeout: connectTimeoutOf(printed),
    serverAliveInterval: Math.min(Math.max(0, number(printed, 'serveraliveinterval', 0)), mostSeconds),
    // At 0 a connection would end with its first keepalive.
    serverAliveCountMax: Math.max(1, number(printed, 'serveralivecountmax', 3)),
    algorithms: {
      hostKeys: list(printed, 'hostkeyalgorithms'),
      kex: list(printed, 'kexalgorithms'),
      ciphers: list(printed, 'ciphers'),
      macs: list(printed, 'macs'),
      publicKeys: acceptedOf(printed),
    },
    requiredRsaSize: number(printed, 'requiredrsasize', usualRsaSize),
    methods: methodsOf(printed),
    batchMode: isOn(printed, 'batchmode', false),
  }
}
