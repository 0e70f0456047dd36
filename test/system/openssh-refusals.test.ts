import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Cause, ConnectionError } from '../../source/nodes/connections/connection.ts'
import { connectOpenSsh } from '../../source/nodes/connections/openssh/openssh.ts'
import type { OpenSshOptions } from '../../source/nodes/connections/openssh/options.ts'
import { makeFolder } from '../nodes/connections/openssh/folder.ts'
import { bearing } from '../nodes/connections/openssh/processes.ts'
import { makeKey, optionsFor, publicKey, type Sshd, startSshd, writeConfig } from '../nodes/connections/openssh/sshd.ts'
import { always, connect, ran } from '../nodes/connections/openssh/talk.ts'
import { run } from './support/command.ts'
import { ends, makePair } from './support/namespace.ts'

/** Why an attempt fails; everything of it is gone by then. */
const refusal = async (attempt: Promise<unknown>): Promise<Cause> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ConnectionError) return error.reason
  throw new Error('it was not refused as it should be', { cause: error })
}

const refused = async (options: OpenSshOptions): Promise<Cause> => {
  const cause = await refusal(connectOpenSsh(options, always))
  expect(bearing(options.controlFolder)).toEqual([])
  return cause
}

/** Another key than the server's stands in the user's file. */
const changeKey = (sshd: Sshd, mark = ''): void => {
  const other = makeKey(sshd.folder, 'other')
  const line = `${mark}[127.0.0.1]:${sshd.port} ${publicKey(mark === '' ? other : sshd.hostKey)}\n`
  writeFileSync(join(sshd.folder, 'known_hosts'), line)
}

describe('a host key', () => {
  test.each(['yes', 'accept-new'] as const)(
    'that changed is refused, also where the configuration says no, and nobody logs in (%s)',
    async (strictHostKeyChecking) => {
      const sshd = await startSshd()
      const options = optionsFor(sshd, writeConfig(sshd, ['StrictHostKeyChecking no']))
      changeKey(sshd)
      expect(await refused({ ...options, strictHostKeyChecking })).toEqual({
        state: 'denied',
        cause: `host key changed: node shows another key than line 1 of ${sshd.folder}/known_hosts; remove that line if this was expected, else somebody may stand in between`,
      })
      expect(sshd.logins()).toBe(0)
    },
  )

  test('that was revoked is refused', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    changeKey(sshd, '@revoked ')
    expect(await refused({ ...options, strictHostKeyChecking: 'accept-new' })).toEqual({
      state: 'denied',
      cause:
        'host key revoked: known_hosts says that the key of node was stolen or withdrawn; give node a new host key, and do not log in before',
    })
  })

  test('that is unknown is refused', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    writeFileSync(join(sshd.folder, 'known_hosts'), '')
    expect(await refused(options)).toEqual({
      state: 'denied',
      cause: 'host key unknown: no ED25519 key of node is known yet; accept it first, with ssh node',
    })
  })
})

describe('a login', () => {
  test('with a wrong key is denied, whatever the banner claims', async () => {
    const banner = join(makeFolder(), 'banner')
    writeFileSync(banner, '\u001b[2J REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed.\n')
    const sshd = await startSshd({ settings: [`Banner ${banner}`] })
    const options = optionsFor(sshd, writeConfig({ ...sshd, userKey: makeKey(sshd.folder, 'wrong') }))
    expect(await refused(options)).toEqual({
      state: 'denied',
      cause:
        'authentication failed: no key was accepted, node takes publickey,keyboard-interactive; add one with ssh-copy-id (or have it signed, where the server takes certificates), or name another with IdentityFile',
    })
  })

  test('where a password alone would help asks nobody', async () => {
    const sshd = await startSshd({ settings: ['AuthenticationMethods password', 'PasswordAuthentication yes'] })
    expect(await refused(optionsFor(sshd))).toEqual({
      state: 'denied',
      cause:
        'authentication failed: node takes only password; allow publickey in its sshd, or answer it yourself with --transport ssh',
    })
  })

  test('that offers too many keys says so', async () => {
    const sshd = await startSshd({ settings: ['MaxAuthTries 2'] })
    const keys = ['one', 'two', 'three', 'four'].map((name) => makeKey(sshd.folder, name))
    const config = writeConfig(
      { ...sshd, userKey: keys[0] ?? '' },
      keys.map((key) => `IdentityFile ${key}`),
    )
    expect(await refused(optionsFor(sshd, config))).toEqual({
      state: 'denied',
      cause: 'too many keys offered before the right one; set IdentityFile and IdentitiesOnly yes for node',
    })
  })

  test('with a key that others can read says so', async () => {
    const sshd = await startSshd()
    chmodSync(sshd.userKey, 0o644)
    expect(await refused(optionsFor(sshd))).toEqual({
      state: 'denied',
      cause: 'authentication failed: others can read the key file, so ssh does not use it; chmod 600 it',
    })
  })

  test.each([
    [
      'a port where nothing listens',
      () => ['Port 1'],
      'refused: nothing listens there; is sshd running, is the port right?',
    ],
    [
      'a name that nobody knows',
      () => ['HostName no.such.name.invalid'],
      /^(?:unknown name: no name server knows|name servers do not answer for) no.such.name.invalid/,
    ],
    [
      'no key exchange in common',
      () => ['KexAlgorithms diffie-hellman-group1-sha1'],
      /^no matching key exchange method: /,
    ],
    [
      'a ProxyCommand that ends',
      () => ['ProxyCommand echo away >&2; exit 1'],
      /^the ProxyCommand or jump host of node ended/,
    ],
    ['an option that ssh does not know', () => ['NoSuchOption yes'], /^ssh refuses its configuration: .*nosuchoption/i],
  ] as const)('with %s says so', async (_, added, cause) => {
    const sshd = await startSshd()
    const told = await refused(optionsFor(sshd, writeConfig(sshd, added())))
    expect(told.cause).toMatch(cause instanceof RegExp ? cause : new RegExp(`^${cause.replaceAll('?', '\\?')}$`))
  })

  test('with a server that says nothing ends with its limit', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await expect.poll(() => server.listening).toBe(true)
    const { port } = server.address() as { readonly port: number }
    const sshd = await startSshd()
    const options = optionsFor(sshd, writeConfig({ ...sshd, port }))
    expect(await refused({ ...options, limit: 6000 })).toEqual({
      state: 'lost',
      cause:
        'accepts connections and says nothing: sshd hangs, or it is no ssh server; check the port, and look at the host from its console',
    })
  })

  test('that waits for something else ends with its limit, and all of it is gone', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd, writeConfig(sshd, ['Match exec "trap : TERM; sleep 1000; sleep 1000"']))
    const told = await refused({ ...options, limit: 1000, loginLimit: 0 })
    expect(told).toEqual({ state: 'lost', cause: 'does not log in within 1 s: see what ssh node waits for' })
  })

  test('that is given up is gone', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd, writeConfig(sshd, ['ProxyCommand sleep 1000']))
    const asked = new AbortController()
    const attempt = refusal(connectOpenSsh(options, asked.signal))
    await expect.poll(() => bearing(options.controlFolder)).not.toEqual([])
    asked.abort()
    expect(await attempt).toEqual({ state: 'lost', cause: 'given up' })
    expect(bearing(options.controlFolder)).toEqual([])
  })

  test('without an ssh on this machine says what to do', async () => {
    const options = { ...optionsFor(await startSshd()), program: '/no/such/ssh' }
    expect(await refused(options)).toMatchObject({
      state: 'denied',
      cause: expect.stringMatching(/^no ssh on this machine/),
    })
  })
})

