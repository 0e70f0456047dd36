import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LoginRefused } from '../../../../source/nodes/connections/openssh/master.ts'
import { connectOpenSsh } from '../../../../source/nodes/connections/openssh/openssh.ts'
import type { OpenSshOptions } from '../../../../source/nodes/connections/openssh/options.ts'
import { type Marked, mark } from '../../processes.ts'
import { makeFolder } from './folder.ts'
import { always, connect, ran } from './talk.ts'

const marked = (): Marked => {
  const all = mark()
  onTestFinished(all.forget)
  return all
}

/** How a fake ssh is asked; `kind` is what is wrong with it. */
const fake = (kind = ''): OpenSshOptions & { readonly folder: string } => {
  const folder = makeFolder()
  const program = join(folder, 'ssh')
  const script = fileURLToPath(new URL('fake-ssh.ts', import.meta.url))
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 })
  return {
    folder,
    host: 'node',
    program,
    configFile: undefined,
    controlFolder: join(folder, 'control'),
    strictHostKeyChecking: 'yes',
    knownHosts: { ours: join(folder, 'our 100% "keys"'), user: ['/home/karin/.ssh/known_hosts'] },
    limit: 10_000,
    keepalive: { interval: 5000, count: 3 },
    known: new Set(),
    mayAskAgent: true,
    environment: { ...process.env, FAKE: kind, FAKE_FOLDER: folder, DISPLAY: ':0', SSH_ASKPASS: '/bin/true' },
  }
}

interface Call {
  readonly args: readonly string[]
  readonly environment: readonly string[]
}

const calls = ({ folder }: { readonly folder: string }): readonly Call[] =>
  readFileSync(join(folder, 'calls'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Call)

/** The value of an option, by the rule of ssh: the first counts. */
const set = ({ args }: Call, name: string): string | undefined =>
  args.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)

describe('how ssh is called', () => {
  test('once to log in, and once for each channel, which reads no configuration and cannot log in', async () => {
    const options = fake()
    const connection = await connect(options)
    expect((await ran(connection, 'true')).exit).toMatchObject({ code: 0 })
    const [login, channel] = calls(options)
    if (login === undefined || channel === undefined) throw new Error('there were not two calls')
    for (const { args } of [login, channel]) {
      expect(args).toEqual(expect.arrayContaining(['-T', '-a', '-x', 'BatchMode=yes', 'ClearAllForwardings=yes']))
      expect(args[args.indexOf('--') + 1]).toBe('node')
    }
    expect(login.args).toEqual(expect.arrayContaining(['-M', '-N']))
    expect(login.args).not.toContain('-F')
    expect(set(login, 'UserKnownHostsFile')).toBe(
      `"${options.folder}/our 100%% \\"keys\\"" "/home/karin/.ssh/known_hosts"`,
    )
    expect([set(login, 'ServerAliveInterval'), set(login, 'ServerAliveCountMax')]).toEqual(['5', '3'])
    expect(set(login, 'ForkAfterAuthentication')).toBeUndefined()
    expect(channel.args[channel.args.indexOf('-F') + 1]).toBe('/dev/null')
    expect([set(channel, 'ControlMaster'), set(channel, 'ProxyCommand')]).toEqual(['no', 'false'])
    expect(channel.args.at(-1)).toBe('sh -c true')
  })

  test('with nobody to ask, in English', async () => {
    const options = fake()
    await connect(options)
    const askNobody = ['DISPLAY=undefined', 'WAYLAND_DISPLAY=undefined', 'SSH_ASKPASS=undefined']
    expect(calls(options)[0]?.environment).toEqual([...askNobody, 'SSH_ASKPASS_REQUIRE=never', 'LC_ALL=C'])
  })

  test('with those options that only a newer one knows, where it does', async () => {
    const options = { ...fake(), known: new Set(['forkafterauthentication']) }
    await connect(options)
    const [login] = calls(options)
    expect(login && set(login, 'ForkAfterAuthentication')).toBe('no')
  })

  test.each(['-oProxyCommand=id', 'karin@node', 'ssh://node', 'a b', ''])('never for %j', async (host) => {
    const options = fake()
    await expect(connectOpenSsh({ ...options, host }, always)).rejects.toMatchObject({ reason: { state: 'denied' } })
    expect(readdirSync(options.folder)).not.toContain('calls')
  })
})

