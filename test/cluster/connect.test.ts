import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../config/temporary.ts'
import { fine, startApi, startTcp, target } from './mock-server.ts'
import { ask, connected, never, textOf } from './reading.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('what is sent', () => {
  it('is the token of a file, read again after a minute and when it was refused', async () => {
    const folder = temporaryFolder()
    const tokenFile = join(folder, 'token')
    const seen: (string | undefined)[] = []
    const api = await startApi(({ headers }, response) => {
      seen.push(headers.authorization)
      response.writeHead(headers.authorization === 'Bearer second' ? 401 : 200).end()
    })
    let now = 0
    writeFileSync(tokenFile, 'first\n')
    const way = connected(target(`http://127.0.0.1:${api.port}`, { user: { tokenFile, token: 'fallback' } }), {
      now: () => now,
    })
    await ask(way)
    writeFileSync(tokenFile, 'second\n')
    await ask(way)
    now += 60_000
    expect((await ask(way)).status).toBe(401)
    writeFileSync(tokenFile, 'third\n')
    way.refused()
    await ask(way)
    expect(seen).toEqual(['Bearer first', 'Bearer first', 'Bearer second', 'Bearer third'])
  })

  it('is user and password, or a token, and on whose behalf, each group in a header of its own', async () => {
    const api = await startApi(fine)
    const url = `http://127.0.0.1:${api.port}`
    await ask(connected(target(url, { user: { username: 'karin', password: 'söt:1' } })))
    expect(api.asked[0]?.headers.authorization).toBe(`Basic ${base64('karin:söt:1')}`)
    const impersonation = { user: 'åsa', uid: '7', groups: ['a', 'b, c'], extra: { 'Scopes/x': ['view', 'dev'] } }
    await ask(connected(target(url, { user: { token: 'abc' }, impersonation })))
    expect(api.asked[1]?.headers.authorization).toBe('Bearer abc')
    const raw = api.asked[1]?.rawHeaders ?? []
    const values = (name: string): readonly string[] =>
      raw.flatMap((header, index) => (header === name && index % 2 === 0 ? [raw[index + 1] ?? ''] : []))
    expect(values('Impersonate-User')).toEqual([Buffer.from('åsa').toString('latin1')])
    expect(values('Impersonate-Uid')).toEqual(['7'])
    expect(values('Impersonate-Group')).toEqual(['a', 'b, c'])
    expect(values('Impersonate-Extra-scopes%2Fx')).toEqual(['view', 'dev'])
  })

  it('is path, query and body below the path of the server', async () => {
    const bodies: string[] = []
    const api = await startApi((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      request.once('end', () => {
        bodies.push(text)
        response.end()
      })
    })
    const way = connected(target(`http://127.0.0.1:${api.port}/k8s/clusters/c-1/`))
    await ask(way, { path: '/api/v1/pods', query: { fieldSelector: 'spec.nodeName=a b', limit: '5' } })
    await ask(way, { method: 'POST', path: '/apis/x', json: { kind: 'Ö' } })
    expect(api.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /k8s/clusters/c-1/api/v1/pods?fieldSelector=spec.nodeName%3Da+b&limit=5',
      'POST /k8s/clusters/c-1/apis/x',
    ])
    expect(bodies).toEqual(['', '{"kind":"Ö"}'])
    expect(api.asked[1]?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'kntop' })
  })
})

