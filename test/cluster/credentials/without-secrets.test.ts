import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../../source/cluster/credentials/without-secrets.ts'

describe('what a program complained about', () => {
  it.each([
    ['Error: ExpiredToken: the SSO session has expired', 'Error: ExpiredToken: the SSO session has expired'],
    [
      'see /usr/share/doc/google-cloud-sdk/authentication/README.md',
      'see /usr/share/doc/google-cloud-sdk/authentication/README.md',
    ],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [token]'],
    ['"access_token": "abc def", "x": 1', '"access_token": [secret], "x": 1'],
    ['{"accessToken":"abc def","x":1}', '{"accessToken":[secret],"x":1}'],
    ['password=hunter2 rejected', 'password=[secret] rejected'],
    ['GET https://karin:hunter2@example.com/', 'GET https://[secret]@example.com/'],
    ['a\n-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nb', 'a / [key] / b'],
    ['one\ntwo\n\nthree\nfour\n', 'two / three / four'],
    ['\u001b[31mred\u001b[0m\u202e', 'red\ufffd'],
  ])('%j is %j', (said, expected) => {
    expect(withoutSecrets(said)).toBe(expected)
  })

  it('never holds a token or a long run of base64, wherever it stands', () => {
    const words = fc.array(fc.constantFrom('error', 'at', '"', ':', '\n', 'https://idp.example/', '='), {
      maxLength: 6,
    })
    const base64 = fc
      .uint8Array({ minLength: 48, maxLength: 200 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'))
    const jwt = fc.tuple(base64, base64).map(([claims, signature]) => `eyJhbGciOiJSUzI1NiJ9.${claims}.${signature}`)
    fc.assert(
      fc.property(words, fc.oneof(base64, jwt), words, (before, secret, after) => {
        const shown = withoutSecrets([...before, secret, ...after].join(' '))
        for (let at = 0; at + 16 <= secret.length; at += 4) expect(shown).not.toContain(secret.slice(at, at + 16))
      }),
    )
  })
})
