import type { Cause } from '../connection.ts'

/**
 * How something that ssh says when it gives up is read. Its patterns are tried on one line at a time, and take a time that grows
 * with the line and no faster: what a server writes may stand in it. So `.*` stands where a pattern began at the start of the
 * line, or at its end.
 */
export interface Refusal {
  /** A line of ssh; the last that matches any rule decides, because what a server sends comes before it. */
  readonly when: RegExp
  /** Each must stand in some line beside it, in the last that has it; their groups go before those of the line. */
  readonly beside?: readonly RegExp[]
  readonly state: Cause['state']
  /** What happened; `$host` is the host as the person wrote it, `$1` a group. */
  readonly cause: string
  /** What to do about it, in the same way. */
  readonly todo: string
  /** Nobody was there to answer: as in `Cause`. */
  readonly unreached?: true
  /** The server refused what there was to log in with. `key`: another key would help; `no-key`: it takes none, whichever. */
  readonly login?: 'key' | 'no-key' | 'other'
}

/** Where no key was accepted, as far as ssh tells. */
const addKey =
  'add one with ssh-copy-id (or have it signed, where the server takes certificates), or name another with IdentityFile'
/** Of what passes by itself, as a rule. */
const cut = 'it is tried again by itself; see the log of its sshd if it lasts'

const hostKey = /^Host key verification failed\./
const notAllowed = /: Permission denied \(([\w,@.-]*)\)/
const noNumber = /UNKNOWN port 65535/
const configurationLine = /(?:^| )(line \d+: .*)/

