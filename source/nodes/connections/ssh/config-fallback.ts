import { type Directive, type Line, SSHConfig } from 'ssh-config'
import type { Client } from './client.ts'
import { isBlock, isDirective } from './config-files.ts'
import { expandPath, expandTokens, type TokenValues } from './expand.ts'
import { readJumps } from './jump-spec.ts'
import type { Asked } from './run-ssh-g.ts'
import type { Printed } from './ssh-g.ts'

/**
 * What `ssh -G` would print, from the files alone: for machines without ssh. The limits: Match exec never matches, nor do
 * negated, canonical, tagged and localnetwork criteria; host names are not canonicalised; Host and Match blocks of a file
 * included inside a block are left out; lists of algorithms that add or remove are left out; of an identity file's tokens
 * `%C` stays.
 */
type Values = Readonly<Record<string, string | readonly string[]>>

/** Its own resolver would be run, and wait. */
const dropped = /^canonical(?:izehostname|domains)$/i

/** The library asks for these two by their full names. */
const named: Readonly<Record<string, string>> = { hostname: 'HostName', user: 'User' }

const prepared = (lines: readonly Line[]): SSHConfig => {
  const config = new SSHConfig()
  for (const line of lines) {
    if (isBlock(line)) config.push({ ...line, config: prepared(line.config.filter((inner) => !isBlock(inner))) })
    else if (!isDirective(line)) config.push(line)
    else if (!dropped.test(line.param)) config.push(renamed(line))
  }
  return config
}

const renamed = (line: Directive): Directive => ({ ...line, param: named[line.param.toLowerCase()] ?? line.param })

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of a time as ssh_config writes it: `90`, `1m30s`. */
const seconds = (text: string): string =>
  String(
    [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)].reduce(
      (sum, [, digits, unit = '']) => sum + Number(digits) * (units[unit] ?? 0),
      0,
    ),
  )

const usual: Readonly<Record<string, readonly string[]>> = {
  identityfile: ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk', 'xmss', 'dsa'].map((kind) => `~/.ssh/id_${kind}`),
  userknownhostsfile: ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'],
  globalknownhostsfile: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
}

const times = new Set(['connecttimeout', 'serveraliveinterval'])
const algorithms = new Set(['hostkeyalgorithms', 'kexalgorithms', 'ciphers', 'macs', 'pubkeyacceptedalgorithms'])
/** Values that are words of OpenSSH's own, in any case. */
const words =
  /^(?:.*authentication|stricthostkeychecking|checkhostip|identitiesonly|addressfamily|proxyusefdpass|verifyhostkeydns)$/

type Written = (values: readonly string[], of: TokenValues, client: Client) => readonly string[]

const path = (text: string, of: TokenValues, client: Client): string =>
  text === 'none' || /^\$\w+$/.test(text) || text === 'SSH_AUTH_SOCK' ? text : expandPath(text, of, client)

const all: Written = (values, of, client) => values.map((value) => path(value, of, client))

/** How some values are printed; the others are as they are written. */
const writing: Readonly<Record<string, Written>> = {
  identityfile: (values) => values,
  certificatefile: (values) => values,
  userknownhostsfile: all,
  globalknownhostsfile: all,
  identityagent: all,
  hostkeyalias: (values) => values.map((value) => value.toLowerCase()),
}

const printedValue = (key: string, values: readonly string[], of: TokenValues, client: Client): readonly string[] => {
  const write = writing[key]
  if (write !== undefined) return write([...new Set(values)], of, client)
  const text = values.join(' ')
  if (times.has(key)) return [/^\d/.test(text) ? seconds(text) : text]
  if (algorithms.has(key)) return /^[+^-]/.test(text) ? [] : [text]
  return [words.test(key) ? text.toLowerCase() : text]
}

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value

/** Of ProxyJump and ProxyCommand the one that is set first holds; a hop before this one is set before both. */
const proxyOf = (values: Values, via: string | undefined): Values => {
  const first = Object.keys(values).find((key) => key === 'proxyjump' || key === 'proxycommand')
  const { proxyjump, proxycommand, ...others } = values
  if (via !== undefined) return { ...others, proxyjump: via }
  if (first === 'proxyjump' && proxyjump !== undefined) return { ...others, proxyjump }
  return proxycommand === undefined ? others : { ...others, proxycommand }
}

/** What the configuration says about a host, in the words of `ssh -G`; never runs anything. */
export const printedFromFiles = (
  config: readonly Line[],
  { host, user, port, via }: Asked,
  client: Client,
): Printed => {
  const computed = prepared(config).compute(
    { Host: host, ...(user === undefined ? {} : { User: user }) },
    { ignoreCase: true, matchExec: false },
  )
  const values = proxyOf(computed, via)
  const one = (key: string): string | undefined => list(values[key])[0]
  const plain = {
    alias: host,
    user: user ?? one('user') ?? client.user,
    jumpHost: readJumps(one('proxyjump')).at(-1)?.host ?? '',
  }
  const bare: TokenValues = {
    ...plain,
    hostName: host,
    port: port ?? Number(one('port') ?? 22),
    hostKeyAlias: one('hostkeyalias')?.toLowerCase(),
  }
  const of = { ...bare, hostName: expandTokens(one('hostname') ?? host, bare, client).toLowerCase() }
  const printed = new Map(
    Object.entries({ ...usual, ...values }).map(([key, value]) => [key, printedValue(key, list(value), of, client)]),
  )
  return printed
    .set('hostname', [of.hostName])
    .set('user', [of.user])
    .set('port', [String(of.port)])
}