describe('an answer', () => {
  it('that redirects is an answer, and is not followed', async () => {
    const thief = await startApi(fine)
    const api = await startApi(
      (_, response) => void response.writeHead(302, { Location: `http://127.0.0.1:${thief.port}/steal` }).end(),
    )
    const way = connected(target(`http://127.0.0.1:${api.port}`, { user: { token: 'abc' } }))
    const answer = await way.request({ path: '/api/v1/nodes', signal: never() })
    expect(answer.status).toBe(302)
    expect(answer.header('location')).toContain('/steal')
    await textOf(answer)
    expect(thief.accepted()).toBe(0)
  })

  it('arrives as it is sent, and leaving it early frees its connection', async () => {
    let closed = 0
    const api = await startApi((request, response) => {
      response.write('one\n')
      request.socket.once('close', () => closed++)
    })
    const way = connected(target(`http://127.0.0.1:${api.port}`))
    const { body } = await way.request({ path: '/watch', kind: 'watch', signal: never() })
    for await (const chunk of body) {
      expect(Buffer.from(chunk).toString()).toBe('one\n')
      break
    }
    await expect.poll(() => closed).toBe(1)
  })

  it('that breaks off half-way rejects while it is read', async () => {
    const api = await startApi((request, response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('half', () => request.socket.destroy())
    })
    await expect(ask(connected(target(`http://127.0.0.1:${api.port}`)))).rejects.toMatchObject({
      reason: 'unreachable',
      cause: expect.stringContaining('broke the connection'),
    })
  })

  it('that stops half-way is given up, for calls and not for watches', async () => {
    const api = await startApi((_, response) => void response.write('half'))
    const way = connected(target(`http://127.0.0.1:${api.port}`), { limits: { pause: 60 } })
    await expect(ask(way)).rejects.toMatchObject({ reason: 'unreachable', cause: expect.stringContaining('half-way') })
    const controller = new AbortController()
    const { body } = await way.request({ path: '/', kind: 'watch', signal: controller.signal })
    const reading = body[Symbol.asyncIterator]()
    expect((await reading.next()).value).toHaveLength(4)
    const next = reading.next()
    const first = await Promise.race([
      next.then(
        () => 'broken',
        () => 'broken',
      ),
      // A call is given up meanwhile, twice.
      Promise.allSettled([ask(way), ask(way)]).then(() => 'still open'),
    ])
    expect(first).toBe('still open')
    controller.abort()
    await expect(next).rejects.toMatchObject({ reason: 'closed' })
  })

  it('that nobody reads does not hold its connection for ever', async () => {
    let closed = 0
    const api = await startApi((request, response) => {
      response.write('x'.repeat(8_000_000))
      request.socket.once('close', () => closed++)
    })
    const way = connected(target(`http://127.0.0.1:${api.port}`), { limits: { pause: 60 } })
    await way.request({ path: '/', signal: never() })
    await expect.poll(() => closed).toBe(1)
  })
})

