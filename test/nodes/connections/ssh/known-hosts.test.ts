import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../../source/nodes/connections/ssh/auth/public-key.ts'
import {
  type HostIdentity,
  knownFirst,
  knownKeys,
  knownName,
  lookup,
  sameAlias,
} from '../../../../source/nodes/connections/ssh/known-hosts.ts'
import { parseKnownHosts } from '../../../../source/nodes/connections/ssh/known-hosts-file.ts'
import {
  type FoundLine,
  keygenFinds,
  keygenFingerprint,
  type MadeKey,
  makeKey,
  sshVisits,
  temporaryFolder,
} from './openssh.ts'

const { folder, remove } = temporaryFolder()
afterAll(remove)
const ed25519 = makeKey(folder, 'ed25519', 'ed25519')
const other = makeKey(folder, 'other', 'ed25519')
const ecdsa = makeKey(folder, 'ecdsa', 'ecdsa')
const rsa = makeKey(folder, 'rsa', 'rsa', '-b', '2048')
const shortRsa = makeKey(folder, 'short', 'rsa', '-b', '1024')
const keys = [ed25519, other, ecdsa, rsa, shortRsa]

const line = (names: string, key: MadeKey): string => `${names} ${key.type} ${key.base64}\n`
const file = 'known_hosts'
const ask = (content: string, host: HostIdentity, key: MadeKey) =>
  lookup([parseKnownHosts(file, content)], host, key.blob)
const web = { hostName: 'web.example.com', port: 22 }
const web2222 = { ...web, port: 2222 }

const hashed = (content: string): string => {
  const path = join(folder, 'to-hash')
  writeFileSync(path, content)
  execFileSync('ssh-keygen', ['-H', '-f', path], { stdio: 'ignore' })
  return readFileSync(path, 'utf8')
}