test('a login that takes longer than ConnectTimeout is waited for, which ends before the login', async () => {
  const options = { ...fake('slow'), limit: 1000 }
  expect((await ran(await connect(options), 'true')).exit).toMatchObject({ code: 0 })
  const [login] = calls(options)
  expect(login && set(login, 'ConnectTimeout')).toBe('1')
})

describe('an ssh that neither answers nor ends', () => {
  test('is gone with everything once its limit is over', async () => {
    const all = marked()
    const options = { ...fake('deaf'), limit: 500, loginLimit: 500 }
    await expect(connectOpenSsh(options, always)).rejects.toMatchObject({
      reason: { state: 'lost', cause: 'does not log in within 1 s: see what ssh node waits for' },
    })
    expect(all.now()).toEqual([])
  })

  test('is not taken for refused while ssh has not given up, whatever the server wrote', async () => {
    const error: unknown = await connectOpenSsh({ ...fake('banner'), limit: 1000, loginLimit: 1000 }, always).catch(
      (thrown) => thrown,
    )
    expect(error).toMatchObject({
      reason: { state: 'lost', cause: expect.stringMatching(/^does not log in within 2 s/) },
    })
    expect(error).not.toBeInstanceOf(LoginRefused)
  })

  test('is gone with everything once it is given up', async () => {
    const all = marked()
    const asked = new AbortController()
    const attempt = connectOpenSsh(fake('deaf'), asked.signal)
    await expect.poll(() => all.now()).not.toEqual([])
    asked.abort()
    await expect(attempt).rejects.toMatchObject({ reason: { state: 'lost', cause: 'given up' } })
    expect(all.now()).toEqual([])
    await expect(connectOpenSsh(fake(), asked.signal)).rejects.toMatchObject({ reason: { cause: 'given up' } })
  })
})

test('a login that is given up before its ssh runs starts none', async () => {
  const options = fake()
  const asked = new AbortController()
  const attempt = connectOpenSsh(options, asked.signal)
  asked.abort()
  await expect(attempt).rejects.toMatchObject({ reason: { state: 'lost', cause: 'given up' } })
  expect(readdirSync(options.folder)).not.toContain('calls')
})

describe('stderr without end', () => {
  const floods = {
    state: 'lost',
    cause: 'floods: more than 4 MB of stderr in a second; look at what its login shell or a forced command prints',
  }

  test('of a command ends the connection, with all that runs over it', async () => {
    const all = marked()
    const connection = await connect(fake())
    const calm = await connection.stream({ argv: ['cat'] }, always)
    const flooding = await connection.stream({ argv: ['sh', '-c', 'exec yes >&2'] }, always)
    expect(await connection.closed).toEqual(floods)
    expect((await flooding.exit).stderr.length).toBeLessThanOrEqual(16 * 1024)
    await calm.exit
    await expect.poll(() => all.now()).toEqual([])
    await expect(connection.stream({ argv: ['cat'] }, always)).rejects.toMatchObject({ reason: floods })
  })

  test('before anybody is logged in, as from a banner, ends the attempt', async () => {
    const all = marked()
    await expect(connectOpenSsh(fake('floods'), always)).rejects.toMatchObject({ reason: floods })
    expect(all.now()).toEqual([])
  })
})

test('an ssh that is not there says what to install', async () => {
  await expect(connectOpenSsh({ ...fake(), program: 'no-such-ssh' }, always)).rejects.toMatchObject({
    reason: { state: 'denied', cause: expect.stringContaining('install the OpenSSH client') },
  })
})
