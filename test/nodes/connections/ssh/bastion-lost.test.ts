import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { SshConnection, SshLogin } from '../../../../source/nodes/connections/ssh/ssh.ts'
import { always, loginTo, type OddServer, reasonOf, startOdd } from './connection-server.ts'
import { loggable } from './logging-in.ts'

const faults: unknown[] = []
const noteFault = (fault: unknown): void => void faults.push(fault)
beforeEach(() => {
  process.on('uncaughtException', noteFault)
})
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve))
  process.off('uncaughtException', noteFault)
  if (faults.length > 0) throw new Error(`not handled: ${String(faults.splice(0))}`)
})

/** A server through which others of this machine are reached. */
const startBastion = (): Promise<OddServer> =>
  startOdd({
    forward: (accept, { destPort }) => {
      const channel = accept()
      const socket = connect(destPort, '127.0.0.1')
      socket.on('error', () => undefined)
      channel.on('error', () => undefined)
      channel.pipe(socket).pipe(channel)
    },
  })

const bastionNamed = async (
  host: string,
  more: Partial<SshLogin> = {},
): Promise<{ readonly server: OddServer; readonly bastion: SshConnection }> => {
  const server = await startBastion()
  return { server, bastion: await loginTo(server.port, { host, ...more }) }
}

const cut = (server: OddServer): void => void server.sockets[0]?.resetAndDestroy()

const theBastion = /^bastion gate: reset: the connection was cut; /

describe('where the connection of a bastion ends', () => {
  test('a node behind it, and what is asked of that, are lost by the bastion and its cause', async () => {
    const { server, bastion } = await bastionNamed('gate')
    const node = await startOdd({ session: () => undefined })
    const way = await bastion.forward('127.0.0.1', node.port, always)
    const held = await loginTo(node.port, { socket: way })
    const asked = reasonOf(held.stream({ argv: ['cat'] }, always))
    cut(server)
    const reason = { state: 'lost', cause: expect.stringMatching(theBastion) }
    expect(await asked).toEqual(reason)
    expect(await held.closed).toEqual(reason)
    expect((await bastion.closed).cause).toMatch(/^reset: /)
  })

  test.each([
    [
      'closed by its server',
      (server: OddServer) => void server.sockets[0]?.end(),
      /^bastion gate: closed by the server$/,
    ],
    [
      'not answered any more',
      (server: OddServer) => void server.sockets[0]?.pause(),
      /^bastion gate: no answer to keepalives: /,
    ],
  ])('because it was %s, the node says so', async (_, end, cause) => {
    const { server, bastion } = await bastionNamed('gate', { keepalive: { interval: 50, count: 2 } })
    const node = await startOdd()
    const held = await loginTo(node.port, { socket: await bastion.forward('127.0.0.1', node.port, always) })
    end(server)
    expect((await held.closed).cause).toMatch(cause)
  })

  test('a login through it failed by that', async () => {
    const { server, bastion } = await bastionNamed('gate')
    const node = await startOdd({ authentication: () => cut(server) })
    const way = await bastion.forward('127.0.0.1', node.port, always)
    expect((await reasonOf(loginTo(node.port, { socket: way }))).cause).toMatch(theBastion)
  })

  test.each(['', 'SS'])('a node that has greeted with no more than "%s" is not blamed', async (words) => {
    const { server, bastion } = await bastionNamed('gate')
    const slow = createServer((socket) => {
      socket.on('error', () => undefined)
      if (words !== '') socket.write(words)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void slow.close())
    await once(slow, 'listening')
    const way = await bastion.forward('127.0.0.1', (slow.address() as AddressInfo).port, always)
    const failed = reasonOf(loginTo(server.port, { socket: way }))
    if (words !== '') await once(way, 'data')
    cut(server)
    expect((await failed).cause).toMatch(theBastion)
  })

  test('the last of several names the one that ended', async () => {
    const outer = await bastionNamed('gate')
    const inner = await startBastion()
    const through = await outer.bastion.forward('127.0.0.1', inner.port, always)
    const second = await loginTo(inner.port, { host: 'inner', socket: through })
    const node = await startOdd()
    const held = await loginTo(node.port, { socket: await second.forward('127.0.0.1', node.port, always) })
    cut(outer.server)
    expect((await held.closed).cause).toMatch(theBastion)
  })

  test('while a person is asked, the node does not wait for that person', async () => {
    const { server, bastion } = await bastionNamed('gate')
    const node = await startOdd({
      authentication(context) {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
        context.prompt([{ prompt: 'Code: ', echo: false }], () => undefined)
      },
    })
    const { refusal } = loggable({
      port: node.port,
      user: 'karin',
      strict: 'accept-new',
      ask: () => {
        cut(server)
        return new Promise(() => undefined)
      },
      open: () => bastion.forward('127.0.0.1', node.port, always),
    })
    const methods = { publicKey: false, password: false, keyboardInteractive: true, preferred: undefined }
    const { reason } = await refusal({ methods })
    expect(reason).toEqual({ state: 'lost', cause: expect.stringMatching(theBastion) })
  })

  test('a way that is not used yet ends, and nobody has to listen', async () => {
    const { server, bastion } = await bastionNamed('gate')
    const node = await startOdd()
    const way = await bastion.forward('127.0.0.1', node.port, always)
    cut(server)
    await expect.poll(() => way.destroyed).toBe(true)
    await bastion.closed
  })
})

test('a node that hangs up by itself is blamed itself, and its bastion lives', async () => {
  const { bastion } = await bastionNamed('gate')
  const node = await startOdd()
  const held = await loginTo(node.port, { socket: await bastion.forward('127.0.0.1', node.port, always) })
  node.sockets[0]?.end()
  expect((await held.closed).cause).toBe('closed by the server')
  const again = await bastion.forward('127.0.0.1', node.port, always)
  expect(again.destroyed).toBe(false)
})
