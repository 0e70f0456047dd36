import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { start } from '../support/command.ts'
import { nodeProgram } from '../support/programs.ts'
import { makeKey } from './keys.ts'
import { type Lab, makeLab } from './lab.ts'
import type { SshNode } from './nodes.ts'
import { watchHosts } from './watched-hosts.ts'

/** Nodes that are one machine with many addresses: as many sshds are more than a test can start. */
const size = 300
const names = Array.from({ length: size }, (_, index) => `n${index}`)
const addressOf = (index: number): string => `10.88.${100 + Math.floor(index / 250)}.${1 + (index % 250)}`

/** Logins at a time when a user is known to be let in, and some that gave their place away because they took long. */
const mostLogins = 32 + 16

const ends: (() => void | Promise<void>)[] = []
let made: Promise<{ readonly lab: Lab; readonly machine: SshNode }> | undefined

/** For all tests of this file: made by the first, inside of which waiting is possible. */
const theMachine = () => {
  made ??= (async () => {
    const lab = await makeLab((end) => void ends.push(end))
    const addresses = names.map((_, index) => addressOf(index))
    return { lab, machine: await lab.node('machine', { addresses, settings: ['MaxStartups 1000'] }) }
  })()
  return made
}

afterAll(async () => {
  for (const end of ends.toReversed()) await end()
}, 60_000)

/** A configuration in which all of these are that machine; `hostName`: what leads there. */
const configure = (lab: Lab, first: readonly string[] = [], hostName = addressOf): string => {
  const hosts = names.map((name, index) => [name, [`HostName ${hostName(index)}`, 'HostKeyAlias machine']] as const)
  return lab.configure({ first: ['ServerAliveInterval 5', ...first], hosts: Object.fromEntries(hosts) })
}

/** Connections to all, without anything over them: what they cost on the node would be this machine's, 300 times over. */
const holdAll = (lab: Lab, before: readonly string[] = [], config = configure(lab)) => {
  const folder = mkdtempSync(join(lab.folder, 'held-'))
  const program = start([...lab.enter, ...before, ...nodeProgram('hold-hosts', config, folder, ...names)])
  const now = new Map<string, string>()
  let read = 0
  /** How many hosts there are of each state and cause. */
  const counts = (): Readonly<Record<string, number>> => {
    const lines = program.output().split('\n')
    for (const line of lines.slice(read, -1)) {
      const [host = '', state = '', cause = ''] = JSON.parse(line) as readonly string[]
      now.set(host, cause === '' ? state : `${state}: ${cause}`)
    }
    read = lines.length - 1
    const all = [...now.values()]
    return Object.fromEntries([...new Set(all)].map((said) => [said, all.filter((one) => one === said).length]))
  }
  return { program, counts }
}

/** The most logins that were under way at a time, by what sshd noted in its order. */
const mostAtOnce = (log: string): number => {
  let now = 0
  let most = 0
  for (const line of log.split('\n')) {
    if (line.startsWith('Connection from ')) now += 1
    if (/^(Accepted|Connection closed by authenticating|Connection reset by)/.test(line)) now -= 1
    most = Math.max(most, now)
  }
  return most
}

const nameOf = (index: number): string => `n${index}.lab`

/** How many are live at an address that no name server told. */
const liveFromCache = (counts: Readonly<Record<string, number>>): number =>
  Object.entries(counts)
    .filter(([said]) => /^live: address from cache, of [\d-]+T[\d:]+ UTC: /.test(said))
    .reduce((sum, [, count]) => sum + count, 0)

const patience = { timeout: 90_000, interval: 250 } as const

