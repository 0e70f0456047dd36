import { clean } from '../../../text/clean.ts'
import type { Cause } from '../connection.ts'

/** What ssh says when it gives up. */
interface Refusal {
  /** A line of ssh; the last that matches any rule decides, because what a server sends comes before it. */
  readonly when: RegExp
  /** Something that must stand anywhere beside it; its groups go before those of the line. */
  readonly beside?: RegExp
  readonly state: Cause['state']
  /** What happened and what to do; `$host` is the host as the person wrote it, `$1` a group. */
  readonly cause: string
}

const hostKey = /^Host key verification failed\./
const notAllowed = /: Permission denied \(([\w,@.-]*)\)/
const noNumber = /UNKNOWN port 65535/

// In the order in which they are tried on a line.
const refusals: readonly Refusal[] = [
  {
    when: hostKey,
    beside: /REVOKED HOST KEY DETECTED/,
    state: 'denied',
    cause: 'host key revoked: known_hosts says that the key of $host was stolen or withdrawn',
  },
  {
    when: hostKey,
    beside: /HOST IDENTIFICATION HAS CHANGED[^]*Offending (?:\S+ )?key (?:for IP )?in (\S.*?):(\d+)\r?$/m,
    state: 'denied',
    cause:
      'host key changed: $host shows another key than line $2 of $1; remove that line if this was expected, else somebody may stand in between',
  },
  {
    when: hostKey,
    beside: /HOST IDENTIFICATION HAS CHANGED/,
    state: 'denied',
    cause: 'host key changed: $host shows another key than the one that is known; somebody may stand in between',
  },
  {
    when: hostKey,
    beside: /No (\S+) host key is known for/,
    state: 'denied',
    cause: 'host key unknown: no $1 key of $host is known yet; accept it first, with ssh $host',
  },
  {
    when: hostKey,
    state: 'denied',
    cause: 'host key refused: it cannot be checked; see what ssh $host says',
  },
  {
    when: /Too many authentication failures/,
    state: 'denied',
    cause: 'too many keys offered before the right one: set IdentityFile and IdentitiesOnly yes for $host',
  },
  {
    when: notAllowed,
    beside: /agent refused operation/,
    state: 'denied',
    cause: 'authentication failed: the agent has the key and refuses to sign with it',
  },
  {
    when: notAllowed,
    beside: /bad permissions|permissions are too open|UNPROTECTED PRIVATE KEY/i,
    state: 'denied',
    cause: 'authentication failed: others can read the key file, so ssh does not use it: chmod 600',
  },
  {
    when: notAllowed,
    state: 'denied',
    cause: 'authentication failed: no key was accepted, $host takes $1',
  },
  {
    when: /Authentication failed\.|Permission denied, please try again/,
    state: 'denied',
    cause: 'authentication failed: no key was accepted',
  },
  { when: /No more authentication methods/, state: 'denied', cause: 'authentication failed: no key was accepted' },
  {
    when: /Unable to negotiate with .*: (no matching [^.]*) found/,
    state: 'lost',
    cause: '$1: this ssh and $host have none in common, one of them is too old or set too narrow',
  },
  {
    when: /: terminating, \d+ bad configuration/,
    beside: /(?:^|: |^.* )(line \d+: .*?)\r?$/m,
    state: 'denied',
    cause: 'ssh refuses its configuration: $1',
  },
  { when: /(?:^|: | )(line \d+: .*)/, state: 'denied', cause: 'ssh refuses its configuration: $1' },
  {
    when: noNumber,
    beside: /open failed: (?:connect failed|administratively prohibited): (.*?)\r?$/m,
    state: 'lost',
    cause: 'the jump host cannot reach $host: $1',
  },
  {
    when: noNumber,
    beside: /(?:mux_client|ontrol socket|stdio forwarding)/i,
    state: 'lost',
    cause: 'the jump host does not lead to $host',
  },
  {
    when: noNumber,
    state: 'lost',
    cause: 'the ProxyCommand or jump host of $host ended before a greeting: see what ssh $host says',
  },
  {
    when: /Could not resolve hostname (\S+): Temporary failure/,
    state: 'lost',
    cause: 'name servers do not answer for $1',
  },
  {
    when: /Could not resolve hostname (\S+):/,
    state: 'lost',
    cause: 'unknown name: no name server knows $1; check the spelling, or set HostName',
  },
  {
    when: /port \d+: Connection refused/,
    state: 'lost',
    cause: 'refused: nothing listens there; is sshd running, is the port right?',
  },
  { when: /port \d+: No route to host/, state: 'lost', cause: 'unreachable: no route to the host' },
  { when: /port \d+: Network is unreachable/, state: 'lost', cause: 'unreachable: no route to its network' },
  {
    when: /timed out during banner exchange|port \d+ timed out/,
    state: 'lost',
    cause: 'accepts connections and says nothing: sshd hangs, or it is no ssh server',
  },
  {
    when: /port \d+: (?:Connection|Operation) timed out/,
    state: 'lost',
    cause: 'does not answer: a firewall drops packets, or the host is down',
  },
  {
    when: /^Timeout, server .* not responding/,
    state: 'lost',
    cause: 'no answer to keepalives: the network or the host is gone',
  },
  {
    when: /banner line contains invalid characters|Bad packet length|banner exchange: .*invalid format|No SSH (?:identification|version)/i,
    state: 'lost',
    cause: 'is no ssh server: it greets otherwise',
  },
  {
    when: /^Connection (?:closed|reset) by /,
    beside: /kex_exchange_identification: (?:Connection closed|read: Connection reset)/,
    state: 'lost',
    cause: 'closed before its greeting: too many logins at once (MaxStartups), or the address is blocked for a while',
  },
  {
    when: /Connection reset by|Broken pipe|client_loop: send disconnect/,
    state: 'lost',
    cause: 'reset: the connection was cut',
  },
  { when: /closed by remote host|^Connection closed by/, state: 'lost', cause: 'closed by the server' },
  { when: /Received disconnect from .*?:\d+: (.*)/, state: 'lost', cause: 'closed by the server: $1' },
]

