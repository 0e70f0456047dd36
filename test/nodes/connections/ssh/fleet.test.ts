import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Connection, ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import type { Fleet, FleetOptions } from '../../../../source/nodes/connections/ssh/fleet.ts'
import { makeKey } from './auth/support/keys.ts'
import { type RealSshd, startLimit, startSshd } from './auth/support/sshd.ts'
import { always, knownLine, testFolder } from './logging-in.ts'
import { madeFleet } from './made-fleet.ts'

let folder: string
let usual: RealSshd
let modern: RealSshd
const path = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-fleet-'))
  for (const name of ['right', 'wrong', 'host', 'other']) makeKey(folder, name)
  mkdirSync(path('bin'))
  // Notes every run of ssh that is none of the questions about the configuration.
  const script = `#!/bin/sh\nfor a; do [ "$a" = -G ] && exec /usr/bin/ssh "$@"; done\necho "$@" >>${path('runs')}\nexec /usr/bin/ssh "$@"\n`
  writeFileSync(path('bin/ssh'), script)
  chmodSync(path('bin/ssh'), 0o755)
  const others = [2, 3, 4, 5].map((last) => `ListenAddress 127.0.0.${last}`)
  usual = await startSshd([`HostKey ${path('host')}`, ...others])
  modern = await startSshd([`HostKey ${path('host')}`, 'KexAlgorithms sntrup761x25519-sha512@openssh.com'])
  for (const server of [usual, modern]) server.authorize(path('right'))
}, startLimit)
afterAll(async () => {
  await usual.stop()
  await modern.stop()
  rmSync(folder, { recursive: true, force: true })
})

