import { describe, expect, test } from 'vitest'
import {
  causeOfChannel,
  causeOfFailure,
  isNegotiationFailure,
} from '../../../../source/nodes/connections/ssh/failure-cause.ts'

const system = (code: string): Error => Object.assign(new Error(`connect ${code} 10.0.0.7:22`), { code })

describe('why no channel is opened', () => {
  test.each([
    [2, 'open failed', 'MaxSessions of its sshd is reached; raise it to 10 or more'],
    [1, 'open failed', 'its sshd forbids it, see AllowTcpForwarding and PermitOpen (open failed)'],
    [2, 'Connection refused', 'Connection refused'],
    [undefined, 'No response from server', 'No response from server'],
  ])('%s, "%s"', (reason, words, cause) => {
    const error = Object.assign(new Error(`(SSH) Channel open failure: ${words}`), { reason })
    expect(causeOfChannel(error)).toBe(cause)
  })
})

/** What to do stands behind what happened. */
const advised = /; .+$|: raise /

describe('the cause of', () => {
  test.each([
    ['ECONNREFUSED', /^refused: nothing listens there; is sshd running/],
    ['EHOSTUNREACH', /^unreachable: no route to the host/],
    ['ENETUNREACH', /^unreachable: no route to its network/],
    ['EINVAL', /^unreachable: this machine sends nothing to that address: a blackhole route/],
    ['EACCES', /^unreachable: this machine forbids it/],
    ['EPERM', /^unreachable: this machine forbids it/],
    ['ETIMEDOUT', /^does not answer: a firewall drops packets, or the host is down/],
    ['ENOTFOUND', /^unknown name: no name server knows web; check the spelling/],
    ['EAI_AGAIN', /^name servers do not answer for web/],
    ['ETIMEOUT', /^name servers do not answer for web/],
  ])('%s says what happened and what to do, and that nobody was there', (code, cause) => {
    const expected = { state: 'lost', unreached: true, cause: expect.stringMatching(cause) }
    expect(causeOfFailure(system(code), 'web')).toEqual(expected)
    expect(causeOfFailure(system(code), 'web').cause).toMatch(advised)
  })

  test.each([
    ['ECONNRESET', /^reset: the connection was cut/],
    ['EPIPE', /^reset: the connection was cut/],
    ['EMFILE', /raise the limit with ulimit -n/],
    ['ENFILE', /no more file descriptors/],
    ['EADDRNOTAVAIL', /BindAddress/],
  ])('%s says what happened and what to do', (code, cause) => {
    expect(causeOfFailure(system(code), 'web')).toEqual({ state: 'lost', cause: expect.stringMatching(cause) })
    expect(causeOfFailure(system(code), 'web').cause).toMatch(advised)
  })

  test.each([
    ['Connection lost before handshake', /MaxStartups/],
    ['Not connected', /^closed: the connection was cut/],
    ['Keepalive timeout', /^no answer to keepalives/],
    ['Timed out while waiting for handshake', /says nothing: sshd hangs/],
    ['Timed out while waiting for login', /does not finish the login/],
    ['Invalid identification string', /is no ssh server/],
  ])('"%s", as the protocol says it, with what to do', (message, cause) => {
    expect(causeOfFailure(new Error(message), 'web')).toEqual({ state: 'lost', cause: expect.stringMatching(cause) })
    expect(causeOfFailure(new Error(message), 'web').cause).toMatch(advised)
  })

  test('several addresses that all fail is that of the first', () => {
    const errors = [system('EHOSTUNREACH'), system('ECONNREFUSED')]
    const all = Object.assign(new AggregateError(errors, ''), { code: 'EHOSTUNREACH' })
    expect(causeOfFailure(all, 'web').cause).toMatch(/^unreachable/)
  })

  test('something else is its own words, cleaned', () => {
    expect(causeOfFailure(new Error('bad\x1b[2Jpacket'), 'web').cause).toBe('bad\ufffd[2Jpacket')
  })

  test('a host with a $ in its name names it as it is', () => {
    expect(causeOfFailure(system('ENOTFOUND'), '$&').cause).toContain('knows $&;')
  })

  test.each([undefined, null, 'text', 7])('a thing that is no error, %j, is no crash', (thing) => {
    expect(causeOfFailure(thing, 'web').state).toBe('lost')
  })
})

test.each([
  ['Handshake failed: no matching key exchange algorithm', true],
  ['Handshake failed: no matching host key format', true],
  ['Handshake failed: no matching C->S cipher', true],
  ['Host denied (verification failed)', false],
  ['All configured authentication methods failed', false],
  ['Connection lost before handshake', false],
])('%s is a failed negotiation: %s', (message, is) => {
  expect(isNegotiationFailure(new Error(message))).toBe(is)
})
