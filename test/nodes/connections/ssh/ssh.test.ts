import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthHandlerMiddleware } from 'ssh2'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Program } from '../../../../source/nodes/connections/connection.ts'
import type { SshConnection } from '../../../../source/nodes/connections/ssh/ssh.ts'
import { makeKey } from './auth/support/keys.ts'
import { type RealSshd, startLimit, startSshd } from './auth/support/sshd.ts'
import { always, loginTo, reasonOf, startOdd } from './connection-server.ts'

let folder: string
let sshd: RealSshd
let key: Buffer
const faults: unknown[] = []
const noteFault = (fault: unknown): void => void faults.push(fault)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-ssh-'))
  makeKey(folder, 'key')
  key = readFileSync(join(folder, 'key'))
  sshd = await startSshd(['MaxSessions 64'])
  sshd.authorize(join(folder, 'key'))
  process.on('uncaughtException', noteFault)
  process.on('unhandledRejection', noteFault)
}, startLimit)

afterEach(() => {
  if (faults.length > 0) throw new Error(`not handled: ${String(faults.splice(0))}`)
})

afterAll(async () => {
  process.off('uncaughtException', noteFault)
  process.off('unhandledRejection', noteFault)
  await sshd.stop()
  rmSync(folder, { recursive: true, force: true })
})

const byKey: AuthHandlerMiddleware = (_, __, next) => next({ type: 'publickey', username: sshd.user, key })

const loggedIn = (): ReturnType<typeof loginTo> => loginTo(sshd.port, { user: sshd.user, authHandler: byKey })

const shell = (script: string, input?: string): Program => ({
  argv: ['sh', '-c', script],
  ...(input === undefined ? {} : { input }),
})

const ran = async (connection: SshConnection, program: Program) => {
  const channel = await connection.stream(program, always)
  const chunks: Buffer[] = []
  channel.onData((chunk) => void chunks.push(chunk))
  return { ...(await channel.exit), output: Buffer.concat(chunks) }
}

