import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import { type Addresses, createAddresses } from '../../../../source/nodes/connections/ssh/addresses.ts'
import { openSocket, type SocketOptions } from '../../../../source/nodes/connections/ssh/socket.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close()
    await once(server, 'close')
  }
})

const listening = async (backlog?: number): Promise<number> => {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume())
  servers.push(server)
  server.listen({ port: 0, host: '127.0.0.1', ...(backlog === undefined ? {} : { backlog }) })
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Names that stand for these addresses. */
const named = (...addresses: readonly string[]): Addresses =>
  createAddresses({
    lookup: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 }))),
    now: () => performance.now(),
  })

const always = new AbortController().signal

const open = (more: Partial<SocketOptions>, signal = always) =>
  openSocket({ host: 'web', port: 22, family: 'any', addresses: named('127.0.0.1'), limit: 5000, ...more }, signal)

const reasonOf = async (opening: Promise<unknown>): Promise<string> => {
  const error: unknown = await opening.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectionError)
  return (error as ConnectionError).reason.cause
}

describe('a socket', () => {
  test('is connected to the address that the name stands for', async () => {
    const port = await listening()
    const { socket, address, remembered } = await open({ port })
    expect([socket.readyState, address, remembered]).toEqual(['open', { address: '127.0.0.1', family: 4 }, undefined])
    socket.destroy()
  })

  test('is connected to the first address that answers', async () => {
    const port = await listening()
    // Nothing listens on that port of the other.
    const { socket, address } = await open({ port, addresses: named('127.9.9.9', '127.0.0.1') })
    expect(address.address).toBe('127.0.0.1')
    socket.destroy()
  })

  test('comes from the address that is asked for', async () => {
    const port = await listening()
    const { socket } = await open({ port, from: '127.0.0.5' })
    expect(socket.localAddress).toBe('127.0.0.5')
    socket.destroy()
  })

  test('says when its address comes from memory', async () => {
    const port = await listening()
    const addresses = createAddresses({
      lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' })),
      now: () => 7,
    })
    addresses.worked('web', { address: '127.0.0.1', family: 4 })
    const { socket, remembered } = await open({ port, addresses })
    expect(remembered).toBe(7)
    socket.destroy()
  })

  test('whose other side cuts it does not end the program, though nobody listens yet', async () => {
    const server = createServer((peer) => void setImmediate(() => peer.resetAndDestroy()))
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { socket } = await open({ port })
    await new Promise<void>((resolve) => void socket.once('close', () => resolve()))
    expect(socket.destroyed).toBe(true)
  })
})

describe('where there is none', () => {
  test('because nothing listens, it says so', async () => {
    const port = await listening()
    const [server] = servers.splice(0)
    server?.close()
    if (server !== undefined) await once(server, 'close')
    expect(await reasonOf(open({ port }))).toMatch(/^refused: nothing listens there/)
  })

  test('because nobody answers, it says so when the time is over', async () => {
    // RFC 5737 and a local address from which no packet leaves: bound to loopback, it goes nowhere.
    expect(await reasonOf(open({ addresses: named('192.0.2.1'), from: '127.0.0.1', limit: 50 }))).toMatch(
      /^(does not answer|unreachable|.*EINVAL)/,
    )
  })

  test('because the name is not known, it names it', async () => {
    const addresses = createAddresses({
      lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
      now: () => 0,
    })
    expect(await reasonOf(open({ addresses }))).toMatch(/^unknown name: no name server knows web/)
  })

  test('because the name has no address at all', async () => {
    expect(await reasonOf(open({ addresses: named() }))).not.toBe('')
  })

  test('because nobody wants it any more: before, while names are looked up, and while it connects', async () => {
    expect(await reasonOf(open({}, AbortSignal.abort()))).toBe('given up')
    const late = new AbortController()
    // The name server never answers.
    const lookup = new Promise<readonly []>(() => undefined)
    const waiting = open({ addresses: createAddresses({ lookup: () => lookup, now: () => 0 }) }, late.signal)
    late.abort()
    expect(await reasonOf(waiting)).toBe('given up')
    const end = new AbortController()
    const connecting = open({ port: await listening() }, end.signal)
    queueMicrotask(() => queueMicrotask(() => end.abort()))
    expect(await reasonOf(connecting)).toBe('given up')
  })
})

test('attempts leave nothing with the signal that lives as long as the program', async () => {
  const counted = { added: 0, removed: 0 }
  const { signal } = new AbortController()
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    counted.added += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    counted.removed += 1
    remove(...args)
  }
  const port = await listening()
  const { socket } = await open({ port }, signal)
  socket.destroy()
  await reasonOf(open({ port: 1 }, signal))
  expect(counted.added).toBeGreaterThanOrEqual(2)
  expect(counted.removed).toBe(counted.added)
})
