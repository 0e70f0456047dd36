import { describe, expect, test } from 'vitest'
import { channelRefusals, refusals } from '../../../../source/nodes/connections/openssh/refusal-rules.ts'
import { causeOfChannel, causeOfEnd, refusedLogin } from '../../../../source/nodes/connections/openssh/refusals.ts'

/** What OpenSSH 9.2 writes, as it writes it. */
const changed = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
The fingerprint for the ED25519 key sent by the remote host is
SHA256:feXgJB177wqMMRDGdGUfaVSgwGQAo3II0lgGxgCHixs.
Add correct host key in /home/karin/.ssh/known_hosts to get rid of this message.
Offending ED25519 key in /home/karin/.ssh/known_hosts:17
  remove with:
  ssh-keygen -f "/home/karin/.ssh/known_hosts" -R "node"
Host key for node has changed and you have requested strict checking.
Host key verification failed.
`

const closed = 'Connection closed by UNKNOWN port 65535\n'

describe('the words of ssh become a cause', () => {
  test.each([
    [
      changed,
      'denied',
      /^host key changed: node shows another key than line 17 of \/home\/karin\/\.ssh\/known_hosts; /,
    ],
    ['WARNING: REVOKED HOST KEY DETECTED!\nHost key verification failed.\n', 'denied', /^host key revoked/],
    [
      'No ECDSA host key is known for node and you have requested strict checking.\nHost key verification failed.',
      'denied',
      /^host key unknown: no ECDSA key of node/,
    ],
    ['Host key verification failed.', 'denied', /^host key refused/],
    [
      'karin@10.0.0.7: Permission denied (publickey,gssapi-with-mic).',
      'denied',
      /^authentication failed: .* takes publickey,gssapi-with-mic; add one with ssh-copy-id/,
    ],
    [
      'sign_and_send_pubkey: signing failed for ED25519 "k" from agent: agent refused operation\nk@n: Permission denied (publickey).',
      'denied',
      /refuses to sign/,
    ],
    [
      'k@n: Permission denied (password,keyboard-interactive).',
      'denied',
      /^authentication failed: node takes only password,keyboard-interactive; allow publickey in its sshd, or answer it yourself with --transport ssh$/,
    ],
    ['Load key "/k": bad permissions\nk@n: Permission denied (publickey).', 'denied', /chmod 600/],
    [
      'Received disconnect from 10.0.0.7 port 22:2: Too many authentication failures\nDisconnected from 10.0.0.7 port 22',
      'denied',
      /^too many keys/,
    ],
    [
      'Unable to negotiate with 10.0.0.7 port 22: no matching host key type found. Their offer: ssh-dss',
      'lost',
      /^no matching host key type: /,
    ],
    [
      '/home/karin/.ssh/config: line 2: Bad configuration option: nosuch\n/home/karin/.ssh/config: terminating, 1 bad configuration options',
      'denied',
      /^ssh refuses its configuration: line 2: Bad configuration option: nosuch; mend that line$/,
    ],
    [
      'command-line line 0: unsupported option "x".',
      'denied',
      /^ssh refuses its configuration: line 0: unsupported option/,
    ],
    [
      `channel 0: open failed: connect failed: No route to host\nstdio forwarding failed\n${closed}`,
      'lost',
      /^the jump host cannot reach node: No route to host; /,
    ],
    [
      `mux_client_request_stdio_fwd: read from master failed: Broken pipe\n${closed}`,
      'lost',
      /^the jump host does not lead to node; /,
    ],
    [`bash: line 1: nc: command not found\n${closed}`, 'lost', /^the ProxyCommand or jump host of node ended/],
    [
      'ssh: Could not resolve hostname nod: Name or service not known',
      'lost',
      /^unknown name: no name server knows nod;/,
    ],
    [
      'ssh: Could not resolve hostname nod: Temporary failure in name resolution',
      'lost',
      /^name servers do not answer for nod; look at \/etc\/resolv.conf/,
    ],
    ['ssh: connect to host 10.0.0.7 port 22: Connection refused', 'lost', /^refused: /],
    ['ssh: connect to host 10.0.0.7 port 22: No route to host', 'lost', /^unreachable: no route to the host; /],
    [
      'ssh: connect to host 10.0.0.7 port 22: Network is unreachable',
      'lost',
      /^unreachable: no route to its network; /,
    ],
    ['ssh: connect to host 10.0.0.7 port 22: Connection timed out', 'lost', /^does not answer/],
    ['ssh: connect to host 10.0.0.7 port 22: Operation timed out', 'lost', /^does not answer/],
    ['Connection timed out during banner exchange\nConnection to 10.0.0.7 port 22 timed out', 'lost', /says nothing/],
    ['Timeout, server node not responding.', 'lost', /^no answer to keepalives/],
    [
      'kex_exchange_identification: banner line contains invalid characters\nbanner exchange: Connection to 10.0.0.7 port 22: invalid format',
      'lost',
      /^is no ssh server/,
    ],
    [
      'kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.7 port 22',
      'lost',
      /MaxStartups/,
    ],
    [
      'kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.7 port 22',
      'lost',
      /MaxStartups/,
    ],
    ['Connection reset by 10.0.0.7 port 22', 'lost', /^reset: /],
    ['client_loop: send disconnect: Broken pipe', 'lost', /^reset: /],
    ['Connection to 10.0.0.7 closed by remote host.', 'lost', /^closed by the server; it is tried again by itself/],
    [
      'Received disconnect from 10.0.0.7 port 22:11: going down\nDisconnected from 10.0.0.7 port 22',
      'lost',
      /^closed by the server: going down; /,
    ],
    ['something new', 'lost', /^something new$/],
    [
      'Authenticated to n ([10.0.0.7]:22) using "publickey".\nsomething new\nTransferred: sent 1, received 2 bytes, in 0.1 seconds\nBytes per second: sent 1.0, received 2.0',
      'lost',
      /^something new$/,
    ],
    ['Authenticated to n (via proxy).', 'lost', /^quiet$/],
    ['', 'lost', /^quiet$/],
  ] as const)('%j', (said, state, cause) => {
    // ssh ends its lines as on a terminal.
    for (const text of [said, said.replaceAll('\n', '\r\n')]) {
      const told = causeOfEnd(text, 'node', 'quiet')
      expect(told.state).toBe(state)
      expect(told.cause).toMatch(cause)
    }
  })

  test('whatever a server sends before', () => {
    const banner = `${changed}karin@10.0.0.7: Permission denied (publickey).\n`
    expect(causeOfEnd(`${banner}Timeout, server node not responding.\r\n`, 'node', '').state).toBe('lost')
    expect(causeOfEnd(`${banner}Connection closed by 10.0.0.7 port 22\r\n`, 'node', '').cause).toBe(
      'closed by the server; it is tried again by itself; see the log of its sshd if it lasts',
    )
  })

  test('with what to do about it, each', () => {
    for (const { cause, todo } of [...refusals, ...channelRefusals]) {
      expect(todo, cause).toMatch(/\w{2,} \S+/)
      expect(`${cause}; ${todo}`, cause).not.toMatch(/[.;]\s*;|;;|\.$/)
    }
  })

  test('of which those where nobody was there let another address be tried', () => {
    const nobody = ['Connection refused', 'No route to host', 'Network is unreachable', 'Connection timed out']
    for (const said of nobody)
      expect(causeOfEnd(`ssh: connect to host n port 22: ${said}`, 'n', ''), said).toMatchObject({ unreached: true })
    expect(causeOfEnd('ssh: Could not resolve hostname n: Name or service not known', 'n', '').unreached).toBe(true)
    for (const said of [changed, 'k@n: Permission denied (publickey).', 'Connection reset by 10.0.0.7 port 22'])
      expect(causeOfEnd(said, 'n', '').unreached, said).toBeUndefined()
  })

  test('that is a refused login only where the server judged one', () => {
    const login = [
      'karin@10.0.0.7: Permission denied (publickey).',
      'Too many authentication failures',
      'k@n: Permission denied (password).',
    ]
    for (const said of login) expect(refusedLogin(`banner\r\n${said}\r\n`, 'n'), said).toBeDefined()
    for (const said of [
      changed,
      'Connection closed by 10.0.0.7 port 22',
      `${login[0]}\nTimeout, server node not responding.`,
      '',
    ])
      expect(refusedLogin(said, 'n'), said).toBeUndefined()
  })

  test('that says apart what was said, and whether a key would help', () => {
    const helps = (said: string) => refusedLogin(said, 'n')
    expect(helps('k@n: Permission denied (publickey,password).')).toEqual({
      said: 'authentication failed: no key was accepted, n takes publickey,password',
      helps: 'key',
    })
    expect(helps('k@n: Permission denied (password).')).toEqual({
      said: 'authentication failed: n takes only password',
      helps: 'no-key',
    })
    expect(helps('Too many authentication failures')?.helps).toBe('other')
  })

  test('of one line, and harmless', () => {
    const { cause } = causeOfEnd(`first\n\u001b[2J${'x'.repeat(9000)}`, 'node', '')
    expect(cause.length).toBeLessThanOrEqual(500)
    expect(cause).not.toContain('\u001b')
    expect(cause).not.toContain('first')
  })
})

describe('what a server makes ssh write', () => {
  const denied = 'k@n: Permission denied (publickey).'

  test('is tried by no rule beyond 512 characters of a line', () => {
    const banner = 'x'.repeat(512 - denied.length)
    expect(refusedLogin(`${banner}${denied}`, 'n')).toBeDefined()
    // The name of the server is no part of it; what decides is.
    expect(refusedLogin(`${banner}${'x'.repeat(denied.length)}${denied}`, 'n')).toBeUndefined()
    expect(causeOfEnd(`${'x'.repeat(512)}UNKNOWN port 65535`, 'node', '').cause).toMatch(/^x+/)
    expect(causeOfChannel(`${'x'.repeat(512)}Session open refused by peer`, 'node').cause).not.toContain('MaxSessions')
  })

  test('is tried by no rule before the last 40 lines', () => {
    const lines = (count: number): string => 'welcome\r\n'.repeat(count)
    expect(refusedLogin(`${denied}\r\n${lines(38)}`, 'n')).toBeDefined()
    expect(refusedLogin(`${denied}\r\n${lines(39)}`, 'n')).toBeUndefined()
    const above = 'REVOKED HOST KEY DETECTED\r\n'
    expect(causeOfEnd(`${above}${lines(37)}Host key verification failed.\r\n`, 'node', '').cause).toMatch(/ revoked: /)
    expect(causeOfEnd(`${above}${lines(38)}Host key verification failed.\r\n`, 'node', '').cause).toMatch(/ refused: /)
  })

  test('is read by no rule over more than a line', () => {
    for (const { when, beside = [] } of [...refusals, ...channelRefusals])
      for (const { source, flags } of [when, ...beside]) {
        expect(flags, source).toMatch(/^i?$/)
        expect(source).not.toContain('[^]')
      }
  })
})

describe('a channel that was not opened', () => {
  test.each([
    [
      `mux_client_request_session: session request failed: Session open refused by peer\r\n${closed}`,
      'no-data',
      /MaxSessions/,
    ],
    [`kex_exchange_identification: Connection closed by remote host\r\n${closed}`, 'lost', /^the connection is gone; /],
    ['something new', 'no-data', /^node does not open another channel: something new$/],
    ['', 'no-data', /: no reason given$/],
  ] as const)('%j', (said, state, cause) => {
    expect(causeOfChannel(said, 'node').state).toBe(state)
    expect(causeOfChannel(said, 'node').cause).toMatch(cause)
  })
})
