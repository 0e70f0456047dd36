import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { always, loginTo, reasonOf, startOdd } from './connection-server.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('a server that does not open channels', () => {
  test('but refuses them says so, and the connection lives', async () => {
    const server = await startOdd()
    const connection = await loginTo(server.port)
    for (let times = 0; times < 2; times += 1)
      expect(await reasonOf(connection.stream({ argv: ['cat'] }, always))).toMatchObject({
        state: 'no-data',
        cause: expect.stringMatching(/^web does not open another channel: /),
      })
  })

  test('and never answers is waited for 8 s; one that comes later is closed', async () => {
    const held: (() => void)[] = []
    let closed = 0
    const server = await startOdd({
      session: (accept) =>
        held.push(() => {
          const session = accept()
          session.on(
            'exec',
            (take) =>
              void take()
                .on('close', () => (closed += 1))
                .resume(),
          )
        }),
    })
    const connection = await loginTo(server.port)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const asked = reasonOf(connection.stream({ argv: ['cat'] }, always))
    await vi.waitFor(() => expect(held).toHaveLength(1))
    await vi.advanceTimersByTimeAsync(8000)
    vi.useRealTimers()
    expect(await asked).toEqual({ state: 'no-data', cause: 'web does not open another channel within 8 s' })
    for (const open of held) open()
    await expect.poll(() => closed).toBe(1)
  })

  test('for nobody any more: what comes after it was given up is closed', async () => {
    const held: (() => void)[] = []
    let closed = 0
    const server = await startOdd({
      session: (accept) =>
        held.push(
          () =>
            void accept().on(
              'exec',
              (take) =>
                void take()
                  .on('close', () => (closed += 1))
                  .resume(),
            ),
        ),
    })
    const connection = await loginTo(server.port)
    const end = new AbortController()
    const asked = reasonOf(connection.stream({ argv: ['cat'] }, end.signal))
    await expect.poll(() => held.length).toBe(1)
    end.abort()
    expect((await asked).cause).toBe('given up')
    for (const open of held) open()
    await expect.poll(() => closed).toBe(1)
  })

  test('because it is cut meanwhile names that', async () => {
    const server = await startOdd({ session: () => undefined })
    const connection = await loginTo(server.port)
    const asked = reasonOf(connection.stream({ argv: ['cat'] }, always))
    server.sockets[0]?.resetAndDestroy()
    expect((await asked).cause).toMatch(/^reset: the connection was cut; /)
  })
})

describe('a program that has ended by the time it is known to run', () => {
  test.each([
    { code: 3, signal: null },
    { code: null, signal: 'SIGTERM' },
  ])('ended as it did: $code $signal', async ({ code, signal }) => {
    const server = await startOdd({
      session: (accept) => {
        accept().on('exec', (take) => {
          // All in one piece, as a login shell that ends at once has it.
          const [socket] = server.sockets
          socket?.cork()
          const channel = take()
          channel.stderr.write('sh: no such option\r\n')
          if (signal === null) channel.exit(code)
          else channel.exit('TERM', false, '')
          channel.end()
          process.nextTick(() => socket?.uncork())
        })
      },
    })
    const connection = await loginTo(server.port)
    const channel = await connection.stream({ argv: ['cat'] }, always)
    expect(await channel.exit).toEqual({ code, signal, stderr: 'sh: no such option' })
  })
})

describe('a connection that ssh2 takes for ended', () => {
  test('is ended as soon as something is asked of it, though its server says nothing', async () => {
    const server = await startOdd()
    const connection = await loginTo(server.port)
    server.sockets[0]?.pause()
    // Our half of it alone: nothing comes back.
    connection.socket.end()
    const reason = await reasonOf(connection.stream({ argv: ['cat'] }, always))
    expect(reason).toEqual({ state: 'lost', cause: expect.stringMatching(/^closed: the connection was cut; /) })
    expect(await connection.closed).toEqual(reason)
    expect(connection.socket.destroyed).toBe(true)
  })
})

describe('a connection over another', () => {
  test('is closed at once, though the one in between hangs', async () => {
    const inner = await startOdd()
    const outer = await startOdd({
      forward: (accept) => {
        const channel = accept()
        const socket = connect(inner.port, '127.0.0.1')
        socket.on('error', () => undefined)
        channel.on('error', () => undefined)
        channel.pipe(socket).pipe(channel)
      },
    })
    const bastion = await loginTo(outer.port)
    const way = await bastion.forward('127.0.0.1', inner.port, always)
    const node = await loginTo(inner.port, { socket: way })
    outer.sockets[0]?.pause()
    const begun = performance.now()
    node.close()
    await node.closed
    expect(performance.now() - begun).toBeLessThan(5000)
  })
})

describe('a login', () => {
  test('at a server that accepts and says nothing ends with its limit', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const reason = await reasonOf(loginTo(port, { limits: { handshake: 50, login: 5000 } }))
    expect(reason.cause).toMatch(/^accepts connections and says nothing/)
    silent.close()
  })

  test('that is never answered ends with its own limit', async () => {
    const server = await startOdd()
    const reason = await reasonOf(
      loginTo(server.port, { authHandler: () => undefined, limits: { handshake: 5000, login: 50 } }),
    )
    expect(reason.cause).toMatch(/^does not finish the login/)
  })

  test.each([
    [
      'HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n',
      /^is no ssh server, it greets with "HTTP\/1.1 400 Bad Request"; is/,
    ],
    ['\r\n\x1b[2J\x00\r\n', /^is no ssh server, it greets with "\\u001b\[2J\\u0000"; is the port right\?$/],
    [`${'x'.repeat(9000)}\r\n`, /^is no ssh server, it greets with "x{60}"; /],
    [
      'Exceeded MaxStartups\r\n',
      /^closed before its greeting: too many logins at once \(MaxStartups\); it is tried again/,
    ],
    ['Not allowed at this time\r\n', /PerSourcePenalties/],
    ['', /^closed before its greeting: too many logins at once/],
  ])('at a server that greets with %j and hangs up says what that means', async (words, cause) => {
    const rude = createServer((socket) => void socket.on('error', () => undefined).end(words)).listen(0, '127.0.0.1')
    await once(rude, 'listening')
    const { port } = rude.address() as { port: number }
    expect((await reasonOf(loginTo(port))).cause).toMatch(cause)
    rude.close()
  })

  test('that nobody wants any more is cut, before and during', async () => {
    const server = await startOdd()
    expect(await loginTo(server.port, {}, AbortSignal.abort()).catch(String)).not.toHaveProperty('closed')
    const end = new AbortController()
    const waiting = loginTo(server.port, { authHandler: () => end.abort() }, end.signal)
    await reasonOf(waiting)
    await expect.poll(() => server.sockets.every(({ destroyed }) => destroyed)).toBe(true)
  })
})
