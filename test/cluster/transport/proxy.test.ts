import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { proxyFor } from '../../../source/cluster/transport/proxy.ts'
import { temporaryFolder } from '../../config/temporary.ts'
import { createAuthority } from '../certificates.ts'
import { fine, startApi, startTcp, target } from '../mock-server.ts'
import { ask, connected } from '../reading.ts'

const server = target('https://api.example.com:6443')

describe('the proxy on the way to a server', () => {
  it("is the cluster's own, which knows no exemption, else that of the environment", () => {
    const both = { HTTPS_PROXY: 'http://env:1', NO_PROXY: 'example.com' }
    const own = target('https://api.example.com:6443', { cluster: { 'proxy-url': 'http://own:2' } })
    expect(proxyFor(own, both)?.host).toBe('own:2')
    expect(proxyFor(server, both)).toBeUndefined()
    expect(proxyFor(server, { HTTPS_PROXY: 'http://env:1' })?.host).toBe('env:1')
    expect(proxyFor(server, { https_proxy: 'env:1' })?.href).toBe('http://env:1/')
    expect(proxyFor(server, { HTTPS_PROXY: '', https_proxy: 'socks5://env:1' })?.protocol).toBe('socks5:')
    expect(proxyFor(server, { HTTP_PROXY: 'http://env:1', ALL_PROXY: 'http://all:1' })).toBeUndefined()
    expect(proxyFor(target('http://api.example.com'), { HTTP_PROXY: 'http://env:1' })?.host).toBe('env:1')
    expect(proxyFor(target('https://127.0.0.1:6443'), { HTTPS_PROXY: 'http://env:1' })).toBeUndefined()
  })

  it('is refused where it is none, without repeating what may hold a password', () => {
    for (const written of ['ftp://karin:hunter2@proxy', 'http://', 'karin:hunter2@:::'])
      expect(() => proxyFor(server, { HTTPS_PROXY: written })).toThrow(
        'HTTPS_PROXY is no address of a proxy (http, https, socks5): mend it or unset it',
      )
  })
})

/** Joins two sockets. */
const join = (one: Socket, other: Socket): void => {
  other.on('error', () => one.destroy())
  one.on('error', () => other.destroy())
  one.pipe(other).pipe(one)
}

/** An HTTP proxy that tunnels to loopback whatever it is asked for; `heads` is what it was asked. */
const startHttpProxy = async (heads: string[], refusal?: string) =>
  startTcp((socket) => {
    socket.once('data', (chunk) => {
      const head = chunk.toString('latin1')
      heads.push(head)
      if (refusal !== undefined) return socket.end(refusal)
      const [, port = ''] = /^CONNECT [^ ]*:(\d+) /.exec(head) ?? []
      const upstream = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        join(socket, upstream)
      })
      return socket
    })
  })

describe('a server behind a proxy', () => {
  const behind = async () => {
    const authority = createAuthority(temporaryFolder(), 'ca')
    const api = await startApi(fine, authority.issue('server', { names: 'DNS:api.test' }))
    const cluster = { 'certificate-authority-data': Buffer.from(authority.cert).toString('base64') }
    const through = (proxy: string, user = {}) =>
      connected(target(`https://api.test:${api.port}`, { cluster: { ...cluster, 'proxy-url': proxy }, user }), {
        // Its name is the proxy's to look up.
        resolve: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' })),
        limits: { handshake: 2000 },
      })
    return { api, through }
  }

  it('is reached through an HTTP proxy, which sees neither path nor token', async () => {
    const { api, through } = await behind()
    const heads: string[] = []
    const proxy = await startHttpProxy(heads)
    const way = through(`http://karin:p%40ss@127.0.0.1:${proxy.port}`, { token: 'abc' })
    expect((await ask(way)).status).toBe(200)
    expect((await ask(way)).status).toBe(200)
    expect(heads).toHaveLength(1)
    expect(heads[0]).toContain(`CONNECT api.test:${api.port} HTTP/1.1\r\n`)
    expect(heads[0]).toContain(`Proxy-Authorization: Basic ${Buffer.from('karin:p@ss').toString('base64')}\r\n`)
    expect(heads[0]).not.toContain('abc')
    expect(api.asked[0]?.headers['proxy-authorization']).toBeUndefined()
  })

  it('is reached through a SOCKS proxy, which looks its name up', async () => {
    const { api, through } = await behind()
    const asked: string[] = []
    const proxy = await startTcp((socket) => {
      socket.once('data', () => {
        // No authentication (RFC 1928, 3).
        socket.write(Buffer.from([5, 0]))
        socket.once('data', (wanted: Buffer) => {
          const length = wanted[4] ?? 0
          asked.push(`${wanted[3]} ${wanted.subarray(5, 5 + length).toString()}`)
          const upstream = connect(wanted.readUInt16BE(5 + length), '127.0.0.1', () => {
            socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
            join(socket, upstream)
          })
        })
      })
    })
    expect((await ask(through(`socks5://127.0.0.1:${proxy.port}`))).status).toBe(200)
    // Address type 3 is a name.
    expect(asked).toEqual(['3 api.test'])
    expect(api.asked).toHaveLength(1)
  })

  it('is not confused with its proxy where that one fails, and no password is told', async () => {
    const { api, through } = await behind()
    const fails = async (url: string): Promise<unknown> => ask(through(url)).catch((error: unknown) => error)
    const wants = await startHttpProxy([], 'HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n')
    expect(await fails(`http://karin:hunter2@127.0.0.1:${wants.port}`)).toMatchObject({
      reason: 'proxy',
      cause: `the proxy 127.0.0.1:${wants.port} failed (it wants a user and a password)`,
    })
    const garbage = await startHttpProxy([], 'SSH-2.0-OpenSSH_9.2\r\n')
    expect(await fails(`http://127.0.0.1:${garbage.port}`)).toMatchObject({ reason: 'proxy' })
    const gone = await startTcp(() => undefined)
    gone.stop()
    for (const scheme of ['http', 'https', 'socks5'])
      expect(await fails(`${scheme}://karin:hunter2@127.0.0.1:${gone.port}`)).toMatchObject({
        reason: 'proxy',
        cause: expect.stringMatching(/^the proxy 127\.0\.0\.1:\d+ refuses connections/),
      })
    const closes = await startTcp((socket) => void socket.end())
    for (const scheme of ['http', 'https', 'socks5'])
      expect(await fails(`${scheme}://127.0.0.1:${closes.port}`)).toMatchObject({ reason: 'proxy' })
    expect(api.accepted()).toBe(0)
  })

  it('that hangs is given up as a proxy', async () => {
    const { through } = await behind()
    const silent = await startTcp(() => undefined)
    for (const scheme of ['http', 'socks5'])
      await expect(ask(through(`${scheme}://127.0.0.1:${silent.port}`))).rejects.toMatchObject({ reason: 'proxy' })
  }, 30_000)

  it('is reached over TLS to a proxy only if that one is believed', async () => {
    const { through } = await behind()
    const stranger = createAuthority(temporaryFolder(), 'stranger')
    const proxy = await startApi(fine, stranger.issue('proxy'))
    await expect(ask(through(`https://127.0.0.1:${proxy.port}`))).rejects.toMatchObject({
      reason: 'proxy',
      cause: expect.stringContaining('the certificate of the proxy'),
    })
  })
})