describe('a connection', () => {
  it('is one for calls and another for each watch', async () => {
    const api = await startApi((request, response) => {
      if (request.url === '/watch') response.write('x')
      else fine(request, response)
    })
    const way = connected(target(`http://127.0.0.1:${api.port}`))
    await ask(way)
    const watches = [1, 2].map(() => way.request({ path: '/watch', kind: 'watch', signal: never() }))
    await Promise.all(watches)
    await ask(way)
    await ask(way)
    expect(api.accepted()).toBe(3)
  })

  it('that the server closed while it was kept is replaced without a word', async () => {
    const api = await startApi((_, response) => {
      // It promises to keep it, and closes it as the next request comes.
      response.end('{}')
    })
    const way = connected(target(`http://127.0.0.1:${api.port}`))
    await ask(way)
    const socket = api.asked[0]?.socket
    socket?.removeAllListeners('data')
    socket?.once('readable', () => socket.resetAndDestroy())
    socket?.on('data', () => socket.resetAndDestroy())
    expect((await ask(way)).status).toBe(200)
    expect(api.accepted()).toBe(2)
  })

  it('that is refused, reset, or led into a black hole is told from each other', async () => {
    const gone = await startTcp(() => undefined)
    gone.stop()
    const refused = connected(target(`https://127.0.0.1:${gone.port}`))
    await expect(ask(refused)).rejects.toMatchObject({
      reason: 'unreachable',
      cause: `the API server 127.0.0.1:${gone.port} refuses connections: is it running, and is the port right?`,
    })
    const hole = await startTcp(() => undefined)
    const limits = { handshake: 50, answer: 50 }
    const black = connected(target(`https://127.0.0.1:${hole.port}`), { limits: { ...limits, answer: 30_000 } })
    await expect(ask(black)).rejects.toMatchObject({
      reason: 'unreachable',
      cause: expect.stringContaining('no TLS handshake within'),
    })
    const silent = connected(target(`http://127.0.0.1:${hole.port}`), { limits })
    await expect(ask(silent)).rejects.toMatchObject({
      reason: 'unreachable',
      cause: expect.stringContaining('no answer within'),
    })
    const reset = await startTcp((socket) => void socket.once('data', () => socket.resetAndDestroy()))
    await expect(ask(connected(target(`http://127.0.0.1:${reset.port}`)))).rejects.toMatchObject({
      reason: 'unreachable',
    })
    const plain = await startApi(fine)
    await expect(ask(connected(target(`https://127.0.0.1:${plain.port}`)))).rejects.toMatchObject({ reason: 'tls' })
  })

  it('that never comes about ends after its limit', async () => {
    // An address for documentation (RFC 5737): nobody answers for it, or the way to it is refused.
    const way = connected(target('https://api.test:6443'), {
      limits: { connect: 60 },
      resolve: () => new Promise(() => undefined),
    })
    await expect(ask(way)).rejects.toMatchObject({
      reason: 'unreachable',
      cause: expect.stringContaining('no connection within'),
    })
  })

  it('goes to the last good address while no name server answers', async () => {
    const api = await startApi(fine)
    let silent = false
    const way = connected(target(`http://api.test:${api.port}`), {
      resolve: () =>
        silent
          ? Promise.reject(Object.assign(new Error('silent'), { code: 'EAI_AGAIN' }))
          : Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    })
    await ask(way)
    silent = true
    api.asked[0]?.socket.destroy()
    await expect.poll(async () => (await ask(way)).status).toBe(200)
    expect(api.accepted()).toBe(2)
    const unknown = connected(target(`http://other.test:${api.port}`), {
      resolve: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' })),
    })
    await expect(ask(unknown)).rejects.toMatchObject({ cause: expect.stringContaining('is no known name') })
  })

  it('ends when its signal says so, at every stage, and for good when the way is closed', async () => {
    const hole = await startTcp(() => undefined)
    const before = connected(target(`https://127.0.0.1:${hole.port}`))
    await expect(ask(before, { signal: AbortSignal.abort() })).rejects.toMatchObject({ reason: 'closed' })
    const during = new AbortController()
    const asked = ask(before, { signal: during.signal })
    await expect.poll(() => hole.accepted()).toBe(1)
    during.abort()
    await expect(asked).rejects.toMatchObject({ reason: 'closed' })
    const other = ask(before)
    before.close()
    await expect(other).rejects.toMatchObject({ reason: 'closed' })
    await expect(ask(before)).rejects.toMatchObject({ reason: 'closed' })
  })
})

describe('what goes wrong with our own files', () => {
  it('names the file and no more', async () => {
    const folder = temporaryFolder()
    const api = await startApi(fine)
    const url = `https://127.0.0.1:${api.port}`
    const missing = join(folder, 'me.crt')
    const user = { 'client-certificate': missing, 'client-key': missing }
    await expect(ask(connected(target(url, { user })))).rejects.toMatchObject({
      reason: 'credentials',
      cause: `user "karin": ${missing} cannot be read (ENOENT): mend the kubeconfig`,
    })
    const secret = base64('-----BEGIN PRIVATE KEY-----\nc2VrcmV0\n-----END PRIVATE KEY-----\n')
    const broken = connected(target(url, { user: { 'client-certificate-data': secret, 'client-key-data': secret } }))
    const error = await ask(broken).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ reason: 'credentials', cause: expect.stringContaining('cannot be used') })
    expect((error as Error).message).not.toContain('c2VrcmV0')
    const newline = connected(target(`http://127.0.0.1:${api.port}`, { user: { token: 'se\nkret' } }))
    const refused = await ask(newline).catch((reason: unknown) => reason)
    expect(refused).toMatchObject({ reason: 'credentials', cause: expect.stringContaining('cannot be sent') })
    expect(JSON.stringify(refused)).not.toContain('kret')
  })
})
