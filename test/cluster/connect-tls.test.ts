import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../source/cluster/api.ts'
import { temporaryFolder } from '../config/temporary.ts'
import { createAuthority } from './certificates.ts'
import { fine, startApi, target } from './mock-server.ts'
import { ask, connected } from './reading.ts'
import { startVerifyingServer } from './verifying-server.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('an API server that verifies', () => {
  const made = () => {
    const folder = temporaryFolder()
    const authority = createAuthority(folder, 'ca')
    return { folder, authority, server: authority.issue('server') }
  }

  it('is believed by data and by file, and asked over one kept connection', async () => {
    const { authority, server } = made()
    const api = await startApi(fine, server)
    const url = `https://127.0.0.1:${api.port}`
    const byData = connected(target(url, { cluster: { 'certificate-authority-data': base64(authority.cert) } }))
    for (let index = 0; index < 5; index++) expect((await ask(byData)).status).toBe(200)
    expect(api.accepted()).toBe(1)
    const byFile = connected(target(url, { cluster: { 'certificate-authority': authority.certFile } }))
    expect(await ask(byFile)).toEqual({ status: 200, text: '{"kind":"NodeList","items":[]}' })
  })

  it('is not believed when another authority signed it, nor under another name, nor when its time is over', async () => {
    const { folder, authority, server } = made()
    const api = await startApi(fine, server)
    const stranger = createAuthority(folder, 'stranger')
    const url = `https://127.0.0.1:${api.port}`
    await expect(
      ask(connected(target(url, { cluster: { 'certificate-authority-data': base64(stranger.cert) } }))),
    ).rejects.toMatchObject({ reason: 'tls', cause: expect.stringContaining('certificate-authority-data') })
    const own = { 'certificate-authority-data': base64(authority.cert) }
    const other = connected(target(url, { cluster: { ...own, 'tls-server-name': 'kubernetes' } }))
    await expect(ask(other)).rejects.toMatchObject({ reason: 'tls', cause: expect.stringContaining('tls-server-name') })
    const old = await startApi(fine, authority.issue('old', { expired: true }))
    await expect(ask(connected(target(`https://127.0.0.1:${old.port}`, { cluster: own })))).rejects.toMatchObject({
      reason: 'tls',
      cause: expect.stringContaining('has expired'),
    })
    // Nobody but the system's authorities is believed where none is named.
    await expect(ask(connected(target(url)))).rejects.toMatchObject({ reason: 'tls' })
    expect(api.asked).toHaveLength(0)
  })

  it('is taken under the name that the kubeconfig gives it, and unseen where it says so', async () => {
    const { authority } = made()
    const api = await startApi(fine, authority.issue('named', { names: 'DNS:kubernetes' }))
    const url = `https://127.0.0.1:${api.port}`
    const named = { 'certificate-authority-data': base64(authority.cert), 'tls-server-name': 'kubernetes' }
    expect((await ask(connected(target(url, { cluster: named })))).status).toBe(200)
    expect(api.asked[0]?.socket).toMatchObject({ servername: 'kubernetes' })
    const blind = connected(target(url, { cluster: { 'insecure-skip-tls-verify': true } }))
    expect((await ask(blind)).status).toBe(200)
  })

  it('sees our certificate, and a new one as soon as the file is another', async () => {
    const { folder, authority, server } = made()
    const seen: string[] = []
    const api = await startApi(
      (request, response) => {
        seen.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN))
        fine(request, response)
      },
      { ...server, ca: authority.cert, requestCert: true },
    )
    const put = (name: string): void => {
      const { cert, key } = authority.issue(name)
      writeFileSync(join(folder, 'new'), cert)
      writeFileSync(join(folder, 'me.key'), key)
      renameSync(join(folder, 'new'), join(folder, 'me.crt'))
    }
    put('karin')
    let now = 0
    const way = connected(
      target(`https://127.0.0.1:${api.port}`, {
        cluster: { 'certificate-authority-data': base64(authority.cert) },
        user: { 'client-certificate': join(folder, 'me.crt'), 'client-key': join(folder, 'me.key') },
      }),
      { now: () => now },
    )
    await ask(way)
    put('karin-renewed')
    await ask(way)
    now += 60_000
    await ask(way)
    await ask(way)
    expect(seen).toEqual(['karin', 'karin', 'karin-renewed', 'karin-renewed'])
    expect(api.accepted()).toBe(2)
  })

  it('that refuses an expired certificate at the handshake is told apart from one that is down', async () => {
    const { authority, server } = made()
    const port = await startVerifyingServer(temporaryFolder(), server, authority)
    const { cert, key } = authority.issue('karin', { expired: true })
    const way = connected(
      target(`https://127.0.0.1:${port}`, {
        cluster: { 'certificate-authority-data': base64(authority.cert) },
        user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
      }),
    )
    const error = await ask(way).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ reason: 'credentials', cause: expect.stringContaining('client certificate') })
  })

  it('that refuses an expired certificate with 401 is explained by the date', async () => {
    const { authority, server } = made()
    const api = await startApi((_, response) => void response.writeHead(401).end(), server)
    const { cert, key } = authority.issue('karin', { expired: true })
    const way = connected(
      target(`https://127.0.0.1:${api.port}`, {
        cluster: { 'certificate-authority-data': base64(authority.cert) },
        user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
      }),
    )
    expect((await ask(way)).status).toBe(401)
    expect(way.refused()).toMatch(/user "karin": the client certificate ended \d{4}-\d\d-\d\d/)
  })
})
