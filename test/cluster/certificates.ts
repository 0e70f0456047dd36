import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate and its key, PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** An authority of a test's own, made by the openssl program. */
export interface Authority extends Pair {
  readonly certFile: string
  issue(name: string, options?: { readonly names?: string; readonly expired?: boolean }): Pair
}

const openssl = (...words: readonly string[]): void => {
  execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

const newKey = (file: string): readonly string[] => [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
  '-nodes',
  '-keyout',
  file,
]

const read = (base: string): Pair => ({
  cert: readFileSync(`${base}.crt`, 'utf8'),
  key: readFileSync(`${base}.key`, 'utf8'),
})

/** Makes an authority in a folder. */
export const createAuthority = (folder: string, name: string): Authority => {
  const base = join(folder, name)
  openssl('req', '-x509', ...newKey(`${base}.key`), '-out', `${base}.crt`, '-days', '2', '-subj', `/CN=${name}`)
  return {
    ...read(base),
    certFile: `${base}.crt`,
    issue: (issued, { names = 'DNS:localhost,IP:127.0.0.1', expired = false } = {}) => {
      const own = join(folder, `${name}-${issued}`)
      writeFileSync(`${own}.ext`, `subjectAltName=${names}\n`)
      openssl('req', ...newKey(`${own}.key`), '-out', `${own}.csr`, '-subj', `/O=people/CN=${issued}`)
      const from = ['-in', `${own}.csr`, '-CA', `${base}.crt`, '-CAkey', `${base}.key`, '-CAcreateserial']
      const days = expired ? '-1' : '2'
      openssl('x509', '-req', ...from, '-days', days, '-extfile', `${own}.ext`, '-out', `${own}.crt`)
      return read(own)
    },
  }
}
