import { afterAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../../../../source/nodes/connections/ssh/auth/accepted-keys.ts'
import { type PublicKey, publicKeyOf } from '../../../../../source/nodes/connections/ssh/auth/public-key.ts'
import { rsaBits } from '../../../../../source/nodes/connections/ssh/rsa-bits.ts'
import { makeKey, temporaryFolder } from '../openssh.ts'

const { folder, remove } = temporaryFolder()
afterAll(remove)

const made = (...kind: readonly string[]): PublicKey => {
  const key = publicKeyOf(makeKey(folder, kind.join('-'), ...kind).blob)
  if (key === undefined) throw new Error('ssh-keygen made no key')
  return key
}
const rsa = made('rsa', '-b', '2048')
const ed25519 = made('ed25519')

const why = (key: PublicKey, publicKeys: readonly string[], requiredRsaSize = 1024): string | undefined =>
  leftOut({ algorithms: { publicKeys }, requiredRsaSize })(key)

test('the length of an RSA key is that of ssh-keygen', () => {
  expect(rsaBits(rsa.blob)).toBe(2048)
  expect(rsaBits(made('rsa', '-b', '1031').blob)).toBe(1031)
  expect(rsaBits(ed25519.blob)).toBeUndefined()
  expect(rsaBits(rsa.blob.subarray(0, 40))).toBeUndefined()
})

describe('keys that the configuration leaves out', () => {
  test('are none where it says nothing', () => {
    expect(why(rsa, [])).toBeUndefined()
    expect(why(ed25519, [])).toBeUndefined()
  })

  test('are those of types that PubkeyAcceptedAlgorithms does not name', () => {
    expect(why(rsa, ['ssh-ed25519'])).toBe('PubkeyAcceptedAlgorithms of the configuration leaves ssh-rsa out')
    expect(why(ed25519, ['ssh-ed25519'])).toBeUndefined()
    expect(why(ed25519, ['rsa-sha2-512'])).toMatch(/leaves ssh-ed25519 out$/)
  })

  test.each(['ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512'])('are no RSA keys where it names %s', (name) => {
    expect(why(rsa, ['ssh-ed25519', name])).toBeUndefined()
  })

  test('are RSA keys shorter than RequiredRSASize', () => {
    expect(why(rsa, [], 2048)).toBeUndefined()
    expect(why(rsa, [], 2049)).toBe('it is shorter than RequiredRSASize 2049 of the configuration')
    expect(why(ed25519, [], 2049)).toBeUndefined()
  })
})