/** What ssh says when it opens no channel over a connection that lives; the first that matches anything decides. */
const channelRefusals: readonly Refusal[] = [
  {
    when: /Session open refused by peer/,
    state: 'no-data',
    cause: '$host opens no further session: MaxSessions of its sshd is reached',
  },
  // It found nobody on the socket, and went the way to the network that leads nowhere.
  { when: noNumber, state: 'lost', cause: 'the connection is gone' },
]

const filled = (cause: string, host: string, groups: readonly (string | undefined)[]): string =>
  cause.replaceAll(/\$(host|\d)/g, (_, name: string) => (name === 'host' ? host : (groups[Number(name) - 1] ?? '')))

/** How a line is read by a rule: the cause, or undefined. */
const readBy = (rule: Refusal, line: string, said: string, host: string): Cause | undefined => {
  const match = rule.when.exec(line)
  const beside = match === null ? null : rule.beside?.exec(said)
  if (match === null || beside === null) return undefined
  const groups = [...(beside?.slice(1) ?? []), ...match.slice(1)]
  return { state: rule.state, cause: clean(filled(rule.cause, host, groups), 500) }
}

const causeByLines = (said: string, host: string): Cause | undefined => {
  for (const line of said.split(/\r?\n/).toReversed())
    for (const rule of refusals) {
      const cause = readBy(rule, line, said, host)
      if (cause !== undefined) return cause
    }
  return undefined
}

const lastLine = (said: string): string => said.trim().split(/\r?\n/).at(-1) ?? ''

/** Why a login failed or a connection ended, from what ssh said; `otherwise`: where it said nothing. */
export const causeOfEnd = (said: string, host: string, otherwise: string): Cause =>
  causeByLines(said, host) ?? { state: 'lost', cause: clean(lastLine(said) || otherwise, 500) }

/** Why no channel was opened, from what the ssh said that asked for it. */
export const causeOfChannel = (said: string, host: string): Cause => {
  for (const rule of channelRefusals) {
    const cause = readBy(rule, said, said, host)
    if (cause !== undefined) return cause
  }
  const why = lastLine(said) || 'no reason given'
  return { state: 'no-data', cause: clean(`${host} does not open another channel: ${why}`, 500) }
}