const environment = (): Record<string, string> => ({ PATH: `${path('bin')}:${process.env.PATH}` })
beforeEach(() => {
  writeFileSync(path('runs'), '')
  vi.stubEnv('PATH', environment().PATH)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** How often the system's ssh was run to connect. */
const runs = (): number => readFileSync(path('runs'), 'utf8').split('\n').filter(Boolean).length

/** Writes a configuration with these blocks. */
const configure = (known: string, ...blocks: readonly (readonly [string, RealSshd, ...string[]])[]): string => {
  const here = testFolder()
  writeFileSync(join(here, 'known_hosts'), known)
  const lines = blocks.flatMap(([name, { port, user }, ...more]) => [
    `Host ${name}`,
    ...[...more, 'HostName 127.0.0.1', `Port ${port}`, `User ${user}`].map((line) => `  ${line}`),
  ])
  const last = ['Host *', `  UserKnownHostsFile ${here}/known_hosts`, '  GlobalKnownHostsFile /dev/null']
  const keys = [`  IdentityFile ${path('right')}`, '  IdentitiesOnly yes', '  IdentityAgent none', '']
  const file = join(here, 'config')
  writeFileSync(file, [...lines, ...last, ...keys].join('\n'))
  return file
}

const knownOf = (...servers: readonly RealSshd[]): string =>
  servers.map(({ port }) => knownLine(port, path('host'))).join('')

const fleetOf = (configFile: string, more: Partial<FleetOptions> = {}): Promise<Fleet> =>
  madeFleet(configFile, { environment: environment(), ...more })

const connected = async (fleet: Fleet, host: string): Promise<Connection> => {
  const connection = await fleet.connectTo(host)(always)
  onTestFinished(async () => {
    connection.close()
    await connection.closed
  })
  return connection
}

const refusal = async (fleet: Fleet, host: string): Promise<ConnectionError['reason']> => {
  const error: unknown = await fleet
    .connectTo(host)(always)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectionError)
  return (error as ConnectionError).reason
}

const contacts = (server: RealSshd): number => server.log().match(/^Connection from /gm)?.length ?? 0

describe('a host that both ways would do for', () => {
  test('is reached by ssh2, and says which way', async () => {
    const fleet = await fleetOf(configure(knownOf(usual), ['node', usual]))
    const { transport, route, remark } = await connected(fleet, 'node')
    expect([transport, route, remark]).toEqual(['ssh', `${usual.user}@127.0.0.1:${usual.port}`, undefined])
    expect(runs()).toBe(0)
  })

  test('is reached by the system’s ssh where that is asked for', async () => {
    const fleet = await fleetOf(configure(knownOf(usual), ['node', usual]), { transport: 'openssh' })
    expect((await connected(fleet, 'node')).transport).toBe('openssh')
    expect(runs()).toBeGreaterThan(0)
  })
})

test('a certificate that was made meanwhile is seen after a key press', async () => {
  const key = join(testFolder(), 'later')
  for (const end of ['', '.pub']) copyFileSync(`${path('right')}${end}`, `${key}${end}`)
  const config = configure(knownOf(usual), ['node', usual, `IdentityFile ${key}`])
  const fleet = await fleetOf(config)
  expect((await connected(fleet, 'node')).transport).toBe('ssh')
  execFileSync('ssh-keygen', ['-q', '-s', path('other'), '-I', 'test', `${key}.pub`])
  fleet.pressed()
  expect((await connected(fleet, 'node')).transport).toBe('openssh')
})

describe('a refusal is an answer: the system’s ssh is not asked after', () => {
  test('a key that was refused', async () => {
    const config = configure(knownOf(usual), ['node', usual, `IdentityFile ${path('wrong')}`])
    // The right one, named for all, would let us in.
    writeFileSync(config, readFileSync(config, 'utf8').replace(`  IdentityFile ${path('right')}\n`, ''))
    const before = contacts(usual)
    const fleet = await fleetOf(config)
    expect(await refusal(fleet, 'node')).toMatchObject({
      state: 'denied',
      cause: expect.stringMatching(/^server refused 1 key/),
    })
    expect([runs(), contacts(usual) - before]).toEqual([0, 1])
  })

  test.each(['ask', 'no', 'yes'])('a host key that has changed, StrictHostKeyChecking %s', async (strict) => {
    const config = configure(knownLine(usual.port, path('other')), ['node', usual, `StrictHostKeyChecking ${strict}`])
    const fleet = await fleetOf(config)
    expect(await refusal(fleet, 'node')).toMatchObject({ state: 'denied', cause: expect.stringMatching(/CHANGED/) })
    expect(runs()).toBe(0)
  })

  test('a host key that is not known', async () => {
    const fleet = await fleetOf(configure('', ['node', usual]))
    expect((await refusal(fleet, 'node')).cause).toMatch(/is not known/)
    expect(runs()).toBe(0)
  })

  test('a port that is refused', async () => {
    const config = configure('', ['node', { ...usual, port: 1 }])
    expect((await refusal(await fleetOf(config), 'node')).cause).toMatch(/^refused: nothing listens/)
    expect(runs()).toBe(0)
  })
})

test('which way is tried is said before it fails', async () => {
  const config = configure('', ['node', usual, 'ProxyCommand false'], ['gone', { ...usual, port: 1 }])
  const fleet = await fleetOf(config)
  const said: unknown[] = []
  const attempt = { goes: (way: unknown) => void said.push(way), waits: () => undefined }
  for (const host of ['node', 'gone']) await expect(fleet.connectTo(host)(always, attempt)).rejects.toThrow()
  expect(said).toEqual([
    { transport: 'openssh', route: `${usual.user}@127.0.0.1:${usual.port}` },
    { transport: 'ssh', route: `${usual.user}@127.0.0.1:1` },
  ])
})

describe('a host that ssh2 cannot talk to', () => {
  test('is reached by the system’s ssh, and the next time at once', async () => {
    const fleet = await fleetOf(configure(knownOf(modern), ['node', modern]))
    const before = contacts(modern)
    const first = await connected(fleet, 'node')
    expect(first.transport).toBe('openssh')
    expect(contacts(modern) - before).toBe(2)
    first.close()
    await first.closed
    expect((await connected(fleet, 'node')).transport).toBe('openssh')
    expect(contacts(modern) - before).toBe(3)
  })

  test('is not reached where only ssh2 is wanted, which says why', async () => {
    const fleet = await fleetOf(configure(knownOf(modern), ['node', modern]), { transport: 'ssh' })
    expect((await refusal(fleet, 'node')).cause).toMatch(/no matching/)
    expect(runs()).toBe(0)
  })

  test('as a bastion makes the whole way one of the system’s ssh', async () => {
    const blocks = [['gate', modern] as const, ['node', usual, 'ProxyJump gate'] as const]
    const fleet = await fleetOf(configure(knownOf(usual, modern), ...blocks))
    const { transport, route } = await connected(fleet, 'node')
    expect([transport, route]).toEqual(['openssh', `${usual.user}@127.0.0.1:${usual.port} via gate`])
  })

  test('by its configuration is not contacted by ssh2 at all', async () => {
    const before = contacts(usual)
    const fleet = await fleetOf(configure(knownOf(usual), ['node', usual, 'ProxyCommand nc %h %p']), {
      transport: 'auto',
    })
    const connection = await fleet
      .connectTo('node')(always)
      .catch((error: unknown) => error)
    if (!(connection instanceof Error)) {
      const opened = connection as Connection
      opened.close()
      await opened.closed
    }
    expect(runs()).toBeGreaterThan(0)
    expect(contacts(usual) - before).toBeLessThanOrEqual(1)
  })
})

describe('the system’s ssh logs in by the same rules', () => {
  const refusedKey = /^authentication failed: no key was accepted/

  test('a host that refused it is left alone for as long, over restarts too, and three stop the rest', async () => {
    const hosts = ['n1', 'n2', 'n3', 'n4', 'n5']
    const config = configure(
      hosts.map((host) => knownLine(usual.port, path('host')).replace(/^\S+/, host)).join(''),
      ...hosts.map((host) => [host, usual, `HostKeyAlias ${host}`] as const),
    )
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(path('right'), path('wrong')))
    // The history counts hosts by address.
    const addressed = hosts.reduce(
      (text, host, index) =>
        text.replace(
          `HostKeyAlias ${host}\n  HostName 127.0.0.1`,
          `HostKeyAlias ${host}\n  HostName 127.0.0.${index + 1}`,
        ),
      readFileSync(config, 'utf8'),
    )
    writeFileSync(config, addressed)
    const stateFolder = testFolder()
    const write = async (name: string, text: string): Promise<void> => writeFileSync(join(stateFolder, name), text)
    const before = contacts(usual)
    const fleet = await fleetOf(config, { transport: 'openssh', stateFolder, write })
    expect(await refusal(fleet, 'n1')).toMatchObject({
      state: 'denied',
      cause: expect.stringMatching(refusedKey),
      again: { at: expect.any(Number) },
    })
    expect((await refusal(fleet, 'n1')).cause).toMatch(
      /^not tried: refused at .*: authentication failed: no key was accepted/,
    )
    expect(contacts(usual) - before).toBe(1)
    await refusal(fleet, 'n2')
    expect((await refusal(fleet, 'n3')).cause).toMatch(
      /; tried again at .* \(UTC\), kept in login-failures.json of the state folder$/,
    )
    const again = await fleetOf(config, { transport: 'openssh', stateFolder, write })
    for (const one of [fleet, again])
      expect(await refusal(one, 'n4')).toMatchObject({
        state: 'backing-off',
        cause: expect.stringMatching(/^not tried: /),
      })
    expect(contacts(usual) - before).toBe(3)
    again.pressed()
    expect((await refusal(again, 'n5')).cause).toMatch(refusedKey)
    expect(contacts(usual) - before).toBe(4)
  })

  test('a changed host key is no failed login, and looked at again much later', async () => {
    const config = configure(knownLine(usual.port, path('other')), ['node', usual])
    const fleet = await fleetOf(config, { transport: 'openssh' })
    const { cause, again } = await refusal(fleet, 'node')
    expect(cause).toMatch(/^host key changed/)
    if (typeof again !== 'object' || !('at' in again)) throw new Error('it waits for no time')
    expect(again.at - performance.now()).toBeGreaterThan(14 * 60_000)
    writeFileSync(join(dirname(config), 'known_hosts'), knownOf(usual))
    expect((await connected(fleet, 'node')).transport).toBe('openssh')
  })

  test('while the agent it needs is silent nobody is contacted; a key file serves without the agent', async () => {
    const deaf = join(testFolder(), 'agent')
    const server = createServer(() => undefined).listen(deaf)
    onTestFinished(() => void server.close())
    const config = configure(
      knownOf(usual),
      ['needs', usual, 'IdentityFile none', `IdentityAgent ${deaf}`],
      ['has', usual, `IdentityAgent ${deaf}`],
    )
    const before = contacts(usual)
    const fleet = await fleetOf(config, { transport: 'openssh' })
    // The file that is named for all is none of its own.
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace('IdentityFile none', `IdentityFile ${path('absent')}\n  IdentitiesOnly no`),
    )
    writeFileSync(
      config,
      readFileSync(config, 'utf8')
        .replace(`Host *\n`, `Host has\n  IdentityFile ${path('right')}\nHost *\n`)
        .replace(/(Host \*[^]*)  IdentityFile .*\n/, '$1'),
    )
    expect(await refusal(fleet, 'needs')).toMatchObject({
      state: 'backing-off',
      cause: expect.stringMatching(/^agent does not answer/),
      again: { on: expect.any(Function) },
    })
    expect([runs(), contacts(usual) - before]).toEqual([0, 0])
    expect((await connected(fleet, 'has')).transport).toBe('openssh')
  })
})

describe('hosts behind a bastion', () => {
  test('of the same user do not wait for their own place: no time has to pass', async () => {
    const fleet = await fleetOf(configure(knownOf(usual), ['gate', usual], ['n1 n2 n3', usual, 'ProxyJump gate']))
    const before = contacts(usual)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const all = await Promise.all(['n1', 'n2', 'n3'].map((host) => connected(fleet, host)))
    vi.useRealTimers()
    expect(all.map(({ route }) => route)).toEqual([1, 2, 3].map(() => `${usual.user}@127.0.0.1:${usual.port} via gate`))
    // One login of the bastion, and one for each.
    expect(contacts(usual) - before).toBe(4)
  })
})

test('a name that is none never reaches ssh, and is not tried again by itself', async () => {
  const fleet = await fleetOf(configure('', ['node', usual]))
  expect(await refusal(fleet, '-oProxyCommand=id')).toMatchObject({ state: 'denied', again: 'asked' })
})