describe('a channel', () => {
  test('beyond MaxSessions is refused, by a login of its own neither, and the others live', async () => {
    const sshd = await startSshd({ settings: ['MaxSessions 1'] })
    const connection = await connect(optionsFor(sshd))
    const first = await connection.stream({ argv: ['cat'] }, always)
    expect(await refusal(connection.stream({ argv: ['echo', 'second'] }, always))).toEqual({
      state: 'no-data',
      cause:
        'node opens no further session: MaxSessions of its sshd is reached; raise it to 10 or more, or end other sessions of this user',
    })
    first.close()
    expect(await first.exit).toMatchObject({ code: 0 })
    expect((await ran(connection, 'echo third')).output).toBe('third\n')
    expect(sshd.logins()).toBe(1)
  })

  test('that floods stderr ends the connection', async () => {
    const sshd = await startSshd({ settings: ['ForceCommand exec yes >&2'] })
    const options = optionsFor(sshd)
    const connection = await connect(options)
    await connection.stream({ argv: ['cat'] }, always)
    expect(await connection.closed).toMatchObject({ state: 'lost', cause: expect.stringMatching(/^floods: /) })
    expect(bearing(options.controlFolder)).toEqual([])
  })

  test('is never opened by a login of its own, where the socket is gone', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    const connection = await connect(options)
    await run(['sh', '-c', 'rm "$1"/*', 'sh', options.controlFolder])
    expect(await refusal(connection.stream({ argv: ['echo'] }, always))).toMatchObject({
      cause: expect.stringMatching(/^the connection is gone; it is tried again/),
    })
    expect(sshd.logins()).toBe(1)
  })

  test('is refused once the ssh that holds the connection does not answer', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    const connection = await connect(options)
    for (const { pid, name } of bearing(options.controlFolder)) if (name === 'ssh') process.kill(pid, 'SIGSTOP')
    const cause = 'node opens no other channel within 8 s'
    expect(await refusal(connection.stream({ argv: ['echo'] }, always))).toEqual({ state: 'no-data', cause })
    connection.close()
    await connection.closed
    expect(bearing(options.controlFolder)).toEqual([])
  })
})

/** An ssh inside a namespace; its sockets are files, and so on this side too. */
const sshIn = (namespace: string): string => {
  const path = join(makeFolder(), 'ssh')
  writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${namespace} ssh "$@"\n`, { mode: 0o755 })
  return path
}

describe('a network that drops everything', () => {
  test('ends an attempt by its limit, and what was connected by its keepalives', async () => {
    const { near, far } = await makePair()
    const sshd = await startSshd({ address: ends.far, enter: far.enter })
    const config = writeConfig(sshd, [`HostName ${ends.far}`, 'HostKeyAlias known'])
    writeFileSync(join(sshd.folder, 'known_hosts'), `known ${publicKey(sshd.hostKey)}\n`)
    const options = { ...optionsFor(sshd, config), program: sshIn(near.name), keepalive: { interval: 1000, count: 2 } }
    const connection = await connect(options)
    const channel = await connection.stream({ argv: ['cat'] }, always)
    await far.run(['iptables', '-A', 'INPUT', '-j', 'DROP'])
    expect(await connection.closed).toEqual({
      state: 'lost',
      cause: expect.stringMatching(/^no answer to keepalives: the network or the host is gone; /),
    })
    expect(await channel.exit).toMatchObject({ code: null })
    expect(await refused({ ...options, limit: 6000 })).toEqual({
      state: 'lost',
      unreached: true,
      cause: expect.stringMatching(/^does not answer: a firewall drops packets, or the host is down; /),
    })
  })
})
