import { commandLine } from '../command-line.ts'
import { atAddress } from './at-address.ts'
import type { OpenSshOptions } from './options.ts'

/** What holds for every ssh of ours, whatever a configuration says: ssh takes the first value that it meets. */
const always = ['-T', '-a', '-x', '-o', 'BatchMode=yes', '-o', 'ClearAllForwardings=yes', '-o', 'ForwardAgent=no']

/** What holds for the login. */
const login: readonly string[] = [
  'ControlPersist=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'UpdateHostKeys=no',
  'Tunnel=no',
  'AddKeysToAgent=no',
  'VisualHostKey=no',
  'ConnectionAttempts=1',
  // The least that tells which address was reached; of keepalives that went unanswered, INFO would.
  'LogLevel=VERBOSE',
]

/** The same, for those keywords that not every ssh knows: to one it does not know it answers by ending. */
const ifKnown: Readonly<Record<string, string>> = {
  forkafterauthentication: 'ForkAfterAuthentication=no',
  gssapidelegatecredentials: 'GSSAPIDelegateCredentials=no',
}

const set = (values: readonly string[]): readonly string[] => values.flatMap((value) => ['-o', value])

/** A path as a value of the configuration: `%` begins a token there. */
const asValue = (path: string): string => `"${path.replaceAll('%', '%%').replaceAll(/["\\]/g, '\\$&')}"`

const seconds = (milliseconds: number): number => Math.max(1, Math.floor(milliseconds / 1000))

/** The arguments of the ssh that logs in and holds the connection for all others. */
export const masterArguments = (options: OpenSshOptions, socket: string): readonly string[] => [
  '-M',
  '-N',
  ...always,
  ...(options.configFile === undefined ? [] : ['-F', options.configFile]),
  ...(options.as?.user === undefined ? [] : ['-l', options.as.user]),
  ...(options.as?.port === undefined ? [] : ['-p', String(options.as.port)]),
  '-S',
  socket,
  ...set(login),
  ...set(Object.keys(ifKnown).flatMap((keyword) => (options.known.has(keyword) ? (ifKnown[keyword] ?? []) : []))),
  ...set([
    `StrictHostKeyChecking=${options.strictHostKeyChecking}`,
    `UserKnownHostsFile=${[options.knownHosts.ours, ...options.knownHosts.user].map(asValue).join(' ')}`,
    // Our own limit comes later, because ssh knows better what it waited for.
    `ConnectTimeout=${seconds(options.limit)}`,
    `ServerAliveInterval=${seconds(options.keepalive.interval)}`,
    `ServerAliveCountMax=${options.keepalive.count}`,
    ...(options.mayAskAgent ? [] : ['IdentityAgent=none']),
    ...(options.passage === undefined ? [] : [`ProxyCommand=${options.passage}`, 'ProxyUseFdpass=no']),
  ]),
  ...(options.at === undefined ? [] : atAddress(options.at)),
  '--',
  options.host,
]

/**
 * What every ssh needs that uses a connection. None reads a configuration: the login has done so. Where it is refused, ssh
 * would log in by itself, so the only way that it has to the network leads nowhere.
 */
const overConnection = (socket: string): readonly string[] => [
  ...always,
  '-F',
  '/dev/null',
  '-S',
  socket,
  ...set(['ControlMaster=no', 'ProxyCommand=false', 'IdentityAgent=none', 'IdentityFile=none']),
]

/** The arguments of an ssh that runs a command over the connection; it says on stderr what becomes of it. */
export const channelArguments = (socket: string, host: string, command: string): readonly string[] => [
  ...overConnection(socket),
  ...set(['LogLevel=DEBUG2']),
  '--',
  host,
  command,
]

/**
 * The value of ProxyCommand that leads to another host through the connection, literal in every shell. Throws where the
 * program has a path that is not.
 */
export const passageThrough = (program: string, socket: string, host: string): string => {
  const asText = (word: string): string => word.replaceAll('%', '%%')
  const leads = [...overConnection(socket), ...set(['LogLevel=ERROR'])]
  return commandLine([asText(program), ...leads, '-W', '[%h]:%p', '--', asText(host)])
}
