import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { OpenSshOptions } from '../../source/nodes/connections/openssh/options.ts'
import { bearing, descendants, type Process } from '../nodes/connections/openssh/processes.ts'
import { optionsFor, type Sshd, startSshd, writeConfig } from '../nodes/connections/openssh/sshd.ts'
import { always, connect } from '../nodes/connections/openssh/talk.ts'
import { type Running, start } from './support/command.ts'

const within = (limit: number, check: () => void): Promise<void> => vi.waitFor(check, { timeout: limit, interval: 20 })

/** What the connection runs on this machine. */
const here = ({ controlFolder }: OpenSshOptions): readonly Process[] =>
  bearing(controlFolder).filter(({ name }) => name === 'ssh' || name === 'sh')

/** The ssh that holds the connection: the others say that they do not. */
const holder = (options: OpenSshOptions): number =>
  here(options).find(({ name, command }) => name === 'ssh' && command.includes(' -M '))?.pid ?? Number.NaN

const nothingIsLeft = (sshd: Sshd, options: OpenSshOptions, token: string): Promise<void> =>
  within(10_000, () => {
    expect(bearing(token)).toEqual([])
    expect(bearing(options.controlFolder)).toEqual([])
    expect(descendants(sshd.pid)).toEqual([])
    expect(readdirSync(options.controlFolder)).toEqual([])
  })

/** Another process that holds a connection with two programs on it, all bearing the token. */
const held = async (sshd: Sshd, added: readonly string[] = []) => {
  const options = optionsFor(sshd, writeConfig(sshd, added))
  const token = randomUUID()
  const program = fileURLToPath(new URL('../nodes/connections/openssh/hold.ts', import.meta.url))
  const running: Running = start([process.execPath, program, JSON.stringify(options), token])
  // Where the test fails, it is the test that ends what it was about.
  onTestFinished(() => {
    for (const { pid } of bearing(options.controlFolder)) process.kill(pid, 'SIGKILL')
  })
  await running.said(/^up$/)
  return { options, token, running }
}

describe('what is left of a connection', () => {
  test.each([
    ['', []],
    // One that neither the end of its input nor a polite word ends, and which starts others.
    [
      ' with a stubborn ProxyCommand',
      [`ProxyCommand bash -c 'trap "" TERM HUP; exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3; sleep 1000'`],
    ],
  ])('after kill -9 of kntop%s: nothing, here or on the node', async (_, added) => {
    const sshd = await startSshd()
    const { options, token, running } = await held(sshd, added)
    // A shell bears its own name only once it has taken the place of the ssh that made it.
    await within(10_000, () => expect(bearing(token).filter(({ name }) => name === 'sh')).toHaveLength(2))
    running.kill('SIGKILL')
    await nothingIsLeft(sshd, options, token)
  })

  test('after kill -9 of kntop while the ssh that holds it is stopped: nothing', async () => {
    const sshd = await startSshd()
    const { options, token, running } = await held(sshd)
    process.kill(holder(options), 'SIGSTOP')
    running.kill('SIGKILL')
    await nothingIsLeft(sshd, options, token)
  })

  test('after it was closed: nothing, once it says so', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    const connection = await connect(options)
    const channel = await connection.stream({ argv: ['cat'] }, always)
    expect(
      here(options)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['sh', 'sh', 'ssh', 'ssh'])
    const late = connection.stream({ argv: ['cat'] }, always)
    connection.close()
    await expect(late).rejects.toMatchObject({ reason: { cause: 'closed' } })
    expect(await connection.closed).toEqual({ state: 'lost', cause: 'closed' })
    expect(await channel.exit).toMatchObject({ code: 0 })
    expect(bearing(options.controlFolder)).toEqual([])
    expect(readdirSync(options.controlFolder)).toEqual([])
    await within(10_000, () => expect(descendants(sshd.pid)).toEqual([]))
    await expect(connection.stream({ argv: ['cat'] }, always)).rejects.toMatchObject({ reason: { cause: 'closed' } })
  })

  test.each([
    ['the ssh that holds it', (options: OpenSshOptions) => holder(options)],
    [
      'the script that holds that',
      (options: OpenSshOptions) => here(options).find(({ name }) => name === 'sh')?.pid ?? Number.NaN,
    ],
  ])('after kill -9 of %s: nothing, every channel ends, and it says so', async (_, pick) => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    const connection = await connect(options)
    const channels = await Promise.all([1, 2, 3].map(() => connection.stream({ argv: ['cat'] }, always)))
    process.kill(pick(options), 'SIGKILL')
    expect(await connection.closed).toEqual({ state: 'lost', cause: 'ssh to node ended without a word' })
    for (const channel of channels) expect(await channel.exit).toMatchObject({ code: null })
    expect(bearing(options.controlFolder)).toEqual([])
    expect(readdirSync(options.controlFolder)).toEqual([])
    await within(10_000, () => expect(descendants(sshd.pid)).toEqual([]))
  })

  test('after its session at the server was killed: nothing, and it says so', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    const connection = await connect(options)
    const channel = await connection.stream({ argv: ['cat'] }, always)
    for (const { pid, parent } of descendants(sshd.pid)) if (parent === sshd.pid) process.kill(pid, 'SIGKILL')
    expect(await connection.closed).toEqual({ state: 'lost', cause: expect.stringMatching(/^closed by the server; /) })
    expect(await channel.exit).toMatchObject({ code: null })
    expect(bearing(options.controlFolder)).toEqual([])
  })
})

describe('a channel that is closed', () => {
  test('leaves nothing of it, here or on the node, and the connection lives', async () => {
    const sshd = await startSshd()
    const options = optionsFor(sshd)
    const connection = await connect(options)
    const before = descendants(sshd.pid).length
    const asked = new AbortController()
    const one = await connection.stream({ argv: ['cat'] }, always)
    const two = await connection.stream({ argv: ['cat'] }, asked.signal)
    one.close()
    asked.abort()
    expect([await one.exit, await two.exit]).toMatchObject([{ code: 0 }, { code: 0 }])
    expect(here(options)).toHaveLength(3)
    await within(10_000, () => expect(descendants(sshd.pid)).toHaveLength(before))
  })

  test('is over in bounded time, where the program does not care', async () => {
    const options = optionsFor(await startSshd())
    const connection = await connect(options)
    const channel = await connection.stream({ argv: ['sleep', '5'] }, always)
    channel.close()
    expect(await channel.exit).toMatchObject({ signal: 'SIGKILL' })
    expect(here(options)).toHaveLength(3)
  })
})
