import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import { type HostIdentity, lookup } from '../../../../source/nodes/connections/ssh/known-hosts.ts'
import type { PresentedKey } from '../../../../source/nodes/connections/ssh/presented-key.ts'
import { createTrustedKeys } from '../../../../source/nodes/connections/ssh/trusted-keys.ts'
import { keygenFinds, keygenFingerprint, type MadeKey, makeKey, temporaryFolder } from './openssh.ts'

const module = new URL('../../../../source/nodes/connections/ssh/trusted-keys.ts', import.meta.url).href

let folder: string
let remove: () => void
let own: string
let key: MadeKey
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  own = join(folder, 'state', 'accepted_hosts')
  key = makeKey(folder, 'key', 'ed25519')
})
afterEach(() => remove())

const web = { hostName: 'web.example.com', port: 22 }
const presented = (host: HostIdentity = web, from = key): PresentedKey => ({
  host,
  type: from.type,
  blob: from.blob,
  fingerprint: keygenFingerprint(from),
})
const mode = (path: string): number => statSync(path).mode & 0o777

describe('trusted keys', () => {
  test('are those of all files, ours first, and a missing file holds none', async () => {
    const [user, missing] = [join(folder, 'user'), join(folder, 'missing')]
    writeFileSync(user, `web.example.com ${key.type} ${key.base64}\n`)
    const files = await createTrustedKeys(own).load([user, missing])
    expect(files.map(({ path }) => path)).toEqual([own, user, missing])
    expect(lookup(files, web, key.blob)).toEqual({ kind: 'known', place: { file: user, line: 1 } })
    expect(existsSync(join(folder, 'state'))).toBe(false)
  })

  test('change with their files', async () => {
    const user = join(folder, 'user')
    const trusted = createTrustedKeys(own)
    writeFileSync(user, '')
    const [, first] = await trusted.load([user])
    const [, same] = await trusted.load([user])
    expect(same).toBe(first)
    writeFileSync(user, `web.example.com ${key.type} ${key.base64}\n`)
    expect(lookup(await trusted.load([user]), web, key.blob).kind).toBe('known')
  })

  test('/dev/null holds none', async () => {
    expect(await createTrustedKeys(own).load(['/dev/null'])).toHaveLength(2)
  })
})

describe('a known_hosts that is there and cannot be read trusts nobody', () => {
  const refuses = async (path: string, cause: RegExp): Promise<void> => {
    const error: unknown = await createTrustedKeys(own)
      .load([path])
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectionError)
    expect((error as ConnectionError).reason).toEqual({ state: 'denied', cause: expect.stringMatching(cause) })
  }

  test('a folder', () => refuses(folder, /^known hosts cannot be checked: .* is not a file$/))

  test('a pipe, without waiting for its writer', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    await refuses(pipe, /is not a file/)
  })

  test('links that end nowhere', async () => {
    const loop = join(folder, 'loop')
    symlinkSync(loop, loop)
    await refuses(loop, /cannot be read \(ELOOP\): correct its permissions/)
  })

  test('below what is no folder', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    await refuses(join(file, 'known_hosts'), /cannot be read \(ENOTDIR\)/)
  })

  test('without the right to read', async () => {
    const file = join(folder, 'secret')
    writeFileSync(file, '', { mode: 0 })
    // Root may read everything, so somebody else looks.
    const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    chmodSync(folder, 0o755)
    const script = `
      const { createTrustedKeys } = await import(${JSON.stringify(module)})
      await createTrustedKeys(${JSON.stringify(own)}).load([${JSON.stringify(file)}])
        .catch((error) => console.log(error.reason.cause))`
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      ...asNobody,
    })
    expect(said).toMatch(/cannot be read \(EACCES\): correct its permissions/)
  })

  test('our own, where others could have written it', async () => {
    mkdirSync(join(folder, 'state'))
    writeFileSync(own, '')
    chmodSync(own, 0o620)
    await refuses('/dev/null', /can be written by others: chmod 600/)
  })

  test.runIf(process.getuid?.() === 0)('our own, where it is somebody else’s', async () => {
    mkdirSync(join(folder, 'state'))
    writeFileSync(own, '', { mode: 0o600 })
    chownSync(own, 65534, 65534)
    await refuses('/dev/null', /belongs to another user \(uid 65534\)/)
  })
})

