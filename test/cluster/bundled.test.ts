import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { leanKubernetes } from '../../scripts/build/lean-kubernetes.ts'
import type { prepareLogin } from '../../source/cluster/transport/login.ts'
import { prepareLogin as unbundled } from '../../source/cluster/transport/login.ts'
import { temporaryFolder } from '../config/temporary.ts'
import { createAuthority } from './certificates.ts'
import { target } from './mock-server.ts'

const root = resolve(import.meta.dirname, '../..')

describe('the bundle', () => {
  it('holds what is used of client-node and not the client that is generated around it', async () => {
    const folder = temporaryFolder()
    const outdir = join(folder, 'dist')
    mkdirSync(outdir)
    await build({
      absWorkingDir: root,
      entryPoints: ['source/cluster/transport/login.ts'],
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      minify: true,
      plugins: [leanKubernetes],
      banner: {
        js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
      },
    })
    const files = readdirSync(outdir).map((name) => readFileSync(join(outdir, name), 'utf8'))
    expect(files.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(60_000)
    expect(files.join('')).not.toContain('V1PodSpec')

    const bundled = (await import(pathToFileURL(join(outdir, 'login.mjs')).href)) as {
      readonly prepareLogin: typeof prepareLogin
    }
    const authority = createAuthority(folder, 'ca')
    const data = Buffer.from(authority.cert).toString('base64')
    const key = Buffer.from(authority.key).toString('base64')
    const cluster = { 'certificate-authority-data': data, 'tls-server-name': 'kubernetes' }
    const ways = [
      [{ user: { token: 'abc' } }, undefined],
      [{ user: { username: 'karin', password: 'x' }, cluster }, undefined],
      [{ user: { 'client-certificate-data': data, 'client-key-data': key }, cluster }, undefined],
      [{ user: { 'client-certificate': authority.certFile, 'client-key': authority.certFile } }, undefined],
      [{ user: { exec: { command: 'x' } } }, { token: 't', certificate: authority.cert, key: authority.key }],
      [{ user: { tokenFile: authority.certFile }, cluster: { 'insecure-skip-tls-verify': true } }, undefined],
    ] as const
    for (const [changes, given] of ways) {
      const to = target('https://127.0.0.1:6443', changes)
      const login = await bundled.prepareLogin(to, given).catch((error: unknown) => String(error))
      expect(login).toEqual(await unbundled(to, given).catch((error: unknown) => String(error)))
    }
    const first = await bundled.prepareLogin(target('https://127.0.0.1:6443', { user: { token: 'abc' } }), undefined)
    expect(first).toEqual({ tls: { rejectUnauthorized: true }, headers: { Authorization: 'Bearer abc' } })
  })
})
