import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import {
  type Agent,
  type AgentState,
  openAgent,
  openAgents,
  usualPatience,
} from '../../../../../source/nodes/connections/ssh/auth/agent.ts'
import { type RealAgent, startAgent } from './support/agent.ts'
import { makeKey, printedFingerprint } from './support/keys.ts'
import { demand } from './support/processes.ts'

// Only where somebody has to give up is the limit short: a busy machine answers late.
const patient = { ...usualPatience, identities: 15_000, fresh: 0, again: 20, watch: 20 }
const impatient = { ...patient, identities: 300, sign: 300 }

let folder: string
let keys: readonly string[]
const agents: Agent[] = []
const real: RealAgent[] = []
const servers: Server[] = []

const opened = (socket: string | undefined, patience = patient): Agent => {
  const agent = openAgent(socket, patience)
  agents.push(agent)
  return agent
}

const started = async (): Promise<RealAgent> => {
  const agent = await startAgent(join(folder, `agent-${real.length}`))
  real.push(agent)
  return agent
}

/** Something that listens like an agent, and does this with a connection. */
const pretender = async (behave: (socket: Socket) => void): Promise<string> => {
  const path = join(folder, `pretender-${servers.length}`)
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    behave(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return path
}

const fingerprints = (state: AgentState): readonly string[] =>
  state.state === 'answers' ? state.keys.map(({ fingerprint }) => fingerprint) : []

beforeAll(() => {
  demand('ssh-agent', 'ssh-add', 'ssh-keygen')
  folder = mkdtempSync(join(tmpdir(), 'kntop-agent-'))
  keys = [
    makeKey(folder, 'one'),
    makeKey(folder, 'two', { type: 'rsa', bits: 2048 }),
    makeKey(folder, 'three', { type: 'ecdsa' }),
  ]
})

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.close()
  for (const agent of real) await agent.kill()
  for (const server of servers) server.close()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the keys of a real agent, in its order, with the fingerprints that ssh-add prints', async () => {
  const agent = await started()
  agent.add(...keys)
  const state = await opened(agent.socket).ask()
  expect(fingerprints(state)).toEqual(keys.map(printedFingerprint))
  const printed = Array.from(agent.list().matchAll(/SHA256:\S+/g), ([fingerprint]) => fingerprint)
  expect(fingerprints(state)).toEqual(printed)
  expect(state.state === 'answers' && state.keys.map(({ comment }) => comment)).toEqual(['one', 'two', 'three'])
})

test.each([
  ['one', undefined, undefined],
  ['two', 'sha256', 'sha256'],
  ['two', 'sha512', 'sha512'],
] as const)('%s signs with %s, and the signature verifies', async (name, hash, digest) => {
  const agent = await started()
  agent.add(...keys)
  const ours = opened(agent.socket)
  const state = await ours.ask()
  const key = state.state === 'answers' ? state.keys.find(({ comment }) => comment === name) : undefined
  if (key === undefined) throw new Error('the key is not there')
  const data = Buffer.from('to be signed')
  const signature = await ours.sign(key, data, hash)
  const parsed = ssh2.utils.parseKey(key.blob)
  if (parsed instanceof Error) throw parsed
  expect(verify(digest ?? null, data, createPublicKey(parsed.getPublicPEM()), signature)).toBe(true)
})

test('a locked agent answers, with no keys', async () => {
  const agent = await started()
  agent.add(...keys)
  const askpass = join(folder, 'askpass')
  writeFileSync(askpass, '#!/bin/sh\necho lockword\n', { mode: 0o700 })
  agent.lock(askpass)
  expect(await opened(agent.socket).ask()).toEqual({ state: 'answers', keys: [] })
})

test('without an agent there is none, and nothing is silent', async () => {
  expect(await opened(undefined).ask()).toEqual({ state: 'none' })
})

const silentOnes: readonly (readonly [string, RegExp, () => Promise<string>])[] = [
  ['a missing socket', /no socket/, () => Promise.resolve(join(folder, 'missing'))],
  [
    'a socket that nobody listens on',
    /nobody listens/,
    async () => {
      const agent = await started()
      await agent.kill()
      return agent.socket
    },
  ],
  [
    'a plain file',
    /nobody listens|no socket/,
    () => {
      writeFileSync(join(folder, 'file'), '')
      return Promise.resolve(join(folder, 'file'))
    },
  ],
  [
    'a frozen agent',
    /nothing within 0\.3 s/,
    async () => {
      const agent = await started()
      agent.freeze()
      return agent.socket
    },
  ],
  ['one that hangs up', /closed the connection/, () => pretender((socket) => socket.end())],
  [
    'one that hangs up in the middle',
    /closed the connection/,
    () => pretender((socket) => socket.end(Buffer.from([0, 0, 0, 40, 12, 0]))),
  ],
  ['one that says something else', /no agent protocol/, () => pretender((socket) => socket.end('SSH-2.0-x\r\n'))],
  [
    'one that answers another question',
    /no agent protocol/,
    () => pretender((socket) => socket.end(Buffer.from([0, 0, 0, 1, 14]))),
  ],
  [
    'one that counts more keys than it sends',
    /no agent protocol/,
    () => pretender((socket) => socket.end(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 9]))),
  ],
  [
    'one that announces 256 KB and a byte',
    /no agent protocol/,
    () => pretender((socket) => socket.write(Buffer.from([0, 4, 0, 1, 12]))),
  ],
  ['one that refuses to list', /will not list/, () => pretender((socket) => socket.end(Buffer.from([0, 0, 0, 1, 5])))],
]

