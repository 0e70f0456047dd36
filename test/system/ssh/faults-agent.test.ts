import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startAgent as startOne } from '../../nodes/connections/ssh/auth/support/agent.ts'
import { makeKey } from './keys.ts'
import { type ConfigOptions, type Lab, makeLab } from './lab.ts'
import type { SshNode } from './nodes.ts'
import { watchHosts } from './watched-hosts.ts'

/** An agent that ends with the test. */
const startAgent: typeof startOne = async (socket) => {
  const agent = await startOne(socket)
  onTestFinished(agent.kill)
  return agent
}

/** Everything on a node's side that would be a failed login. */
const failed = (nodes: readonly SshNode[]): number => nodes.reduce((sum, node) => sum + node.logins().failed, 0)

/** A configuration in which keys are the agent's, but for these hosts. */
const byAgent = (lab: Lab, socket: string, hosts: ConfigOptions['hosts'] = {}): string => {
  const config = lab.configure({ hosts })
  const [before = '', all = ''] = readFileSync(config, 'utf8').split('Host *\n')
  const changed = all
    .replace(/IdentityFile .*/, `IdentityFile ${join(lab.folder, 'no-such-key')}`)
    .replace('IdentitiesOnly yes', 'IdentitiesOnly no')
    .replace('IdentityAgent none', `IdentityAgent ${socket}`)
  writeFileSync(config, `${before}Host *\n${changed}`)
  return config
}

test('an agent that holds no key yet: hosts come by themselves as soon as it does, and none has refused anything', async () => {
  const lab = await makeLab()
  const agentKey = await makeKey(lab.folder, 'agent-key')
  const names = ['one', 'two', 'three', 'four', 'five']
  const nodes: SshNode[] = []
  for (const name of names) nodes.push(await lab.node(name, { keys: [agentKey] }))
  const agent = await startAgent(join(lab.folder, 'agent'))
  const watched = watchHosts(lab, byAgent(lab, agent.socket), names)
  const causes = () => names.map((name) => watched.node(name).link.cause)
  const without = /^(no key to offer for karin, .*; add one|not tried: .* refused karin without a key: add one)/
  await expect.poll(() => watched.program.output().length, { timeout: 20_000 }).toBeGreaterThan(0)
  await expect.poll(causes, { timeout: 30_000 }).toEqual(names.map(() => expect.stringMatching(without)))
  const contacts = () => nodes.reduce((sum, node) => sum + node.logins().contacts, 0)
  expect(contacts()).toBe(3)

  agent.add(agentKey)
  for (const name of names) await watched.live(name)
  expect(contacts()).toBe(3 + names.length)
  expect(failed(nodes)).toBe(0)
  expect(watched.program.errors()).toBe('')
}, 120_000)

test('an agent that freezes, dies and comes back is nobody’s failed login; what is held lives on', async () => {
  const lab = await makeLab()
  const agentKey = await makeKey(lab.folder, 'agent-key')
  const [cut, held] = [await lab.node('cut', { keys: [agentKey] }), await lab.node('held', { keys: [agentKey] })]
  const byFile = await lab.node('by-file')
  const socket = join(lab.folder, 'agent')
  const agent = await startAgent(socket)
  agent.add(agentKey)
  // Only the agent has the key: the private file is not named, and there is no other.
  const config = byAgent(lab, socket, { 'by-file': [`IdentityFile ${lab.key}`, 'IdentitiesOnly yes'] })
  const watched = watchHosts(lab, config, ['cut', 'held', 'by-file'])
  for (const name of ['cut', 'held', 'by-file']) await watched.live(name)

  for (const [trouble, cause, back] of [
    [agent.freeze, /agent does not answer: .*nothing within 3 s/, agent.thaw],
    [
      agent.kill,
      /agent does not answer: .*nobody listens/,
      async () => {
        const other = await startAgent(`${socket}-2`)
        other.add(agentKey)
        renameSync(other.socket, socket)
      },
    ],
  ] as const) {
    const logins = watched.node('cut').link.logins ?? 0
    const fileLogins = watched.node('by-file').link.logins ?? 0
    // What the agent said before is good for 5 s.
    await watched.moreTicks('held', 6)
    await trouble()
    const contacts = cut.logins().contacts
    await cut.sessions.signal('KILL')
    await byFile.sessions.signal('KILL')
    const { link } = await watched.until('cut', (now) => now.link.state === 'backing-off' && cause.test(now.link.cause))
    expect(link.until).toBeUndefined()
    await watched.until('by-file', ({ link: { state, logins: now } }) => state === 'live' && now === fileLogins + 1)
    await watched.moreTicks('held', 5)
    expect(cut.logins().contacts).toBe(contacts)
    await back()
    await watched.until('cut', ({ link: { state, logins: now } }) => state === 'live' && now === logins + 1)
  }
  expect(watched.history('held')).toEqual(['connecting: ', 'live: '])
  expect(failed([cut, held, byFile])).toBe(0)
  expect(watched.program.errors()).toBe('')
}, 120_000)
