import { appendFileSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeKey, publicKey } from './keys.ts'
import { makeLab } from './lab.ts'
import type { SshNode } from './nodes.ts'
import { type ToldNode, watchHosts } from './watched-hosts.ts'

const running = async (node: SshNode): Promise<readonly string[]> =>
  (await node.processes()).map(({ pid, user, command }) => `${pid} ${user} ${command}`)

/** What is left of somebody's login: their shell, sampler and whatever they started, but for sshd's own processes. */
const ours = async (node: SshNode): Promise<readonly string[]> =>
  (await node.visitors()).filter(({ command }) => !command.startsWith('sshd:')).map(({ command }) => command)

const sessions = async (node: SshNode): Promise<readonly string[]> =>
  (await node.visitors()).filter(({ command }) => /^sshd: karin(@|$)/.test(command)).map(({ command }) => command)

describe('kntop that was stopped for a minute, longer than any lease and all its keepalives', () => {
  test('goes on over the connections it held: no login, another sampler, one gap', async () => {
    const lab = await makeLab()
    const node = await lab.node('one')
    const before = await running(node)
    const metrics = ['cpu.busy'] as const
    const watched = watchHosts(lab, lab.configure(), ['one'], { metrics })
    await watched.live('one')
    await watched.until('one', ({ figures }) => typeof figures['cpu.busy'] === 'number')
    watched.program.kill('SIGSTOP')
    const stopped = performance.now()
    // Its commands have a longer lease.
    const sampling = async () => (await ours(node)).filter((command) => /awk/.test(command))
    expect(await sampling()).not.toEqual([])
    await expect.poll(sampling, { timeout: 25_000, interval: 250 }).toEqual([])
    // The connection is held by the kernel meanwhile.
    expect(await sessions(node)).toHaveLength(1)
    await expect.poll(() => performance.now() - stopped, { timeout: 70_000 }).toBeGreaterThan(60_000)
    watched.program.kill('SIGCONT')
    // It may have passed by the time one looks: the next sampler starts at once.
    await expect
      .poll(() => watched.history('one').some((said) => said.startsWith('no-data')), { timeout: 30_000 })
      .toBe(true)
    await watched.until('one', ({ link, figures }) => link.state === 'live' && typeof figures['cpu.busy'] === 'number')
    await watched.moreTicks('one', 3)

    expect(watched.history('one')).toEqual([
      'connecting: ',
      'live: ',
      'no-data: the sampler ended by itself: no tick reached it in time',
      'live: ',
    ])
    expect(watched.node('one').link.logins).toBe(1)
    expect(node.logins()).toEqual({ contacts: 1, accepted: 1, failed: 0 })
    const told = watched.program
      .output()
      .split('\n')
      .flatMap((line) => (line.startsWith('{"node"') ? [(JSON.parse(line) as { node: ToldNode }).node] : []))
    const shown = told.map(({ figures }) => typeof figures['cpu.busy'])
    const gaps = shown.filter((kind, index) => kind !== 'number' && shown[index - 1] === 'number')
    expect(gaps).toHaveLength(1)
    await watched.quit()
    await expect.poll(() => running(node), { timeout: 10_000 }).toEqual(before)
  }, 150_000)
})

describe('a link that was cut without a word', () => {
  test('leaves what runs on the node to its lease, and the session of sshd to the next connection', async () => {
    const lab = await makeLab()
    const node = await lab.node('one')
    const before = await running(node)
    const config = lab.configure({ first: ['ServerAliveInterval 1', 'ServerAliveCountMax 3', 'ConnectTimeout 5'] })
    const watched = watchHosts(lab, config, ['one'])
    await watched.live('one')
    const [session = ''] = await sessions(node)
    const pids = (await node.visitors()).filter(({ command }) => command.startsWith('sshd:')).map(({ pid }) => pid)
    expect(session).not.toBe('')

    await node.dropPackets()
    await watched.until('one', ({ link }) => link.state === 'lost')
    await expect.poll(() => ours(node), { timeout: 25_000, interval: 250 }).toEqual([])
    const left = (await running(node)).filter((line) => !before.includes(line))
    expect(left.every((line) => / sshd: /.test(line))).toBe(true)
    expect(left).toHaveLength(pids.length)

    await node.undrop()
    watched.order({ retry: 'all' })
    await watched.until('one', ({ link }) => link.state === 'live' && link.logins === 2)
    await expect
      .poll(async () => (await node.visitors()).some(({ pid }) => pids.includes(pid)), { timeout: 15_000 })
      .toBe(false)
    expect(await sessions(node)).toHaveLength(1)
    await watched.quit()
    await expect.poll(() => running(node), { timeout: 10_000 }).toEqual(before)
  }, 90_000)
})

