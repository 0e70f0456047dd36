import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExecAnswer } from '../../../source/cluster/credentials/exec-answer.ts'
import { apiVersion, credential } from './plugin.ts'

describe('the answer of a plugin', () => {
  it('gives a token, a certificate, or both, and when they end', () => {
    const expirationTimestamp = '2026-01-31T12:00:00Z'
    expect(readExecAnswer(credential({ token: 'abc\n', expirationTimestamp }), apiVersion)).toEqual({
      token: 'abc',
      expires: Date.UTC(2026, 0, 31, 12),
    })
    const pair = { clientCertificateData: 'C', clientKeyData: 'K', token: null }
    expect(readExecAnswer(credential(pair), apiVersion)).toEqual({ certificate: 'C', key: 'K' })
  })

  it('never throws, and says of garbage that it is garbage without repeating it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const answer = readExecAnswer(text, apiVersion)
        expect(answer).toHaveProperty('wrong')
        expect('wrong' in answer && answer.wrong.length < 100).toBe(true)
      }),
    )
  })
})