describe('known_hosts against ssh-keygen -F', () => {
  const name = fc.constantFrom(
    'web.example.com',
    'WEB.Example.COM',
    'db',
    '10.0.0.1',
    '::1',
    '[web.example.com]:2222',
    '[web.example.com]:22',
    '[10.0.0.1]:2222',
    '*.example.com',
    'w?b.example.com',
    '[*.example.com]:2222',
    '*',
    '?*',
    '!web.example.com',
    '!*.example.com',
    '![web.example.com]:*',
    'd*b',
    '',
  )
  const names = fc.array(name, { minLength: 1, maxLength: 3 }).map((all) => all.join(','))
  const end = fc.constantFrom('\n', '\r\n', ' a comment\n', '\t\n', ' # no comment\r\n')
  const gap = fc.constantFrom(' ', '\t', '  ')
  const marker = fc.constantFrom('', '', '', '@revoked ', '@cert-authority ')
  const line = (list: typeof names, from: readonly MadeKey[]) =>
    fc
      .tuple(marker, list, gap, fc.constantFrom(...from), gap, end)
      .map(([mark, hosts, one, key, two, rest]) => `${mark}${hosts}${one}${key.type}${two}${key.base64}${rest}`)
  // What the decoder of a key passes over, and where a line ends that goes on.
  const odd = fc.constantFrom('\v', '\f', '\r', '\v\f', '\0', '\0\v', '-')
  const any = fc.oneof(
    { weight: 3, arbitrary: line(names, keys) },
    fc.tuple(line(names, keys), fc.nat({ max: 80 }), odd).map(([text, back, what]) => {
      const at = Math.max(0, text.length - 1 - back)
      return `${text.slice(0, at)}${what}${text.slice(at)}`
    }),
  )
  // ssh-keygen hashes no file with a line in it that it cannot read.
  const good = line(
    names.filter((list) => list !== ''),
    keys.filter((key) => key !== shortRsa),
  )
  const bad = fc.constantFrom(
    '# comment\n',
    '\n',
    '  \n',
    '@unknown * ssh-ed25519 AAAA\n',
    '@revoked @revoked * ssh-ed25519 AAAA\n',
    `* ssh-ed25519\n`,
    `* ssh-ed25519 AAAA\n`,
    `* ssh-rsa ${ed25519.base64}\n`,
    `* ssh-ed25519 ${ed25519.base64.slice(0, -1)}\n`,
    `* ssh-ed25519 ${ed25519.base64.slice(0, -4)}\n`,
    `* ssh-ed25519 x${ed25519.base64}\n`,
    `* ssh-ed25519 # ${ed25519.base64}\n`,
    `web.example.com rsa-sha2-256 ${rsa.base64}\n`,
    `|1|AAAA|AAAA ssh-ed25519 ${ed25519.base64}\n`,
    `|1| ssh-ed25519 ${ed25519.base64}\n`,
    '*\n',
    '\0\n',
  )
  const lines = (arbitrary: fc.Arbitrary<string>, maxLength: number) =>
    fc.array(arbitrary, { maxLength }).map((all) => all.join(''))
  const asWritten = lines(fc.oneof({ weight: 3, arbitrary: any }, bad), 8)
  const partlyHashed = fc.tuple(lines(good, 5), lines(bad, 2), lines(good, 2)).map(([a, b, c]) => hashed(a) + b + c)
  const asked = ['web.example.com', 'db', '[web.example.com]:2222', '10.0.0.1', '::1']

  /** What must come of the lines that ssh-keygen finds. */
  const expected = (path: string, lines: readonly FoundLine[], key: MadeKey): object => {
    const print = keygenFingerprints.get(key)
    const at = (found: { readonly line: number } | undefined) => ({ place: { file: path, line: found?.line } })
    const revoked = lines.find((found) => found.marker === 'REVOKED' && found.fingerprint === print)
    if (revoked) return { kind: 'revoked', ...at(revoked) }
    const plain = lines.filter((found) => found.marker === '')
    const same = plain.find((found) => found.fingerprint === print)
    if (same) return { kind: 'known', ...at(same) }
    const authority = lines.find((found) => found.marker === 'CA')
    if (authority) return { kind: 'needs-openssh', ...at(authority) }
    return plain.length === 0 ? { kind: 'unknown' } : { kind: 'changed', ...at(plain.at(-1)) }
  }
  const keygenFingerprints = new Map(keys.map((key) => [key, keygenFingerprint(key)]))

  test.each([
    ['as it is written', asWritten, 25],
    ['hashed by ssh-keygen -H', partlyHashed, 15],
  ])('says the same, %s', (_, content, numRuns) => {
    fc.assert(
      fc.property(content, (text) => {
        const path = join(folder, 'generated')
        writeFileSync(path, text)
        const files = [parseKnownHosts(path, text)]
        for (const asking of asked) {
          const found = keygenFinds(path, asking)
          for (const key of [ed25519, rsa]) {
            const host = { hostName: 'elsewhere', port: 22, hostKeyAlias: asking }
            expect(lookup(files, host, key.blob)).toMatchObject(expected(path, found, key))
          }
        }
      }),
      { numRuns },
    )
  })
})