/** Nodes that only a name server finds, under their names; the last has a port of its own, and its key is kept with that. */
const named = async (names: readonly string[], first: readonly string[] = []) => {
  const lab = await makeLab()
  const nodes: SshNode[] = []
  for (const name of names) nodes.push(await lab.node(name))
  const odd = await lab.node('behind', { settings: ['Port 2222'] })
  const all = Object.fromEntries([
    ...nodes.map(({ name, address }) => [`${name}.lab`, address]),
    ['odd.lab', odd.address],
  ])
  const server = await lab.serveNames(all)
  const hosts = Object.fromEntries(names.map((name) => [name, [`HostName ${name}.lab`]]))
  const config = lab.configure({
    first,
    unknown: ['behind'],
    hosts: { ...hosts, odd: ['HostName odd.lab', 'Port 2222'] },
  })
  appendFileSync(join(lab.folder, 'known_hosts'), `[odd.lab]:2222 ${publicKey(odd.hostKey)}\n`)
  return { lab, nodes: [...nodes, odd], names: [...names, 'odd'], server, config }
}

describe.each(['ssh', 'openssh'])('name servers that fall silent, with %s', (transport) => {
  test('keep nobody away who was there before: the address that worked is used, and said so', async () => {
    const { lab, nodes, names, server, config } = await named(['one', 'two', 'three'])
    const watched = watchHosts(lab, config, names, { flags: { transport } })
    for (const name of names) expect((await watched.live(name)).link).not.toHaveProperty('remark')

    server.kill('SIGSTOP')
    const begun = performance.now()
    for (const node of nodes) await node.sessions.signal('KILL')
    for (const name of names) {
      const { link } = await watched.until(name, ({ link: now }) => now.state === 'live' && now.logins === 2, 60_000)
      const [, date = ''] =
        /^address from cache, of (\S+) UTC: name servers do not answer$/.exec(link.remark ?? '') ?? []
      expect(Math.abs(Date.parse(`${date}Z`) - Date.now()), link.remark).toBeLessThan(3 * 60_000)
      expect(link.transport).toBe(transport)
    }
    expect(performance.now() - begun).toBeLessThan(60_000)
    server.kill('SIGCONT')
    for (const node of nodes) await node.sessions.signal('KILL')
    for (const name of names) {
      const { link } = await watched.until(name, ({ link: now }) => now.state === 'live' && now.logins === 3, 60_000)
      expect(link.remark).toBeUndefined()
    }
    for (const node of nodes) expect(node.logins()).toEqual({ contacts: 3, accepted: 3, failed: 0 })
  }, 150_000)

  test.each(['yes', 'no'])(
    'let in nobody with another key meanwhile, with StrictHostKeyChecking %s',
    async (setting) => {
      const { lab, nodes, names, server, config } = await named(['one'], [`StrictHostKeyChecking ${setting}`])
      const watched = watchHosts(lab, config, names, { flags: { transport } })
      for (const name of names) await watched.live(name)

      server.kill('SIGSTOP')
      const other = await makeKey(lab.folder, 'rotated')
      for (const node of nodes) {
        copyFileSync(other, node.hostKey)
        const before = node.log().length
        await node.listener.signal('HUP')
        await expect.poll(() => node.log().slice(before)).toContain('Server listening')
        // What tells the listener from its sessions is a file that it writes only now.
        await expect.poll(() => node.finish(['test', '-s', '/run/sshd.pid'])).toMatchObject({ status: 0 })
        await node.sessions.signal('KILL')
      }
      for (const name of names) {
        const { link } = await watched.until(name, ({ link: now }) => now.state === 'denied', 60_000)
        expect(link.cause).toMatch(/^host key changed: .*known_hosts/i)
      }
      for (const node of nodes) expect(node.logins()).toEqual({ contacts: 2, accepted: 1, failed: 0 })
    },
    150_000,
  )
})