test.each(silentOnes)('%s does not answer, with a cause', async (name, cause, socket) => {
  const state = await opened(await socket(), name === 'a frozen agent' ? impatient : patient).ask()
  expect(state.state).toBe('silent')
  expect(state.state === 'silent' && state.cause).toMatch(/^agent does not answer: /)
  expect(state.state === 'silent' && state.cause).toMatch(cause)
})

test('all who ask at a time share one request, and an answer is good for a while', async () => {
  let connections = 0
  const path = await pretender((socket) => {
    connections += 1
    socket.once('data', () => socket.end(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0])))
  })
  const agent = opened(path, { ...patient, fresh: 60_000 })
  const states = await Promise.all(Array.from({ length: 50 }, () => agent.ask()))
  await agent.ask()
  expect(states).toEqual(Array.from({ length: 50 }, () => ({ state: 'answers', keys: [] })))
  expect(connections).toBe(1)
})

test('while it is silent nobody waits for it, and it is noticed when it comes back', async () => {
  const agent = await started()
  agent.add(...keys)
  const ours = opened(agent.socket, impatient)
  const states: AgentState[] = []
  ours.onChange((state) => states.push(state))
  agent.freeze()
  await ours.ask()
  expect(await Promise.race([ours.ask(), Promise.resolve('somebody waits')])).toMatchObject({ state: 'silent' })
  agent.thaw()
  await vi.waitFor(() => expect(states.map(({ state }) => state)).toEqual(['silent', 'answers']))
  expect(states.flatMap(fingerprints)).toEqual(keys.map(printedFingerprint))
})

test('it is noticed when another agent takes the place of a killed one, and when its keys change', async () => {
  const first = await started()
  first.add(...keys)
  const ours = opened(first.socket)
  await ours.ask()
  await first.kill()
  expect(await ours.ask()).toMatchObject({ state: 'silent' })
  const states: AgentState[] = []
  const leave = ours.onChange((state) => states.push(state))
  const second = await startAgent(first.socket)
  real.push(second)
  await vi.waitFor(() => expect(states).toEqual([{ state: 'answers', keys: [] }]))
  second.add(keys[0] ?? '')
  await ours.ask()
  expect(states).toHaveLength(2)
  leave()
  second.add(keys[1] ?? '')
  await ours.ask()
  expect(states).toHaveLength(2)
})

test('while somebody waits for a change, an agent that answers is asked for its keys, and then no longer', async () => {
  let connections = 0
  const agent = await started()
  const path = await pretender((socket) => {
    connections += 1
    const behind = createConnection(agent.socket)
    behind.on('error', () => undefined)
    socket.pipe(behind).pipe(socket)
  })
  const ours = opened(path, patient)
  await ours.ask()
  const come = vi.fn<() => void>()
  const leave = ours.change()(come)
  await vi.waitFor(() => expect(connections).toBeGreaterThan(3))
  expect(come).not.toHaveBeenCalled()
  agent.add(keys[0] ?? '')
  await vi.waitFor(() => expect(come).toHaveBeenCalledOnce())
  leave()
  // One question may be under way.
  await ours.ask()
  const asked = connections
  // Another, of which somebody still wants to hear, is asked again and again meanwhile.
  let others = 0
  const other = opened(
    await pretender((socket) => {
      others += 1
      socket.end(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]))
    }),
  )
  await other.ask()
  other.onChange(() => undefined)
  await vi.waitFor(() => expect(others).toBeGreaterThan(5))
  expect(connections).toBe(asked)
})

test('a change that came before anybody listened is not missed, unless he left', async () => {
  const agent = await started()
  const ours = opened(agent.socket)
  await ours.ask()
  const change = ours.change()
  agent.add(keys[0] ?? '')
  await ours.ask()
  const [left, stayed] = [vi.fn<() => void>(), vi.fn<() => void>()]
  change(left)()
  change(stayed)
  await vi.waitFor(() => expect(stayed).toHaveBeenCalledOnce())
  expect(left).not.toHaveBeenCalled()
})

test('an agent that freezes while it signs does not answer; it has refused nothing', async () => {
  const agent = await started()
  agent.add(...keys)
  const ours = opened(agent.socket, { ...patient, sign: 300 })
  const state = await ours.ask()
  const [key] = state.state === 'answers' ? state.keys : []
  if (key === undefined) throw new Error('the key is not there')
  const states: AgentState[] = []
  ours.onChange((state) => states.push(state))
  agent.freeze()
  await expect(ours.sign(key, Buffer.from('x'), undefined)).rejects.toMatchObject({ trouble: 'silent' })
  expect(states).toMatchObject([{ state: 'silent' }])
})

test('an agent that no longer has the key refuses; it still answers', async () => {
  const [first, second] = [await started(), await started()]
  first.add(...keys)
  const state = await opened(first.socket).ask()
  const [key] = state.state === 'answers' ? state.keys : []
  if (key === undefined) throw new Error('the key is not there')
  const ours = opened(second.socket)
  await expect(ours.sign(key, Buffer.from('x'), undefined)).rejects.toMatchObject({ trouble: 'refuses' })
  expect(await ours.ask()).toEqual({ state: 'answers', keys: [] })
})

test('one socket is one agent, whoever names it', () => {
  const all = openAgents()
  expect(all.at('/a')).toBe(all.at('/a'))
  expect(all.at('/a')).not.toBe(all.at('/b'))
  all.close()
})
