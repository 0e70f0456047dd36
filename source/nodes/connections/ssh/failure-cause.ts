import { clean } from '../../../text/clean.ts'
import { type Cause, ConnectionError } from '../connection.ts'

/** Why no connection came to be, or one ended, before anybody was logged in. */
interface Rule {
  /** The code of a system error, or a pattern of the message. */
  readonly when: string | RegExp
  readonly state: Cause['state']
  /** What happened and what to do; `$` is the host as the person wrote it. */
  readonly cause: string
  readonly unreached?: true
}

/** Of what passes by itself, as a rule. */
const cut = 'it is tried again by itself; see the log of its sshd if it lasts'
const forbidden =
  'unreachable: this machine forbids it: a prohibit route, or its own firewall; see ip route get and nft list ruleset'
const silentNames = 'name servers do not answer for $; look at /etc/resolv.conf, or set HostName to an address'

// In the order in which they are tried.
const rules: readonly Rule[] = [
  {
    when: 'ECONNREFUSED',
    state: 'lost',
    unreached: true,
    cause: 'refused: nothing listens there; is sshd running, is the port right?',
  },
  {
    when: 'EHOSTUNREACH',
    state: 'lost',
    unreached: true,
    cause: 'unreachable: no route to the host; is it up, is its address right?',
  },
  {
    when: 'ENETUNREACH',
    state: 'lost',
    unreached: true,
    cause: 'unreachable: no route to its network; is a VPN down, or a jump host not named?',
  },
  {
    // Of a blackhole route, and of a BindAddress that cannot go there.
    when: 'EINVAL',
    state: 'lost',
    unreached: true,
    cause:
      'unreachable: this machine sends nothing to that address: a blackhole route, or a BindAddress of another network; see ip route get',
  },
  { when: 'EACCES', state: 'lost', unreached: true, cause: forbidden },
  { when: 'EPERM', state: 'lost', unreached: true, cause: forbidden },
  {
    when: 'ETIMEDOUT',
    state: 'lost',
    unreached: true,
    cause: 'does not answer: a firewall drops packets, or the host is down; check its address and the way to it',
  },
  {
    when: 'ENOTFOUND',
    state: 'lost',
    unreached: true,
    cause: 'unknown name: no name server knows $; check the spelling, or set HostName',
  },
  { when: 'EAI_AGAIN', state: 'lost', unreached: true, cause: silentNames },
  { when: 'ETIMEOUT', state: 'lost', unreached: true, cause: silentNames },
  { when: 'ECONNRESET', state: 'lost', cause: `reset: the connection was cut; ${cut}` },
  { when: 'EPIPE', state: 'lost', cause: `reset: the connection was cut; ${cut}` },
  // In the words of ssh2, where something is asked of it that needs a connection.
  { when: /^Not connected$/, state: 'lost', cause: `closed: the connection was cut; ${cut}` },
  {
    when: 'EMFILE',
    state: 'lost',
    cause: 'kntop may open no more files: raise the limit with ulimit -n before starting it',
  },
  { when: 'ENFILE', state: 'lost', cause: 'this machine has no more file descriptors; end other programs' },
  { when: 'EADDRNOTAVAIL', state: 'lost', cause: 'no local address or port to connect from; check BindAddress' },
  {
    when: /Connection lost before handshake|before handshake/i,
    state: 'lost',
    cause:
      'closed before its greeting: too many logins at once (MaxStartups), an address that is blocked for a while, or no ssh server; see the log of its sshd',
  },
  {
    when: /Keepalive timeout/,
    state: 'lost',
    cause: `no answer to keepalives: the network or the host is gone; ${cut}`,
  },
  {
    when: /Timed out while waiting for handshake/,
    state: 'lost',
    cause:
      'accepts connections and says nothing: sshd hangs, or it is no ssh server; check the port, and look at the host from its console',
  },
  {
    when: /Timed out while waiting for login/,
    state: 'lost',
    cause: 'does not finish the login: sshd or PAM hangs; look at the host from its console',
  },
  {
    when: /Invalid identification|protocol identification/i,
    state: 'lost',
    cause: 'is no ssh server: it greets otherwise; is the port right?',
  },
]

/** Nobody's doing but ours: nothing more can be opened or started. */
export const isOutOfFiles = ({ code }: { readonly code?: string | undefined }): boolean =>
  code === 'EMFILE' || code === 'ENFILE'

/** A server that shares no algorithm with us: OpenSSH may. */
export const isNegotiationFailure = (error: unknown): boolean =>
  error instanceof Error && /^Handshake failed: no matching |^Unsupported .*algorithm/i.test(error.message)

/** The cause of an error from the network or the protocol, for a link. */
export const causeOfFailure = (error: unknown, host: string): Cause => {
  // Of a way that ended, and says so itself.
  if (error instanceof ConnectionError) return error.reason
  const { code = '', message = String(error) } = (error ?? {}) as { code?: string; message?: string }
  const rule = rules.find(({ when }) => (typeof when === 'string' ? when === code : when.test(message)))
  if (rule !== undefined)
    return {
      state: rule.state,
      cause: clean(rule.cause.replaceAll('$', () => host)),
      ...(rule.unreached === undefined ? {} : { unreached: rule.unreached }),
    }
  return { state: 'lost', cause: clean(message) }
}

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED and SSH_OPEN_CONNECT_FAILED of RFC 4254. */
const [prohibited, failed] = [1, 2]

/** Whether a server between says that nobody answered it. */
export const isUnreachedBehind = (error: Error): boolean =>
  (error as { readonly reason?: unknown }).reason === failed && !error.message.endsWith('open failed')

/** Why a server opens no channel, and what to do. sshd says "open failed" where no session more is allowed. */
export const causeOfChannel = (error: Error): string => {
  const { reason } = error as { readonly reason?: unknown }
  const words = error.message.replace(/^\(SSH\) Channel open failure: /, '')
  // In the words of ssh2, where the channel is there and the server says no to the program.
  if (words === 'Unable to exec')
    return 'its sshd can start no program: out of processes, memory or files (pids.max, ulimit -u); see its log'
  if (reason === prohibited) return `its sshd forbids it, see AllowTcpForwarding and PermitOpen (${words})`
  return reason === failed && words === 'open failed'
    ? 'MaxSessions of its sshd is reached; raise it to 10 or more'
    : words
}