/** What ssh says when it gives up, in the order in which it is tried on a line. */
export const refusals: readonly Refusal[] = [
  {
    when: hostKey,
    beside: [/REVOKED HOST KEY DETECTED/],
    state: 'denied',
    cause: 'host key revoked: known_hosts says that the key of $host was stolen or withdrawn',
    todo: 'give $host a new host key, and do not log in before',
  },
  {
    when: hostKey,
    beside: [/HOST IDENTIFICATION HAS CHANGED/, /^Offending (?:\S+ )?key (?:for IP )?in (\S.*):(\d+)$/],
    state: 'denied',
    cause: 'host key changed: $host shows another key than line $2 of $1',
    todo: 'remove that line if this was expected, else somebody may stand in between',
  },
  {
    when: hostKey,
    beside: [/HOST IDENTIFICATION HAS CHANGED/],
    state: 'denied',
    cause: 'host key changed: $host shows another key than the one that is known',
    todo: 'find out why before anybody logs in: somebody may stand in between',
  },
  {
    when: hostKey,
    beside: [/No (\S+) host key is known for/],
    state: 'denied',
    cause: 'host key unknown: no $1 key of $host is known yet',
    todo: 'accept it first, with ssh $host',
  },
  {
    when: hostKey,
    state: 'denied',
    cause: 'host key refused: it cannot be checked',
    todo: 'see what ssh $host says',
  },
  {
    when: /Too many authentication failures/,
    state: 'denied',
    login: 'other',
    cause: 'too many keys offered before the right one',
    todo: 'set IdentityFile and IdentitiesOnly yes for $host',
  },
  {
    when: notAllowed,
    beside: [/agent refused operation/],
    state: 'denied',
    login: 'other',
    cause: 'authentication failed: the agent has the key and refuses to sign with it',
    todo: 'confirm it when the agent asks, or add the key again with ssh-add',
  },
  {
    when: notAllowed,
    beside: [/bad permissions|permissions are too open|UNPROTECTED PRIVATE KEY/i],
    state: 'denied',
    login: 'other',
    cause: 'authentication failed: others can read the key file, so ssh does not use it',
    todo: 'chmod 600 it',
  },
  {
    when: /: Permission denied \((?![\w,@.-]*publickey)([\w,@.-]+)\)/,
    state: 'denied',
    login: 'no-key',
    cause: 'authentication failed: $host takes only $1',
    todo: 'allow publickey in its sshd, or answer it yourself with --transport ssh',
  },
  {
    when: notAllowed,
    state: 'denied',
    login: 'key',
    cause: 'authentication failed: no key was accepted, $host takes $1',
    todo: addKey,
  },
  {
    when: /Authentication failed\.|Permission denied, please try again|No more authentication methods/,
    state: 'denied',
    login: 'key',
    cause: 'authentication failed: no key was accepted',
    todo: addKey,
  },
  {
    when: /^Unable to negotiate with \S+(?: port \d+)?: (no matching [^.:]*) found/,
    state: 'lost',
    cause: '$1: this ssh and $host have none in common, one of them is too old or set too narrow',
    todo: 'compare ssh -Q with what its sshd allows',
  },
  {
    when: /: terminating, \d+ bad configuration/,
    beside: [configurationLine],
    state: 'denied',
    cause: 'ssh refuses its configuration: $1',
    todo: 'mend that line',
  },
  {
    when: configurationLine,
    state: 'denied',
    cause: 'ssh refuses its configuration: $1',
    todo: 'mend that line',
  },
  {
    when: noNumber,
    beside: [/open failed: (?:connect failed|administratively prohibited): (.*)/],
    state: 'lost',
    unreached: true,
    cause: 'the jump host cannot reach $host: $1',
    todo: 'try it from there, and look at AllowTcpForwarding of its sshd',
  },
  {
    when: noNumber,
    beside: [/(?:mux_client|ontrol socket|stdio forwarding)/i],
    state: 'lost',
    cause: 'the jump host does not lead to $host',
    todo: 'see what ssh $host says',
  },
  {
    when: noNumber,
    state: 'lost',
    cause: 'the ProxyCommand or jump host of $host ended before a greeting',
    todo: 'see what ssh $host says',
  },
  {
    when: /Could not resolve hostname (\S+): Temporary failure/,
    state: 'lost',
    unreached: true,
    cause: 'name servers do not answer for $1',
    todo: 'look at /etc/resolv.conf, or set HostName to an address',
  },
  {
    when: /Could not resolve hostname (\S+):/,
    state: 'lost',
    unreached: true,
    cause: 'unknown name: no name server knows $1',
    todo: 'check the spelling, or set HostName',
  },
  {
    when: /port \d+: Connection refused/,
    state: 'lost',
    unreached: true,
    cause: 'refused: nothing listens there',
    todo: 'is sshd running, is the port right?',
  },
  {
    when: /port \d+: No route to host/,
    state: 'lost',
    unreached: true,
    cause: 'unreachable: no route to the host',
    todo: 'is it up, is its address right?',
  },
  {
    when: /port \d+: Network is unreachable/,
    state: 'lost',
    unreached: true,
    cause: 'unreachable: no route to its network',
    todo: 'is a VPN down, or a jump host not named?',
  },
  {
    when: /timed out during banner exchange|port \d+ timed out/,
    state: 'lost',
    cause: 'accepts connections and says nothing: sshd hangs, or it is no ssh server',
    todo: 'check the port, and look at the host from its console',
  },
  {
    when: /port \d+: (?:Connection|Operation) timed out/,
    state: 'lost',
    unreached: true,
    cause: 'does not answer: a firewall drops packets, or the host is down',
    todo: 'check its address and the way to it',
  },
  {
    when: /^Timeout, server .* not responding/,
    state: 'lost',
    cause: 'no answer to keepalives: the network or the host is gone',
    todo: cut,
  },
  {
    when: /banner line contains invalid characters|Bad packet length|^banner exchange: .*invalid format|No SSH (?:identification|version)/i,
    state: 'lost',
    cause: 'is no ssh server: it greets otherwise',
    todo: 'is the port right?',
  },
  {
    when: /^Connection (?:closed|reset) by /,
    beside: [/kex_exchange_identification: (?:Connection closed|read: Connection reset)/],
    state: 'lost',
    cause: 'closed before its greeting: too many logins at once, or the address is blocked for a while',
    todo: 'look at MaxStartups and the log of its sshd',
  },
  {
    when: /Connection reset by|Broken pipe|client_loop: send disconnect/,
    state: 'lost',
    cause: 'reset: the connection was cut',
    todo: cut,
  },
  {
    when: /Received disconnect from \S+ port \d+:\d+: (.*)/,
    state: 'lost',
    cause: 'closed by the server: $1',
    todo: cut,
  },
  { when: /closed by remote host|^Connection closed by/, state: 'lost', cause: 'closed by the server', todo: cut },
]

/** What ssh says when it opens no channel over a connection that lives; the first that matches anything decides. */
export const channelRefusals: readonly Refusal[] = [
  {
    when: /Session open refused by peer/,
    state: 'no-data',
    cause: '$host opens no further session: MaxSessions of its sshd is reached',
    todo: 'raise it to 10 or more, or end other sessions of this user',
  },
  // It found nobody on the socket, and went the way to the network that leads nowhere.
  { when: noNumber, state: 'lost', cause: 'the connection is gone', todo: cut },
]
