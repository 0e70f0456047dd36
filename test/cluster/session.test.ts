import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../config/temporary.ts'
import { createAuthority } from './certificates.ts'
import { apiVersion, credential, plugin } from './credentials/plugin.ts'
import { fine, startApi, target } from './mock-server.ts'
import { ask, connected } from './reading.ts'

const withPlugin = (script: string, folder: string) => ({
  exec: { apiVersion, interactiveMode: 'Never', command: plugin(script, folder) },
})

/** A plugin that gives `t1`, `t2` and so on, and counts its runs in a file. */
const counting = (folder: string): string =>
  `echo run >> ${folder}/runs; n=$(wc -l < ${folder}/runs)
   printf '${credential({ token: 'tN' }).replace('tN', 't%d')}' "$n"`

const runs = (folder: string): number => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length

describe('a user with a plugin', () => {
  it('runs it once for twenty first calls, and again once after any number of refusals', async () => {
    const folder = temporaryFolder()
    let expired = false
    const api = await startApi(({ headers: { authorization } }, response) => {
      response.writeHead(expired && authorization === 'Bearer t1' ? 401 : 200).end()
    })
    const way = connected(target(`http://127.0.0.1:${api.port}`, { user: withPlugin(counting(folder), folder) }))
    const many = async (): Promise<readonly number[]> =>
      Promise.all(Array.from({ length: 20 }, async () => (await ask(way)).status))
    expect(new Set(await many())).toEqual(new Set([200]))
    expect(runs(folder)).toBe(1)
    // Nobody refused anything: this is a word about nothing.
    way.refused()
    await ask(way)
    expect(runs(folder)).toBe(1)
    expired = true
    expect(new Set(await many())).toEqual(new Set([401]))
    for (let index = 0; index < 20; index++) expect(way.refused()).toContain('log in again')
    expect(new Set(await many())).toEqual(new Set([200]))
    // What was wrong with the first one is no reason for anything that comes later.
    expect(way.refused()).toBe('')
    await ask(way)
    expect(runs(folder)).toBe(2)
  })

  it('is told why, and the plugin left alone for a while, when what it gives is never accepted', async () => {
    const folder = temporaryFolder()
    const api = await startApi((_, response) => void response.writeHead(401).end())
    let now = 0
    const way = connected(target(`http://127.0.0.1:${api.port}`, { user: withPlugin(counting(folder), folder) }), {
      now: () => now,
    })
    expect((await ask(way)).status).toBe(401)
    way.refused()
    await expect(ask(way)).rejects.toMatchObject({
      reason: 'credentials',
      cause: expect.stringContaining('user "karin": the server refuses what its plugin gives'),
    })
    expect(runs(folder)).toBe(1)
    now += 10_000
    expect((await ask(way)).status).toBe(401)
    expect(runs(folder)).toBe(2)
  })

  it('shows the certificate that it gives, over new connections when it is another', async () => {
    const folder = temporaryFolder()
    const authority = createAuthority(folder, 'ca')
    for (const name of ['t1', 't2']) {
      const { cert, key } = authority.issue(name)
      const status = { clientCertificateData: cert, clientKeyData: key }
      writeFileSync(join(folder, `${name}.json`), credential(status))
    }
    const seen: string[] = []
    const api = await startApi(
      (request, response) => {
        const name = String((request.socket as TLSSocket).getPeerCertificate().subject.CN)
        seen.push(name)
        if (seen.length === 3) response.writeHead(401)
        fine(request, response)
      },
      { ...authority.issue('server'), ca: authority.cert, requestCert: true },
    )
    const script = `echo run >> ${folder}/runs; cat ${folder}/t$(wc -l < ${folder}/runs | tr -d ' ').json`
    const way = connected(
      target(`https://127.0.0.1:${api.port}`, {
        cluster: { 'certificate-authority': authority.certFile },
        user: withPlugin(script, folder),
      }),
    )
    for (let index = 0; index < 3; index++) await ask(way)
    way.refused()
    for (let index = 0; index < 2; index++) await ask(way)
    expect(seen).toEqual(['t1', 't1', 't1', 't2', 't2'])
    expect(api.accepted()).toBe(2)
  })

  it('does not hold up who no longer waits, and ends the plugin with the way', async () => {
    const folder = temporaryFolder()
    const api = await startApi(fine)
    const script = `echo $$ > ${folder}/pid; sleep 1000`
    const way = connected(target(`http://127.0.0.1:${api.port}`, { user: withPlugin(script, folder) }))
    const controller = new AbortController()
    const first = ask(way, { signal: controller.signal })
    const second = ask(way)
    const pid = (): number => Number(readFileSync(join(folder, 'pid'), 'utf8'))
    await expect.poll(pid).toBeGreaterThan(0)
    // No server was asked: whoever gives up waiting says for what.
    expect(way.waitsFor?.()).toMatch(/^user "karin": the plugin "plugin" has run for \d+ s: it may be asking/)
    controller.abort()
    await expect(first).rejects.toMatchObject({ reason: 'closed' })
    expect(() => process.kill(pid(), 0)).not.toThrow()
    way.close()
    await expect(second).rejects.toMatchObject({ reason: 'closed' })
    await expect
      .poll(() => {
        try {
          return process.kill(pid(), 0)
        } catch {
          return false
        }
      })
      .toBe(false)
    expect(api.accepted()).toBe(0)
  })
})

describe('a token that says when it ends', () => {
  it('explains a refusal by that', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url')
    const api = await startApi((_, response) => void response.writeHead(401).end())
    const way = connected(target(`http://127.0.0.1:${api.port}`, { user: { token: `eyJh.${claims}.sig` } }))
    await ask(way)
    expect(way.refused()).toBe('user "karin": the token ended 2023-11-14 22:13 UTC: get a new one')
    const other = connected(target(`http://127.0.0.1:${api.port}`, { user: { token: 'opaque' } }))
    await ask(other)
    expect(other.refused()).toContain('the server refuses its token or password')
    const nobody = connected(target(`http://127.0.0.1:${api.port}`))
    await ask(nobody)
    expect(nobody.refused()).toContain('holds no credentials')
  })
})
