import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectOpenSsh } from '../../source/nodes/connections/openssh/openssh.ts'
import { makeFolder } from '../nodes/connections/openssh/folder.ts'
import { bearing, ownSession } from '../nodes/connections/openssh/processes.ts'
import { makeKey, optionsFor, publicKey, startSshd, writeConfig } from '../nodes/connections/openssh/sshd.ts'
import { always, connect, hear, ran } from '../nodes/connections/openssh/talk.ts'
import { finish } from './support/command.ts'

describe('a program over the connection of the system ssh', () => {
  test('gets its input first, then what is written, and ends with its own status', async () => {
    const connection = await connect(optionsFor(await startSshd()))
    const channel = await connection.stream(
      { argv: ['sh', '-c', 'cat; echo "debug1: mine" >&2; exit 7'], input: 'a\n' },
      always,
    )
    const heard = hear(channel)
    await heard.until('a\n')
    channel.write('b\n')
    await heard.until('b\n')
    channel.close()
    expect(await channel.exit).toEqual({ code: 7, signal: null, stderr: 'debug1: mine' })
    expect(heard.text()).toBe('a\nb\n')
  })

  test('is told from ssh where both end with 255', async () => {
    const connection = await connect(optionsFor(await startSshd()))
    expect((await ran(connection, 'exit 255')).exit.code).toBe(255)
    expect((await ran(connection, 'printf text >&2; exit 255')).exit).toMatchObject({ code: 255, stderr: 'text' })
    expect((await ran(connection, 'kill -9 $$')).exit.code).toBeNull()
  })

  test('writes at most 16 KB of stderr that is kept, made harmless', async () => {
    const connection = await connect(optionsFor(await startSshd()))
    const { exit } = await ran(connection, 'yes x | head -c 300000 >&2; head -c 7 >&2', '\u001b[2Jend')
    expect(exit.stderr.length).toBeLessThanOrEqual(16 * 1024)
    expect(exit.stderr).toMatch(/end$/)
    expect(exit.stderr).not.toContain('\u001b')
  })

  test('passes every byte unchanged, both ways, however many', async () => {
    const connection = await connect(optionsFor(await startSshd()))
    const channel = await connection.stream({ argv: ['cat'] }, always)
    const text = `${randomBytes(4_000_000).toString('latin1')}\u0000\u00ff`
    const heard = hear(channel)
    channel.write(text)
    channel.write('end')
    const sent = Buffer.from(`${text}end`)
    await expect.poll(() => heard.text().length, { timeout: 60_000 }).toBe(sent.length)
    expect(Buffer.from(heard.text(), 'latin1').equals(sent)).toBe(true)
  })

  test('that reads nothing holds up no other, however much is written to it', async () => {
    const connection = await connect(optionsFor(await startSshd()))
    const deaf = await connection.stream({ argv: ['sh', '-c', 'read -r x <&-; sleep 20'] }, always)
    deaf.write('x'.repeat(8_000_000))
    expect((await ran(connection, 'echo ok')).output).toBe('ok\n')
    deaf.close()
    expect(await deaf.exit).toMatchObject({ signal: 'SIGKILL' })
  })
})

describe('one login', () => {
  test('carries twenty channels at once', async () => {
    const sshd = await startSshd({ settings: ['MaxSessions 30'] })
    const connection = await connect(optionsFor(sshd))
    const channels = await Promise.all(
      Array.from({ length: 20 }, (_, index) => connection.stream({ argv: ['cat'], input: `${index}\n` }, always)),
    )
    const heard = channels.map(hear)
    await Promise.all(heard.map(({ until }, index) => until(`${index}\n`)))
    expect(heard.map(({ text }) => text())).toEqual(channels.map((_, index) => `${index}\n`))
    expect(sshd.logins()).toBe(1)
  })

  test('leads to further hosts, as a jump host', async () => {
    const bastion = await startSshd()
    const target = await startSshd()
    const way = await connect(optionsFor(bastion))
    const reached: string[] = []
    const there = { ...optionsFor(target), passage: way.passage(), reached: (address: string) => reached.push(address) }
    const [one, two] = await Promise.all([
      connect(there),
      connect({ ...there, controlFolder: join(target.folder, 'c2') }),
    ])
    expect((await ran(one, 'echo $SSH_CONNECTION')).output).toMatch(new RegExp(` ${target.port}\\n$`))
    expect((await ran(two, 'echo there')).output).toBe('there\n')
    expect([bastion.logins(), target.logins()]).toEqual([1, 2])
    // What ssh saw is its way there, not the host.
    expect(reached).toEqual([])
  })

  test('comes about by a certificate', async () => {
    const folder = makeFolder()
    const [authority, key] = [makeKey(folder, 'authority'), makeKey(folder, 'certified')]
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'karin', '-n', 'root', '-V', '-1m:+5m', `${key}.pub`])
    const server = await startSshd({ settings: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none'] })
    const config = writeConfig({ ...server, userKey: key })
    expect((await ran(await connect(optionsFor(server, config)), 'echo in')).output).toBe('in\n')
    expect(server.log()).toContain('ED25519-CERT')
  })

  test('asks nothing of the terminal that kntop runs in', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    const connection = await connect(options)
    await connection.stream({ argv: ['cat'] }, always)
    const sessions = bearing(options.controlFolder).map(({ session }) => session)
    expect(new Set(sessions).size).toBe(2)
    expect(sessions).not.toContain(ownSession())
  })
})

