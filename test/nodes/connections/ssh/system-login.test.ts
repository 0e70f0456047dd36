import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import { makeKey } from './auth/support/keys.ts'
import { type RealSshd, startLimit, startSshd } from './auth/support/sshd.ts'
import { always, knownLine } from './logging-in.ts'
import { madeFleet } from './made-fleet.ts'

let folder: string
let sshd: RealSshd
const path = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-system-login-'))
  for (const name of ['host', 'wrong']) makeKey(folder, name)
  makeKey(folder, 'locked', { passphrase: 'correct horse' })
  sshd = await startSshd([`HostKey ${path('host')}`])
  sshd.authorize(path('locked'))
  writeFileSync(path('known_hosts'), knownLine(sshd.port, path('host')))
}, startLimit)
afterAll(async () => {
  await sshd.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Why the system's ssh does not get in with these keys, at each of so many tries. */
const causes = async (keys: readonly string[], tries = 1, more: readonly string[] = []): Promise<readonly string[]> => {
  const lines = ['HostName 127.0.0.1', `Port ${sshd.port}`, `User ${sshd.user}`, 'IdentityAgent none']
  const files = [`UserKnownHostsFile ${path('known_hosts')}`, 'GlobalKnownHostsFile /dev/null', 'IdentitiesOnly yes']
  const named = keys.map((key) => `IdentityFile ${path(key)}`)
  writeFileSync(path('config'), ['Host node', ...lines, ...files, ...named, ...more, ''].join('\n'))
  const fleet = await madeFleet(path('config'), { transport: 'openssh' })
  const found: string[] = []
  for (let left = tries; left > 0; left -= 1) {
    const error: unknown = await fleet
      .connectTo('node')(always)
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof ConnectionError)) throw new Error(`it was let in, or failed otherwise: ${String(error)}`)
    found.push(error.reason.cause)
  }
  return found
}

test('a key that only lacks its passphrase is named where ssh offers none, or others in vain', async () => {
  const says = 'the key locked has a passphrase: ssh-add it, or use --transport ssh, which asks for it'
  const [first, second] = await causes(['locked'], 2)
  expect(first).toBe(`authentication failed: no key was accepted, node takes publickey; ${says}`)
  expect(second).toMatch(
    /^not tried: asked without a key .*: authentication failed: no key was accepted, node takes publickey; locked: it needs a passphrase/,
  )
  expect((await causes(['wrong', 'locked']))[0]).toContain(says)
  expect((await causes(['locked'], 1, ['BatchMode yes']))[0]).toMatch(/has a passphrase: ssh-add it$/)
})

test('a key that the server refuses is another matter', async () => {
  expect((await causes(['wrong']))[0]).toMatch(/no key was accepted, node takes publickey; add one with ssh-copy-id/)
})