describe.skipIf(!existsSync('/usr/sbin/sshd'))('known_hosts against a real ssh and sshd', () => {
  test.each<[string, string, HostIdentity, MadeKey]>([
    ['the key', line('web.example.com', ed25519), web, ed25519],
    ['another key', line('web.example.com', other), web, ed25519],
    ['a key of another type alone', line('web.example.com', rsa), web, ed25519],
    ['several keys', line('web.example.com', rsa) + line('web.example.com', ed25519), web, ed25519],
    ['nothing', '', web, ed25519],
    ['another name', line('web', ed25519), web, ed25519],
    ['the name in capitals', line('WEB.example.com', ed25519), web, ed25519],
    [
      'the host in capitals',
      hashed(line('web.example.com', ed25519)),
      { ...web, hostName: 'WEB.example.com' },
      ed25519,
    ],
    ['a negated name', line('*,!web.example.com', ed25519), web, ed25519],
    ['the bare name for a port', line('web.example.com', ed25519), web2222, ed25519],
    ['another key at the bare name for a port', line('web.example.com', other), web2222, ed25519],
    [
      'another key at the port',
      line('[web.example.com]:2222', other) + line('web.example.com', ed25519),
      web2222,
      ed25519,
    ],
    ['the port negated', line('*,![web.example.com]:2222', ed25519), web2222, ed25519],
    ['port 22 written out', line('[web.example.com]:22', ed25519), web, ed25519],
    ['a revoked key', line('web.example.com', ed25519) + line('@revoked *', ed25519), web, ed25519],
    ['another key revoked', line('web.example.com', ed25519) + line('@revoked *', other), web, ed25519],
    [
      'a revoked key at the port, known at the bare name',
      line('@revoked [*]:2222', ed25519) + line('web.example.com', ed25519),
      web2222,
      ed25519,
    ],
    ['an alias', line('cluster', ed25519), { ...web2222, hostKeyAlias: 'Cluster' }, ed25519],
    ['an alias, known at the host', line('web.example.com', ed25519), { ...web2222, hostKeyAlias: 'cluster' }, ed25519],
    ['a name of a signature', line('web.example.com', rsa).replace(' ssh-rsa ', ' rsa-sha2-256 '), web, rsa],
    ['a key too short', line('web.example.com', shortRsa), web, ed25519],
    ['a revoked key with a vertical tab in it', line('@revoked *', ed25519).replace('AAAA', 'AA\vAA'), web, ed25519],
    ['a revoked key with a form feed behind it', line('@revoked *', ed25519).replace('\n', '\f\n'), web, ed25519],
    ['a revoked key and a NUL', line('@revoked *', ed25519).replace('\n', '\0x\n'), web, ed25519],
    ['a vertical tab for a space', line('@revoked *', ed25519).replace(' AAAA', '\vAAAA'), web, ed25519],
    ['a damaged line', line('web.example.com', ed25519).replace('AAAA', 'AAAB'), web, ed25519],
  ])('%s', (_, content, host, key) => {
    const says = (strict: 'yes' | 'accept-new'): string =>
      sshVisits(folder, { known: content, host: host.hostName, port: host.port, alias: host.hostKeyAlias, strict, key })
    const { kind } = ask(content, host, key)
    expect([kind, kind]).toEqual([says('yes'), says('accept-new')])

    // By its address and under an alias it must come to the same, or there is no such alias.
    const alias = sameAlias([parseKnownHosts(file, content)], host)
    const { port } = host
    const visits = (['yes', 'accept-new'] as const)
      .filter(() => alias !== undefined)
      .map((strict) => sshVisits(folder, { known: content, host: '192.0.2.7', port, alias, strict, key }))
    expect(visits).toEqual(visits.map(() => kind))
    expect(alias !== undefined || port !== 22).toBe(true)
  })

  test.each<[string, string, string | undefined]>([
    [
      'is the name with its port, where that is known',
      line('[web.example.com]:2222', ed25519),
      '[web.example.com]:2222',
    ],
    ['is so where nothing is known', '', '[web.example.com]:2222'],
    [
      'is none where the bare name alone is known: ssh asks for it only without an alias',
      line('web.example.com', rsa),
      undefined,
    ],
    ['is none where a certificate may come, which bears no port', line('@cert-authority [*]:2222', rsa), undefined],
    ['is none where one may come for the bare name', line('@cert-authority *.com', rsa), undefined],
  ])('the alias that stands for a name with a port %s', (_, content, alias) => {
    expect(sameAlias([parseKnownHosts(file, content)], web2222)).toBe(alias)
    expect(sameAlias([parseKnownHosts(file, content)], web)).toBe('web.example.com')
    expect(sameAlias([parseKnownHosts(file, content)], { ...web2222, hostKeyAlias: 'Cluster' })).toBe('Cluster')
  })

  test('a key that is revoked at the bare name alone: refused here, merely unknown to ssh', () => {
    const content = line('@revoked web.example.com', ed25519)
    expect(ask(content, web2222, ed25519)).toEqual({ kind: 'revoked', place: { file, line: 1 } })
  })

  test('a certificate authority: only ssh can say, whatever plain keys stand beside it', () => {
    expect(ask(line('@cert-authority *.example.com', rsa), web2222, ed25519).kind).toBe('needs-openssh')
    const beside = line('@cert-authority *', rsa) + line('web.example.com', other)
    expect(ask(beside, web, ed25519)).toEqual({ kind: 'needs-openssh', place: { file, line: 1 } })
    expect(ask(beside, web, other).kind).toBe('known')
  })
})

