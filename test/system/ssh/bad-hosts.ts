import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Link } from '../../../source/events/link.ts'
import { run, start } from '../support/command.ts'
import { makeKey } from './keys.ts'
import type { Lab } from './lab.ts'
import { addresses, namespaceOf } from './network.ts'
import type { NodeOptions, SshNode } from './nodes.ts'

/** A host that something is wrong with, and what a person reads of it. */
export interface Bad {
  /** Also its name in the configuration; one that nothing is configured for is only named. */
  readonly name: string
  /** What stands for it: a node of its own, unless nobody is reached. */
  readonly node?: Partial<NodeOptions> | ((lab: Lab) => Promise<Partial<NodeOptions>>) | 'none'
  /** Lines of the configuration. */
  readonly lines?: readonly string[] | ((lab: Lab) => Promise<readonly string[]>)
  /** What is done before anybody connects. */
  readonly first?: (lab: Lab, node: SshNode) => Promise<void>
  readonly state: Link['state']
  readonly transport?: Link['transport']
  /** The whole cause; for one that lives, the remark. Without it there must be none. */
  readonly says?: string | RegExp
  /** Keys and answers that its sshd may refuse, at most. */
  readonly failed?: number
}

const keyed = async (lab: Lab, ...names: readonly string[]): Promise<readonly string[]> =>
  Promise.all(names.map(async (name) => `IdentityFile ${await makeKey(lab.folder, name)}`))