describe('an address in place of a name', () => {
  /** A host with a port of its own, under a name that no name server knows; its key is known by that name and port alone. */
  const nameless = async () => {
    const sshd = await startSshd()
    const config = writeConfig(sshd, ['HostName node.invalid'])
    const known = join(sshd.folder, 'known_hosts')
    writeFileSync(known, `[node.invalid]:${sshd.port} ${publicKey(sshd.hostKey)}\n`)
    const at = { address: '127.0.0.1', keyName: `[node.invalid]:${sshd.port}` }
    return { sshd, known, options: optionsFor(sshd, config), at }
  }

  test('leads to the host, whose key is looked for by the name, and it is told', async () => {
    const { sshd, options, at } = await nameless()
    await expect(connectOpenSsh(options, always)).rejects.toMatchObject({
      reason: { state: 'lost', cause: expect.stringContaining('node.invalid') },
    })
    const reached: string[] = []
    const connection = await connect({ ...options, at, reached: (address) => reached.push(address) })
    expect((await ran(connection, 'echo in')).output).toBe('in\n')
    await expect.poll(() => reached).toEqual(['127.0.0.1'])
    expect(sshd.logins()).toBe(1)
  })

  test.each(['yes', 'accept-new'] as const)('is no way round a host key that changed, with %s', async (strict) => {
    const { sshd, known, options, at } = await nameless()
    // What the address alone is known by says nothing.
    const lines = [
      [at.keyName, sshd.userKey],
      [`[127.0.0.1]:${sshd.port}`, sshd.hostKey],
      ['127.0.0.1', sshd.hostKey],
    ]
    writeFileSync(known, lines.map(([name = '', key = '']) => `${name} ${publicKey(key)}\n`).join(''))
    await expect(connectOpenSsh({ ...options, at, strictHostKeyChecking: strict }, always)).rejects.toMatchObject({
      reason: {
        state: 'denied',
        cause: expect.stringMatching(/^host key changed: node shows another key than line 1/),
      },
    })
    expect(sshd.logins()).toBe(0)
  })

  test('is no way to a host that is unknown by its name', async () => {
    const { sshd, known, options, at } = await nameless()
    writeFileSync(known, `[127.0.0.1]:${sshd.port} ${publicKey(sshd.hostKey)}\n`)
    await expect(connectOpenSsh({ ...options, at }, always)).rejects.toMatchObject({
      reason: { state: 'denied', cause: expect.stringMatching(/^host key unknown/) },
    })
    expect(sshd.logins()).toBe(0)
  })
})

const agent = async (folder: string, keys: readonly string[]): Promise<string> => {
  const socket = join(folder, 'agent')
  const said = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1])
  onTestFinished(() => void process.kill(pid))
  for (const key of keys) await finish(['ssh-add', '-q', key], '', { ...process.env, SSH_AUTH_SOCK: socket })
  return socket
}

describe('what a configuration asks for besides a login', () => {
  test('is left out: no agent on the node, no command here or there, no forwarding, no terminal', async () => {
    const sshd = await startSshd()
    const canary = join(sshd.folder, 'canary')
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await expect.poll(() => taken.listening).toBe(true)
    const { port } = taken.address() as { readonly port: number }
    const config = writeConfig(sshd, [
      ...['ForwardAgent yes', 'PermitLocalCommand yes', `LocalCommand touch ${canary}`],
      ...[`RemoteCommand touch ${canary}`, 'RequestTTY force', `LocalForward 127.0.0.1:${port} 127.0.0.1:22`],
      ...['ExitOnForwardFailure yes', 'ControlMaster auto', `ControlPath ${sshd.folder}/theirs`, 'ControlPersist yes'],
      ...['ForkAfterAuthentication yes', 'StdinNull yes', 'LogLevel QUIET', 'EscapeChar none'],
    ])
    const environment = { ...process.env, SSH_AUTH_SOCK: await agent(sshd.folder, [sshd.userKey]) }
    // The same without us, so that this test is known to be able to fail.
    const plain = ['-F', config, '-o', 'RemoteCommand=none', '-o', 'ForkAfterAuthentication=no', '-o', 'StdinNull=no']
    const more = ['-o', 'ClearAllForwardings=yes', '-o', 'ControlMaster=no', 'node', 'echo agent=$SSH_AUTH_SOCK']
    expect((await finish(['ssh', ...plain, ...more], '', environment)).stdout).toMatch(/agent=\/tmp\/ssh-/)
    expect(existsSync(canary)).toBe(true)
    execFileSync('rm', [canary])

    const connection = await connect({ ...optionsFor(sshd, config), environment })
    expect(await ran(connection, 'echo agent=$SSH_AUTH_SOCK; tty; exit 0')).toEqual({
      output: 'agent=\nnot a tty\n',
      exit: { code: 0, signal: null, stderr: '' },
    })
    expect([existsSync(canary), existsSync(join(sshd.folder, 'theirs'))]).toEqual([false, false])
    connection.close()
    expect(await connection.closed).toEqual({ state: 'lost', cause: 'closed' })
    expect(bearing(sshd.folder).filter(({ name }) => name === 'ssh')).toEqual([])
  })
})

describe('a host key that is accepted', () => {
  test('is kept in our file, which nobody else reads, whatever the umask', async () => {
    const sshd = await startSshd()
    const options = { ...optionsFor(sshd), strictHostKeyChecking: 'accept-new' as const }
    const [theirs = ''] = options.knownHosts.user
    writeFileSync(theirs, '')
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    await connect(options)
    expect(readFileSync(options.knownHosts.ours, 'utf8')).toContain(publicKey(sshd.hostKey))
    expect(readFileSync(theirs, 'utf8')).toBe('')
    expect(statSync(options.knownHosts.ours).mode & 0o777).toBe(0o600)
    expect(statSync(options.controlFolder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(options.controlFolder))
      expect(statSync(join(options.controlFolder, name)).mode & 0o777).toBe(0o600)
  })
})