describe('a program on a real server', () => {
  test('gives its output, its stderr and its status', async () => {
    const connection = await loggedIn()
    expect(await ran(connection, shell('echo out; echo err >&2; exit 7'))).toMatchObject({
      output: Buffer.from('out\n'),
      stderr: 'err',
      code: 7,
      signal: null,
    })
    expect(await ran(connection, shell('kill -TERM $$'))).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  test('has 10 MB come back as they were', async () => {
    const connection = await loggedIn()
    const channel = await connection.stream({ argv: ['cat'] }, always)
    const sent = createHash('sha256')
    const came = createHash('sha256')
    let length = 0
    channel.onData((chunk) => {
      came.update(chunk)
      length += chunk.length
    })
    for (let block = 0; block < 80; block += 1) {
      const text = randomBytes(64 * 1024).toString('hex')
      sent.update(text)
      channel.write(text)
    }
    await expect.poll(() => length, { timeout: 20_000 }).toBe(80 * 128 * 1024)
    expect(came.digest('hex')).toBe(sent.digest('hex'))
    channel.close()
    expect(await channel.exit).toMatchObject({ code: 0 })
  })

  test('has company: 20 channels at a time, each with its own input', async () => {
    const connection = await loggedIn()
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ran(connection, shell(`read -r x; echo "$x"`, `number ${index}\n`))),
    )
    expect(all.map(({ output }) => output.toString())).toEqual(
      Array.from({ length: 20 }, (_, index) => `number ${index}\n`),
    )
  })

  test('that writes to stderr without end is heard to its last words, and no more is kept', async () => {
    const connection = await loggedIn()
    const { stderr } = await ran(connection, shell('head -c 300000 /dev/zero | tr "[:cntrl:]" x >&2; echo last >&2'))
    expect(stderr.length).toBeLessThanOrEqual(16 * 1024)
    expect(stderr.endsWith('last')).toBe(true)
  })

  test('ends with its channel, and when nobody wants it any more', async () => {
    const connection = await loggedIn()
    const asked = new AbortController()
    const [one, two] = [
      await connection.stream({ argv: ['cat'] }, always),
      await connection.stream({ argv: ['cat'] }, asked.signal),
    ]
    one.close()
    asked.abort()
    expect([await one.exit, await two.exit]).toMatchObject([{ signal: null }, { signal: null }])
    expect((await ran(connection, shell('echo on'))).output.toString()).toBe('on\n')
  })

  test('that does not care for the end of its input is given up', async () => {
    const connection = await loggedIn()
    const channel = await connection.stream({ argv: ['sleep', '20'] }, always)
    channel.close()
    channel.close()
    expect(await channel.exit).toMatchObject({ code: null })
  })

  test('is not started for somebody who has gone', async () => {
    const connection = await loggedIn()
    expect((await reasonOf(connection.stream(shell('true'), AbortSignal.abort()))).cause).toBe('given up')
    await expect(connection.stream({ argv: ['echo', "it's"] }, always)).rejects.toThrow('not literal')
  })

  test('reaches other machines from there', async () => {
    const connection = await loggedIn()
    const echo = createServer((socket) => void socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const { port } = echo.address() as { port: number }
    const socket = await connection.forward('127.0.0.1', port, always)
    const data = randomBytes(3_000_000)
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
    socket.end(data)
    await once(socket, 'close')
    expect(Buffer.concat(chunks).equals(data)).toBe(true)
    const refused = await reasonOf(connection.forward('127.0.0.1', 1, always))
    // Who asks has no connection then, whatever becomes of this one.
    expect(refused).toMatchObject({ state: 'lost', unreached: true })
    expect(refused.cause).toMatch(/^web does not forward to 127\.0\.0\.1:1: /)
    echo.close()
  })
})

describe('a connection through another', () => {
  /** From the outermost to the innermost, each through the one before. */
  const nested = async (depth: number): Promise<readonly Awaited<ReturnType<typeof loginTo>>[]> => {
    const all = [await loggedIn()]
    for (let last = all[0]; all.length < depth && last !== undefined; last = all.at(-1)) {
      const socket = await last.forward('127.0.0.1', sshd.port, always)
      all.push(await loginTo(sshd.port, { user: sshd.user, authHandler: byKey, socket }))
    }
    return all
  }
  /** Ends the sshd of this session, as a person on that machine does. */
  const endServerOf = async (connection: SshConnection): Promise<void> => {
    await connection.stream(shell('kill -9 $PPID'), always).catch(() => undefined)
  }

  test.each([2, 3])('ends when its own server does, at %i hops, and the others live', async (depth) => {
    const all = await nested(depth)
    const last = all.at(-1)
    const before = all.at(-2)
    if (last === undefined || before === undefined) throw new Error('no connection')
    const channel = await last.stream({ argv: ['cat'] }, always)
    await endServerOf(last)
    expect((await last.closed).state).toBe('lost')
    expect(await channel.exit).toMatchObject({ code: null })
    expect((await reasonOf(last.stream(shell(':'), always))).state).toBe('lost')
    expect((await ran(before, shell('echo on'))).output.toString()).toBe('on\n')
  })

  test('ends with the one that it goes through', async () => {
    const [outer, middle, inner] = await nested(3)
    if (outer === undefined || middle === undefined || inner === undefined) throw new Error('no connection')
    await endServerOf(middle)
    expect((await middle.closed).state).toBe('lost')
    expect((await inner.closed).state).toBe('lost')
    expect((await ran(outer, shell('echo on'))).output.toString()).toBe('on\n')
  })
})

describe('a connection', () => {
  test('that is closed settles, and so does everything over it', async () => {
    const connection = await loggedIn()
    const channel = await connection.stream({ argv: ['cat'] }, always)
    connection.close()
    expect(await connection.closed).toEqual({ state: 'lost', cause: 'closed by the server' })
    expect(await channel.exit).toMatchObject({ signal: null })
    expect((await reasonOf(connection.stream({ argv: ['cat'] }, always))).cause).toBe('closed by the server')
    expect(connection.socket.destroyed).toBe(true)
    connection.close()
  })

  test('that is reset names it, and ends nothing else', async () => {
    const server = await startOdd()
    const connection = await loginTo(server.port)
    server.sockets[0]?.resetAndDestroy()
    expect(await connection.closed).toEqual({
      state: 'lost',
      cause: expect.stringMatching(/^reset: the connection was cut; /),
    })
  })

  test('whose protocol is broken after the login ends with its cause, and throws nowhere', async () => {
    const server = await startOdd()
    const connection = await loginTo(server.port)
    const asked = reasonOf(connection.stream({ argv: ['cat'] }, always))
    server.sockets[0]?.write(randomBytes(4096))
    expect(await connection.closed).toMatchObject({ state: 'lost', cause: expect.stringMatching(/\S/) })
    expect((await asked).state).toMatch(/lost|no-data/)
    expect(connection.socket.destroyed).toBe(true)
  })

  test('whose other side falls silent is closed all the same', async () => {
    const server = await startOdd()
    const connection = await loginTo(server.port)
    server.sockets[0]?.pause()
    connection.close()
    await connection.closed
    expect(connection.socket.destroyed).toBe(true)
  })

  test('whose other side falls silent is noticed by its keepalives', async () => {
    const server = await startOdd()
    const connection = await loginTo(server.port, { keepalive: { interval: 30, count: 2 } })
    server.sockets[0]?.pause()
    expect((await connection.closed).cause).toMatch(/^no answer to keepalives/)
  })

  test('many channels one after another leave nothing with it', async () => {
    const connection = await loggedIn()
    const { signal } = new AbortController()
    let listeners = 0
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...args)
    }
    for (let count = 0; count < 5; count += 1) await (await connection.stream(shell(':'), signal)).exit
    await expect.poll(() => listeners).toBe(0)
  })
})