/** Only keys that an authority of ours has signed log in. */
const certified = async (lab: Lab): Promise<Partial<NodeOptions>> => {
  const authority = await makeKey(lab.folder, 'authority')
  const user = await makeKey(lab.folder, 'certified')
  await run([
    ...(['ssh-keygen', '-q', '-s', authority, '-I', 'karin', '-n', 'karin'] as const),
    ...['-V', '-1m:+1h', `${user}.pub`],
  ])
  return { settings: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none'] }
}

const shell = (path: string, home: Readonly<Record<string, string>> = {}): Pick<Bad, 'node'> => ({
  node: { shell: path, home },
})
const forced = (command: string): Pick<Bad, 'node'> => ({ node: { settings: [`ForceCommand ${command}`] } })

/** Somebody listens there who is no sshd: a program of perl that has a client in `$c`. */
const listens = (program: string): Pick<Bad, 'lines' | 'first'> => ({
  lines: ['Port 2222'],
  async first(_, node) {
    const perl = `use IO::Socket::INET; $SIG{PIPE}='IGNORE'; $|=1;
      my $s = IO::Socket::INET->new(Listen => 9, LocalPort => 2222, ReuseAddr => 1) or die;
      print "ready\\n"; while (my $c = $s->accept) { ${program} }`
    await start([...node.enter, 'perl', '-e', perl]).said(/^ready/)
  },
})

const banner = async (lab: Lab): Promise<Partial<NodeOptions>> => {
  const file = join(lab.folder, 'banner')
  writeFileSync(
    file,
    '\u001b[2J\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007 REMOTE HOST IDENTIFICATION HAS CHANGED!\n',
  )
  return { settings: [`Banner ${file}`] }
}

const needsShell = '; kntop needs a shell that runs commands'
const slow = 'the sampler did not greet within 10 s: the login shell is slow, or waits; see its start-up files'
const answers = 'no sampler: the login shell or a forced command answers'

/** By what is wrong with them: those of a group are watched together. */
export const groups: Readonly<Record<string, readonly Bad[]>> = {
  'a login that is refused': [
    {
      name: 'wrong-key',
      lines: (lab) => keyed(lab, 'wrong'),
      node: async (lab) => ({ keys: [await makeKey(lab.folder, 'right')] }),
      state: 'denied',
      says: 'server refused 2 keys (wrong, key) for karin; have one added to its authorized_keys, or signed, or name another with IdentityFile',
      failed: 2,
    },
    {
      name: 'wrong-user',
      lines: ['User somebody'],
      state: 'denied',
      says: 'server refused 1 key (key) for somebody; have one added to its authorized_keys, or signed, or name another with IdentityFile',
      failed: 1,
    },
    {
      name: 'right-key-last-of-eight',
      node: { settings: ['MaxAuthTries 6'] },
      lines: (lab) => keyed(lab, 'a', 'b', 'c', 'd', 'e', 'f', 'g'),
      state: 'denied',
      says: 'server refused 4 keys (a, b, c, d) for karin; 4 more not tried (e, f, g, key): name the right one with IdentityFile',
      failed: 4,
    },
    {
      name: 'password-only',
      node: { settings: ['AuthenticationMethods password', 'PasswordAuthentication yes'] },
      state: 'denied',
      says: "server refused 1 key (key) for karin; the server takes only password: allow publickey in its sshd, or answer it on kntop's screen, where your configuration allows that",
      failed: 1,
    },
    {
      name: 'certificate-only',
      node: certified,
      lines: ['IdentityFile none'],
      state: 'denied',
      says: /^server refused 1 key \(key\) for karin; |^no key to offer for karin/,
      failed: 1,
    },
  ],
  'a login that takes more': [
    {
      name: 'certificate',
      node: certified,
      lines: (lab) => keyed(lab, 'certified'),
      state: 'live',
      transport: 'openssh',
    },
    {
      name: 'post-quantum',
      node: { settings: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] },
      state: 'live',
      transport: 'openssh',
    },
    { name: 'banner', node: banner, state: 'live' },
    {
      name: 'one-session',
      node: { settings: ['MaxSessions 1'] },
      state: 'live',
      says: 'new logins fail: one-session does not open another channel: MaxSessions of its sshd is reached; raise it to 10 or more',
    },
    {
      name: 'no-session',
      node: { settings: ['MaxSessions 0'] },
      state: 'no-data',
      says: 'no-session does not open another channel: MaxSessions of its sshd is reached; raise it to 10 or more',
    },
    {
      name: 'one-startup',
      node: { settings: ['MaxStartups 1'] },
      async first(lab, node) {
        start([...lab.enter, 'bash', '-c', `exec 3<>/dev/tcp/${node.address}/22; exec sleep 300`])
        await expect.poll(() => node.logins().contacts).toBe(1)
      },
      state: 'lost',
      says: 'closed before its greeting: too many logins at once (MaxStartups); it is tried again by itself; see who else logs in, or raise it',
    },
  ],
  'a network that leads nowhere': [
    {
      name: 'black-hole-route',
      node: 'none',
      lines: async () => {
        await run(['ip', '-n', namespaceOf('client'), 'route', 'add', 'blackhole', '10.99.0.0/16'])
        return ['HostName 10.99.1.1']
      },
      state: 'lost',
      says: /^unreachable: this machine sends nothing to that address: /,
    },
    {
      name: 'prohibited-route',
      node: 'none',
      lines: async () => {
        await run(['ip', '-n', namespaceOf('client'), 'route', 'add', 'prohibit', '10.98.0.0/16'])
        return ['HostName 10.98.1.1']
      },
      state: 'lost',
      says: /^unreachable: this machine forbids it: /,
    },
    {
      name: 'refused',
      lines: ['Port 2222'],
      state: 'lost',
      says: 'refused: nothing listens there; is sshd running, is the port right?',
    },
    {
      name: 'no-route',
      node: 'none',
      lines: [`HostName ${addresses.elsewhere}`],
      state: 'lost',
      says: 'unreachable: no route to its network; is a VPN down, or a jump host not named?',
    },
    {
      name: 'nobody',
      node: 'none',
      lines: [`HostName ${addresses.nobody}`],
      state: 'lost',
      says: 'unreachable: no route to the host; is it up, is its address right?',
    },
    {
      name: 'dropped',
      node: 'none',
      lines: [`HostName ${addresses.blackHole}`],
      state: 'lost',
      says: 'does not answer: a firewall drops packets, or the host is down; check its address and the way to it',
    },
    {
      name: 'silent',
      ...listens('push @all, $c'),
      state: 'lost',
      says: 'accepts connections and says nothing: sshd hangs, or it is no ssh server; check the port, and look at the host from its console',
    },
    {
      name: 'no-sshd',
      ...listens('print $c "HTTP/1.1 400 Bad Request\\r\\n\\r\\n"; close $c'),
      state: 'lost',
      says: 'is no ssh server, it greets with "HTTP/1.1 400 Bad Request"; is the port right?',
    },
    {
      name: 'floods-at-once',
      ...listens('while (print $c "x" x 4000 . "\\r\\n") {}'),
      state: 'lost',
      says: 'floods: more than 256 KB before the login; is it an sshd, is the port right?',
    },
  ],
  'a login shell that is another': [
    { name: 'csh', ...shell('/usr/bin/csh'), state: 'live' },
    { name: 'fish', ...shell('/usr/bin/fish'), state: 'live' },
    { name: 'zsh', ...shell('/usr/bin/zsh'), state: 'live' },
    {
      name: 'nologin',
      ...shell('/usr/sbin/nologin'),
      state: 'no-data',
      says: new RegExp(`^${answers} "This account is currently not available\\." \\(.+\\)${needsShell}$`),
    },
    {
      name: 'false',
      ...shell('/bin/false'),
      state: 'no-data',
      says: 'the sampler ended with status 1 before it greeted; kntop needs a login shell that runs commands',
    },
    { name: 'prints', ...shell('/bin/bash', { '.bashrc': 'echo hello; echo there >&2\n' }), state: 'live' },
    { name: 'reads', ...shell('/bin/bash', { '.bashrc': 'read -r x\n' }), state: 'live' },
    { name: 'sleeps', ...shell('/bin/bash', { '.bashrc': 'sleep 300\n' }), state: 'no-data', says: slow },
    {
      name: 'prints-and-sleeps',
      ...shell('/bin/bash', { '.bashrc': 'printf hello; sleep 300\n' }),
      state: 'no-data',
      says: `${answers} "hello" (${slow})${needsShell}`,
    },
  ],
  'a forced command': [
    {
      name: 'prints-it',
      ...forced('echo "$SSH_ORIGINAL_COMMAND"'),
      state: 'no-data',
      says: new RegExp(`^${answers} "sh -c 'read -t 1 x .*…" \\(the sampler ended.*\\)${needsShell}$`),
    },
    {
      name: 'escapes',
      ...forced(String.raw`printf "\033[2J\033]0;owned\007only backups"`),
      state: 'no-data',
      says: new RegExp(`^${answers} "[^"\\p{C}]*only backups" \\(the sampler ended.*\\)${needsShell}$`, 'u'),
    },
    {
      name: 'floods',
      ...forced('yes'),
      state: 'lost',
      says: 'floods: more than 16 KB before the greeting: the login shell or a forced command prints "y"; kntop needs a shell that runs commands',
    },
    {
      name: 'floods-zeros',
      ...forced('cat /dev/zero'),
      state: 'lost',
      says: 'floods: more than 16 KB before the greeting: the login shell or a forced command prints without end; kntop needs a shell that runs commands',
    },
    {
      name: 'floods-stderr',
      ...forced('yes >&2'),
      state: 'lost',
      says: 'floods: more than 4 MB of stderr in a second; look at what its login shell or a forced command prints',
    },
  ],
  'a name that is none': [
    {
      name: '-x',
      node: 'none',
      state: 'denied',
      says: 'a host name must not begin with -, which ssh takes for an option',
    },
    {
      name: `-oProxyCommand=touch\${IFS}/tmp/kntop-owned`,
      node: 'none',
      state: 'denied',
      says: 'a host name must not begin with -, which ssh takes for an option',
    },
    {
      name: 'a@b',
      node: 'none',
      state: 'denied',
      says: 'a host name holds no user: write the host alone, with User in the ssh configuration',
    },
    {
      name: 'ssh://h',
      node: 'none',
      state: 'denied',
      says: 'a URL is no host name: write the host alone, with User and Port in the ssh configuration',
    },
    {
      name: 'match-exec',
      node: 'none',
      state: 'lost',
      says: 'ssh -G gave no answer within 5 s: a Match exec or a CanonicalizeHostname of the ssh configuration takes too long; shorten it',
    },
  ],
}