describe('accepted keys', () => {
  test('are known from then on, to ssh-keygen as well', async () => {
    const trusted = createTrustedKeys(own)
    const other = makeKey(folder, 'other', 'ecdsa')
    await trusted.accept([presented()])
    await trusted.accept([presented({ ...web, port: 2222 }, other), presented({ hostName: '10.0.0.1', port: 22 })])
    expect(lookup(await trusted.load([]), web, key.blob)).toEqual({ kind: 'known', place: { file: own, line: 1 } })
    expect(keygenFinds(own, 'web.example.com')).toMatchObject([{ line: 1, fingerprint: keygenFingerprint(key) }])
    expect(keygenFinds(own, '[web.example.com]:2222')).toMatchObject([{ line: 2 }])
    expect(keygenFinds(own, '10.0.0.1')).toMatchObject([{ line: 3 }])
  })

  test('are kept once, and nothing is written for what is there', async () => {
    const trusted = createTrustedKeys(own)
    await trusted.accept([presented(), presented()])
    const { ino } = statSync(own)
    await trusted.accept([presented()])
    expect(readFileSync(own, 'utf8').trim().split('\n')).toHaveLength(1)
    expect(statSync(own).ino).toBe(ino)
  })

  test.each(['000', '777'])(
    'lie in a file of 0600 in a folder of 0700 under umask %s, and nothing lies beside them',
    (umask) => {
      const script = `
      const { createTrustedKeys } = await import(${JSON.stringify(module)})
      process.umask(0o${umask})
      await createTrustedKeys(${JSON.stringify(own)}).accept([{ host: { hostName: 'web', port: 22 },
        type: ${JSON.stringify(key.type)}, blob: Buffer.from(${JSON.stringify(key.base64)}, 'base64'), fingerprint: '' }])`
      execFileSync(process.execPath, ['--input-type=module', '-e', script])
      expect(mode(own)).toBe(0o600)
      expect(mode(join(folder, 'state'))).toBe(0o700)
      expect(readdirSync(join(folder, 'state'))).toEqual(['accepted_hosts'])
    },
  )

  test('make an existing folder private', async () => {
    mkdirSync(join(folder, 'state'))
    chmodSync(join(folder, 'state'), 0o777)
    await createTrustedKeys(own).accept([presented()])
    expect(mode(join(folder, 'state'))).toBe(0o700)
  })

  test('of several kntops at once are all kept', async () => {
    const hosts = Array.from({ length: 12 }, (_, i) => ({ hostName: `node-${i}`, port: 22 }))
    await Promise.all(hosts.map((host) => createTrustedKeys(own).accept([presented(host)])))
    const files = await createTrustedKeys(own).load([])
    for (const host of hosts) expect(lookup(files, host, key.blob).kind).toBe('known')
  })

  test('of a whole fleet, one by one, take few writes', async () => {
    const trusted = createTrustedKeys(own)
    await trusted.accept([presented({ hostName: 'first', port: 22 })])
    const hosts = Array.from({ length: 500 }, (_, i) => ({ hostName: `node-${i}`, port: 22 }))
    const { fingerprint } = presented()
    const inodes = new Set<number>()
    await Promise.all(
      hosts.map(async (host) => {
        await trusted.accept([{ host, type: key.type, blob: key.blob, fingerprint }])
        inodes.add(statSync(own).ino)
      }),
    )
    expect(inodes.size).toBeLessThan(3)
    const files = await trusted.load([])
    for (const host of hosts) expect(lookup(files, host, key.blob).kind).toBe('known')
  })

  test('that could not be written can be accepted once more', async () => {
    const trusted = createTrustedKeys(own)
    writeFileSync(join(folder, 'state'), '')
    await expect(trusted.accept([presented()])).rejects.toThrow()
    rmSync(join(folder, 'state'))
    await trusted.accept([presented()])
    expect(lookup(await trusted.load([]), web, key.blob).kind).toBe('known')
  })

  test('are written although a kntop died while it wrote', async () => {
    mkdirSync(join(folder, 'state'))
    writeFileSync(`${own}.lock`, 'half a li')
    const long = new Date(Date.now() - 60_000)
    utimesSync(`${own}.lock`, long, long)
    await createTrustedKeys(own).accept([presented()])
    expect(readdirSync(join(folder, 'state'))).toEqual(['accepted_hosts'])
  })

  test('stand behind a last line that was never ended', async () => {
    mkdirSync(join(folder, 'state'))
    writeFileSync(own, `db ${key.type} ${key.base64}`, { mode: 0o600 })
    await createTrustedKeys(own).accept([presented()])
    expect(keygenFinds(own, 'db')).toHaveLength(1)
    expect(keygenFinds(own, 'web.example.com')).toHaveLength(1)
  })

  test.each(['*', 'web,db', '!web', '@revoked', '#web', 'we b', '|1|', 'web?'])(
    'under the name %s trust nothing but that name',
    async (name) => {
      const trusted = createTrustedKeys(own)
      const host = { ...web, hostKeyAlias: name }
      await trusted.accept([presented(host)])
      const files = await trusted.load([])
      expect(lookup(files, host, key.blob).kind).toBe('known')
      for (const hostName of ['web', 'db', 'webx']) {
        expect(lookup(files, { hostName, port: 22 }, key.blob).kind).toBe('unknown')
      }
    },
  )

  test('are not written over a file that cannot be trusted, and the lock is gone', async () => {
    mkdirSync(join(folder, 'state'))
    writeFileSync(own, 'as it was\n')
    chmodSync(own, 0o666)
    await expect(createTrustedKeys(own).accept([presented()])).rejects.toThrow(/can be written by others/)
    expect(readFileSync(own, 'utf8')).toBe('as it was\n')
    expect(readdirSync(join(folder, 'state'))).toEqual(['accepted_hosts'])
  })
})
