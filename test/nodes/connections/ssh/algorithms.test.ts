import { expect, test } from 'vitest'
import { algorithmsFor } from '../../../../source/nodes/connections/ssh/algorithms.ts'
import type { Algorithms } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'

const silent: Algorithms = { hostKeys: [], kex: [], ciphers: [], macs: [], publicKeys: [] }

type Kind = 'serverHostKey' | 'kex' | 'cipher' | 'hmac' | 'compress'

const given = (more: Partial<Algorithms>, known: readonly string[] = []) =>
  algorithmsFor({ algorithms: { ...silent, ...more } }, known) as Readonly<Record<Kind, string[]>> | undefined

test('where the configuration says nothing, everything of ours is offered, AES-GCM first', () => {
  const all = given({})
  expect(all?.cipher).toEqual(expect.arrayContaining(['chacha20-poly1305@openssh.com', 'aes256-ctr']))
  expect(all?.cipher[0]).toBe('aes128-gcm@openssh.com')
  expect(all?.serverHostKey[0]).toBe('ssh-ed25519')
})

test('only what the configuration allows is offered, in our order', () => {
  expect(given({ ciphers: ['aes256-ctr', '3des-cbc', 'aes256-gcm@openssh.com'] })?.cipher).toEqual([
    'aes256-gcm@openssh.com',
    'aes256-ctr',
  ])
})

test('keys of known types come first', () => {
  const offered = given({}, ['ecdsa-sha2-nistp256'])?.serverHostKey
  expect(offered?.[0]).toBe('ecdsa-sha2-nistp256')
  expect(offered).toHaveLength(7)
})

test('an RSA key that is known is asked for with SHA-2 first', () => {
  expect(given({}, ['ssh-rsa'])?.serverHostKey?.slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
})

test.each([
  ['kex', 'mlkem768x25519-sha256'],
  ['ciphers', '3des-cbc'],
  ['macs', 'umac-64@openssh.com'],
  ['hostKeys', 'ssh-ed25519-cert-v01@openssh.com'],
] as const)('with nothing in common in %s there are none', (kind, name) => {
  expect(given({ [kind]: [name] })).toBeUndefined()
})

test('nothing is compressed', () => {
  expect(given({})?.compress).toEqual(['none'])
})

test('what one connection is given, another cannot change', () => {
  given({})?.kex.splice(0)
  expect(given({})?.kex.length).toBeGreaterThan(5)
})