describe('300 nodes', () => {
  test('that are cut at the same moment are all back by one login each, and never more at a time than may be', async () => {
    const { lab, machine } = await theMachine()
    const { program, counts } = holdAll(lab)
    await expect.poll(counts, patience).toEqual({ live: size })
    expect(machine.logins()).toEqual({ contacts: size, accepted: size, failed: 0 })
    expect(mostAtOnce(machine.log())).toBeLessThanOrEqual(mostLogins)

    const before = machine.log().length
    await machine.sessions.signal('KILL')
    await expect.poll(() => machine.logins().accepted, patience).toBe(2 * size)
    await expect.poll(counts, patience).toEqual({ live: size })
    expect(machine.logins()).toEqual({ contacts: 2 * size, accepted: 2 * size, failed: 0 })
    expect(mostAtOnce(machine.log().slice(before))).toBeLessThanOrEqual(mostLogins)
    expect([program.status(), program.errors()]).toEqual([undefined, ''])
  }, 240_000)

  test('that are cut while name servers have fallen silent are all back within a minute, each at its dated address', async () => {
    const { lab, machine } = await theMachine()
    const known = Object.fromEntries(names.map((name, index) => [`${name}.lab`, addressOf(index)]))
    const server = await lab.serveNames(known)
    const { program, counts } = holdAll(lab, [], configure(lab, [], nameOf))
    await expect.poll(counts, patience).toEqual({ live: size })
    const before = machine.logins()

    server.kill('SIGSTOP')
    const cut = performance.now()
    await machine.sessions.signal('KILL')
    await expect.poll(() => liveFromCache(counts()), { ...patience, timeout: 60_000 }).toBe(size)
    expect(performance.now() - cut).toBeLessThan(60_000)
    expect(machine.logins()).toEqual({
      contacts: before.contacts + size,
      accepted: before.accepted + size,
      failed: before.failed,
    })
    expect([program.status(), program.errors()]).toEqual([undefined, ''])
    // Left by itself it waits for its lookups.
    program.kill('SIGKILL')
    await expect.poll(program.status).toBeDefined()
    lab.resolver('')
  }, 240_000)

  test('with 256 descriptors are watched as far as these reach; the others say what to do, and nothing crashes', async () => {
    const { lab } = await theMachine()
    const { program, counts } = holdAll(lab, ['prlimit', '--nofile=256:256'])
    const short = 'lost: kntop may open no more files: raise the limit with ulimit -n before starting it'
    await expect.poll(() => counts()[short] ?? 0, patience).toBeGreaterThan(10)
    await expect.poll(() => counts()['live'] ?? 0, patience).toBeGreaterThan(180)
    const { live = 0, ...others } = counts()
    expect(live).toBeLessThan(256)
    expect(
      Object.keys(others).filter((said) => !said.includes('raise the limit with ulimit -n') && said !== 'connecting'),
    ).toEqual([])
    expect([program.status(), program.errors()]).toEqual([undefined, ''])
  }, 120_000)
})

/** Seconds of the program in one of ours. */
const speed = 30
const fast = {
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('../programs/fast-clock.ts', import.meta.url))}`,
  KNTOP_TEST_SPEED: String(speed),
}

test.each([
  ['ssh', []],
  // Its ssh lives by the real clock, and has ours to log in.
  ['openssh', ['ConnectTimeout 300']],
] as const)(
  '200 nodes with a wrong key hear of it 5 times at most in ten minutes, restarts included: %s',
  async (transport, first) => {
    const { lab, machine } = await theMachine()
    const watchedNames = names.slice(0, 200)
    const wrong = await makeKey(lab.folder, 'wrong')
    const config = configure(lab, first)
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(`IdentityFile ${lab.key}`, `IdentityFile ${wrong}`))
    const stateFolder = join(lab.folder, `state-wrong-${transport}`)
    const before = machine.logins()
    for (let start = 0; start <= 5; start += 1) {
      const watched = watchHosts(lab, config, watchedNames, {
        stateFolder,
        environment: fast,
        flags: { transport },
      })
      const connecting = (): number =>
        watchedNames.filter((name) => watched.node(name).link.state === 'connecting').length
      await expect.poll(() => watched.program.output().length, patience).toBeGreaterThan(0)
      await expect.poll(connecting, patience).toBe(0)
      // The first runs for ten minutes of its own.
      const passing = performance.now() + (start === 0 ? (10 * 60_000) / speed : 1000)
      await expect.poll(() => performance.now() > passing, patience).toBe(true)
      expect(watchedNames.filter((name) => watched.node(name).link.state === 'live')).toEqual([])
      expect(watched.node('n7').link.cause).toMatch(/refused|authentication failed/)
      await watched.quit()
    }
    const after = machine.logins()
    expect(after.failed - before.failed).toBeGreaterThanOrEqual(1)
    expect(after.failed - before.failed).toBeLessThanOrEqual(5)
    expect(after.contacts - before.contacts).toBeLessThanOrEqual(5)
    const modes = readdirSync(stateFolder).map((file) => statSync(join(stateFolder, file)).mode & 0o077)
    expect(modes).toEqual(modes.map(() => 0))
  },
  150_000,
)
