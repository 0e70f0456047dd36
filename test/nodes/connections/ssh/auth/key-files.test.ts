import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyFile, openKeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { readKeyText } from '../../../../../source/nodes/connections/ssh/auth/key-format.ts'
import { secretOf } from '../../../../../source/nodes/connections/ssh/auth/secret.ts'
import { type KeyOptions, makeKey, printedFingerprint } from './support/keys.ts'
import { demand } from './support/processes.ts'

const passphrase = 'correct horse'

let folder: string

beforeAll(() => {
  demand('ssh-keygen')
  folder = mkdtempSync(join(tmpdir(), 'kntop-keys-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const formats: readonly (readonly [string, KeyOptions])[] = [
  ['ed25519', { type: 'ed25519' }],
  ['rsa', { type: 'rsa', bits: 2048 }],
  ['rsa-pem', { type: 'rsa', bits: 2048, format: 'PEM' }],
  ['rsa-pkcs8', { type: 'rsa', bits: 2048, format: 'PKCS8' }],
  ['ecdsa-256', { type: 'ecdsa', bits: 256 }],
  ['ecdsa-384', { type: 'ecdsa', bits: 384 }],
  ['ecdsa-521', { type: 'ecdsa', bits: 521 }],
  ['ecdsa-pem', { type: 'ecdsa', format: 'PEM' }],
  ['ecdsa-pkcs8', { type: 'ecdsa', format: 'PKCS8' }],
]

const signs = (file: KeyFile): boolean => {
  if (file.state !== 'usable') throw new Error(`not usable: ${JSON.stringify(file)}`)
  const data = Buffer.from('to be signed')
  const hash = file.publicKey.type === 'ssh-ed25519' ? undefined : 'sha256'
  return file.key.isPrivateKey() && file.key.verify(data, file.key.sign(data, hash), hash)
}

describe.each(formats)('%s as ssh-keygen writes it', (name, options) => {
  test('is usable and signs', async () => {
    const path = makeKey(folder, name, options)
    const file = await openKeyFiles().read(path)
    expect(file).toMatchObject({ state: 'usable', publicKey: { fingerprint: printedFingerprint(path) } })
    expect(signs(file)).toBe(true)
  })

  test('with a passphrase is known before it is unlocked, and usable after', async () => {
    const path = makeKey(folder, `${name}-locked`, { ...options, passphrase })
    const files = openKeyFiles()
    const fingerprint = printedFingerprint(path)
    expect(await files.read(path)).toMatchObject({ state: 'encrypted', publicKey: { fingerprint } })
    expect(await files.unlock(path, secretOf('wrong horse'))).toEqual({ state: 'wrong' })
    expect(await files.unlock(path, secretOf(''))).toEqual({ state: 'wrong' })
    const unlocked = await files.unlock(path, secretOf(passphrase))
    expect(unlocked).toMatchObject({ state: 'usable', publicKey: { fingerprint } })
    expect(await files.read(path)).toBe(unlocked)
  })
})

const encryptedWith = (cipher: string): string => {
  const path = join(folder, `cipher-${cipher}`)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-Z', cipher, '-N', passphrase, '-f', path])
  return path
}

test.each(['aes256-gcm@openssh.com', 'aes128-cbc', 'aes192-ctr', '3des-cbc'])(
  'a file encrypted with %s is unlocked',
  async (cipher) => {
    const files = openKeyFiles()
    expect(await files.unlock(encryptedWith(cipher), secretOf(passphrase))).toMatchObject({ state: 'usable' })
  },
)

test('a file encrypted in a way that we cannot read is not asked a passphrase for', async () => {
  const path = encryptedWith('chacha20-poly1305@openssh.com')
  expect(await openKeyFiles().read(path)).toMatchObject({
    state: 'unsupported',
    cause: 'encrypted with chacha20-poly1305@openssh.com: ssh-keygen -p -Z aes256-ctr changes that',
  })
})

test('an encrypted PEM file with no public half beside it is encrypted and unknown', async () => {
  const path = makeKey(folder, 'lonely', { type: 'rsa', bits: 2048, format: 'PEM', passphrase })
  const fingerprint = printedFingerprint(path)
  rmSync(`${path}.pub`)
  const files = openKeyFiles()
  expect(await files.read(path)).toEqual({ state: 'encrypted', path, publicKey: undefined })
  expect(await files.unlock(path, secretOf(passphrase))).toMatchObject({ publicKey: { fingerprint } })
})

test('decrypting leaves the main thread free', async () => {
  const path = makeKey(folder, 'slow', { passphrase, rounds: 16 })
  let turns = 0
  let done = false
  const turn = (): void => {
    turns += 1
    if (!done) setImmediate(turn)
  }
  setImmediate(turn)
  await openKeyFiles().unlock(path, secretOf(passphrase))
  done = true
  // Computed here it would be a handful.
  expect(turns).toBeGreaterThan(200)
})

test('a file is read once, also where it could not be used, until it is forgotten', async () => {
  const path = join(folder, 'later')
  const files = openKeyFiles()
  const [first, second] = await Promise.all([files.read(path), files.read(path)])
  expect(first).toEqual({ state: 'missing', path })
  expect(second).toBe(first)
  makeKey(folder, 'later')
  expect(await files.read(path)).toBe(first)
  await files.forget()
  expect(await files.read(path)).toMatchObject({ state: 'usable' })
})

test('a private key that others may read is refused, and its public half may be read by all', async () => {
  const path = makeKey(folder, 'open')
  chmodSync(path, 0o640)
  expect(await openKeyFiles().read(path)).toMatchObject({
    state: 'unreadable',
    cause: 'others may read it (mode 640): chmod 600',
  })
  chmodSync(`${path}.pub`, 0o666)
  expect(await openKeyFiles().read(`${path}.pub`)).toMatchObject({ state: 'public-only' })
})

test('a public key stands for one that only an agent holds, by its own name or by the private one', async () => {
  const path = makeKey(folder, 'agent-only')
  const fingerprint = printedFingerprint(path)
  rmSync(path)
  expect(await openKeyFiles().read(`${path}.pub`)).toMatchObject({ state: 'public-only', publicKey: { fingerprint } })
  expect(await openKeyFiles().read(path)).toMatchObject({ state: 'public-only', publicKey: { fingerprint } })
})

describe('what is no key that we can use says so', () => {
  const sk =
    'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIFx48DPgnJ8DZZCEFx48DPgnJ8DZZCEFx48DPgnJ8DZZAAAABHNzaDo= k'

  const contents: readonly (readonly [string, () => string, KeyFile['state'], RegExp])[] = [
    ['a FIDO key', () => sk, 'unsupported', /FIDO keys need the system ssh/],
    ['text', () => 'hello\n', 'unsupported', /no key/],
    ['nothing', () => '', 'unsupported', /no key/],
    [
      'a certificate of the web',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'unsupported',
      /certificate/,
    ],
    ['a PuTTY key', () => 'PuTTY-User-Key-File-2: ssh-ed25519\n', 'unsupported', /no key/],
    [
      'a damaged key',
      () => readFileSync(makeKey(folder, 'whole'), 'utf8').replace(/\n.{20}/, '\n'),
      'unsupported',
      /damaged/,
    ],
    ['more than a megabyte', () => 'x'.repeat(1024 * 1024 + 1), 'unreadable', /larger/],
  ]

  test.each(contents)('%s', async (name, content, state, cause) => {
    const path = join(folder, `not-${name.replaceAll(' ', '-')}`)
    writeFileSync(path, content(), { mode: 0o600 })
    const file = await openKeyFiles().read(path)
    expect(file.state).toBe(state)
    expect('cause' in file && file.cause).toMatch(cause)
  })

  test('a certificate beside nothing', async () => {
    const path = makeKey(folder, 'user')
    execFileSync('ssh-keygen', ['-q', '-s', makeKey(folder, 'ca'), '-I', 'id', '-n', 'karin', `${path}.pub`])
    copyFileSync(`${path}-cert.pub`, join(folder, 'certified'))
    expect(await openKeyFiles().read(join(folder, 'certified'))).toMatchObject({
      state: 'unsupported',
      cause: 'certificates need the system ssh: --transport openssh',
    })
  })

  test('a folder, and a pipe that nobody writes to', async () => {
    mkdirSync(join(folder, 'a-folder'))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    expect(await openKeyFiles().read(join(folder, 'a-folder'))).toMatchObject({ state: 'unreadable' })
    expect(await openKeyFiles().read(join(folder, 'pipe'))).toMatchObject({ cause: 'it is no regular file' })
  })
})

test('no text makes the reader throw, cut ones least of all', () => {
  const whole = readFileSync(makeKey(folder, 'cut', { passphrase }), 'utf8')
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length), (from, to) => {
      const text = whole.slice(0, Math.min(from, to)) + whole.slice(Math.max(from, to))
      expect(['private', 'public', 'unsupported']).toContain(readKeyText(text, undefined).holds)
    }),
  )
})