describe('several files', () => {
  const files = [parseKnownHosts('ours', line('web.example.com', other)), parseKnownHosts('users', line('*', ed25519))]

  test('a key is known by any of them', () => {
    expect(lookup(files, web, ed25519.blob)).toEqual({ kind: 'known', place: { file: 'users', line: 1 } })
    expect(lookup(files, web, other.blob)).toEqual({ kind: 'known', place: { file: 'ours', line: 1 } })
  })

  test('a key is revoked by any of them', () => {
    const more = [...files, parseKnownHosts('system', `\n${line('@revoked *', other)}`)]
    expect(lookup(more, web, other.blob)).toEqual({ kind: 'revoked', place: { file: 'system', line: 2 } })
  })

  test('a changed key names the file, the line and the type', () => {
    expect(lookup(files, web, rsa.blob)).toEqual({
      kind: 'changed',
      place: { file: 'users', line: 1 },
      knownType: 'ssh-ed25519',
    })
  })
})

test('lines that cannot be used are counted, and the others hold', () => {
  const parsed = parseKnownHosts(
    file,
    `junk\n# fine\n\nweb ssh-ed25519 AAAA\n${line('web', ed25519)}@new ${line('web', rsa)}`,
  )
  expect(parsed.badLines).toBe(3)
  expect(lookup([parsed], { hostName: 'web', port: 22 }, ed25519.blob)).toMatchObject({ kind: 'known' })
})

test('a very long line revokes like any other', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `node-${i}`).join(',')
  const parsed = parseKnownHosts(file, line(`@revoked ${many}`, ed25519))
  expect(lookup([parsed], { hostName: 'node-19999', port: 22 }, ed25519.blob).kind).toBe('revoked')
})

test('a fingerprint is that of ssh-keygen -l', () => {
  for (const key of keys) expect(fingerprintOf(key.blob)).toBe(keygenFingerprint(key))
})

test.each<[HostIdentity, string]>([
  [{ hostName: 'Web', port: 22 }, 'web'],
  [{ hostName: 'web', port: 2222 }, '[web]:2222'],
  [{ hostName: '::1', port: 22 }, '::1'],
  [{ hostName: '::1', port: 2222 }, '[::1]:2222'],
  [{ hostName: 'web', port: 2222, hostKeyAlias: 'Farm' }, 'farm'],
])('%j is kept as %s', (host, name) => {
  expect(knownName(host)).toBe(name)
})

describe('known types', () => {
  const algorithms = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']
  const known = (content: string, host: HostIdentity = web) => knownKeys([parseKnownHosts(file, content)], host)

  test('come first, those of RSA in all three names, and the rest stays in order', () => {
    const { types } = known(line('web.example.com', rsa))
    expect(knownFirst(algorithms, types)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-rsa',
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
    ])
    expect(knownFirst(algorithms, [])).toEqual(algorithms)
  })

  test('are those of keys that are trusted, each once', () => {
    const content = line('*', rsa) + line('web.example.com', rsa) + line('@revoked *', ecdsa)
    expect(known(content)).toEqual({ types: ['ssh-rsa'], authority: undefined })
  })

  test('are those of the bare name where the port has none', () => {
    const content = line('web.example.com', rsa)
    expect(known(content, web2222).types).toEqual(['ssh-rsa'])
    expect(known(content + line('[web.example.com]:2222', ecdsa), web2222).types).toEqual(['ecdsa-sha2-nistp256'])
  })

  test('say that an authority covers the host', () => {
    expect(known(line('@cert-authority *.example.com', rsa), web2222).authority).toEqual({ file, line: 1 })
    expect(known(line('@cert-authority *.example.org', rsa)).authority).toBeUndefined()
  })
})
