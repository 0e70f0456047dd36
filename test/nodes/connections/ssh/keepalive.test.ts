import { Duplex } from 'node:stream'
import type { Client, Session } from 'ssh2'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { onlyInSilence } from '../../../../source/nodes/connections/ssh/keepalive.ts'
import { always, loginTo, startOdd } from './connection-server.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('a server that talks is not asked whether it lives, and is once it falls silent', async () => {
  let talking: NodeJS.Timeout | undefined
  const { port, sockets } = await startOdd({
    session: (accept) => {
      const session: Session = accept()
      session.on('exec', (run) => {
        const stream = run()
        talking = setInterval(() => stream.write('x'), 5)
      })
    },
  })
  const connection = await loginTo(port, { keepalive: { interval: 200, count: 3 } })
  const channel = await connection.stream({ argv: ['talk'] }, always)
  let heard = 0
  channel.onData((chunk) => {
    heard += chunk.length
  })
  try {
    await expect.poll(() => heard, { timeout: 5000 }).toBeGreaterThan(10)
    // Nothing but keepalives is sent from here on.
    const received = (): number => sockets[0]?.bytesRead ?? 0
    const before = received()
    // Seven intervals at the least.
    await expect.poll(() => heard, { timeout: 20_000 }).toBeGreaterThan(300)
    const asked = received() - before
    // Where the machine was busy elsewhere for an interval, it was silent to us.
    expect(asked).toBeLessThan(4 * 68)
    clearInterval(talking)
    await expect.poll(received, { timeout: 5000 }).toBeGreaterThan(before + asked + 3 * 68)
  } finally {
    clearInterval(talking)
  }
})

describe('a connection is looked at four times in an interval', () => {
  const looked = (socket: Duplex) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const begin = vi.fn<() => void>()
    const end = onlyInSilence({ _resetKA: begin } as unknown as Client, socket, 1000)
    return { begin, end }
  }

  test('and its interval begins anew if something has come', () => {
    const socket = Object.assign(new Duplex(), { bytesRead: 100 })
    const { begin } = looked(socket)
    vi.advanceTimersByTime(1000)
    expect(begin).not.toHaveBeenCalled()
    socket.bytesRead = 101
    vi.advanceTimersByTime(250)
    expect(begin).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(5000)
    expect(begin).toHaveBeenCalledTimes(1)
  })

  test('until it has ended', () => {
    const socket = Object.assign(new Duplex(), { bytesRead: 100 })
    const { begin, end } = looked(socket)
    end()
    socket.bytesRead = 101
    vi.advanceTimersByTime(5000)
    expect(begin).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('and is left as it is where it does not say what it has read', () => {
    const { begin } = looked(new Duplex())
    vi.advanceTimersByTime(5000)
    expect(begin).not.toHaveBeenCalled()
  })
})
