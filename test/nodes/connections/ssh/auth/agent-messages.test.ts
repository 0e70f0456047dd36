import fc from 'fast-check'
import { AgentProtocol } from 'ssh2'
import { expect, test } from 'vitest'
import {
  decodeIdentities,
  decodeSignature,
  signatureRequest,
} from '../../../../../source/nodes/connections/ssh/auth/agent-messages.ts'
import { readFields, writeField } from '../../../../../source/nodes/connections/ssh/auth/wire.ts'
import { fakeKey } from './support/fake-keys.ts'

const count = (keys: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(keys)
  return bytes
}

test('keys come back in their order, of whatever type', () => {
  const type = fc.constantFrom('ssh-ed25519', 'ssh-rsa', 'sk-ssh-ed25519@openssh.com', 'x-later@example.org')
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), type)), (pairs) => {
      const keys = pairs.map(([name, type]) => fakeKey(name, type))
      const body = keys.flatMap(({ blob }, index) => [writeField(blob), writeField(`comment ${index}`)])
      const answered = decodeIdentities(Buffer.concat([Buffer.from([12]), count(keys.length), ...body]))
      const expected = keys.map((key, index) => ({ ...key, comment: `comment ${index}` }))
      expect(answered).toEqual({ answer: 'given', value: expected })
    }),
  )
})

test('no bytes make a decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(5, 12, 14), (bytes, type) => {
      const message = Buffer.concat([Buffer.from([type]), bytes])
      for (const decode of [decodeIdentities, decodeSignature])
        expect(['given', 'refuses', 'garbage']).toContain(decode(message).answer)
    }),
  )
})

test('a comment is clean', () => {
  const message = Buffer.concat([Buffer.from([12]), count(1), writeField(fakeKey('k').blob), writeField('\u001b[2Jk')])
  expect(decodeIdentities(message)).toMatchObject({ value: [{ comment: '\ufffd[2Jk' }] })
})

test.each(['sha256', 'sha512', undefined] as const)('a request to sign with %s is what ssh2 would send', (hash) => {
  const blob = Buffer.concat([
    writeField('ssh-rsa'),
    writeField(Buffer.from([1, 0, 1])),
    writeField(Buffer.alloc(257, 1)),
  ])
  const data = Buffer.from('to be signed')
  const protocol = new AgentProtocol(true)
  protocol.sign(blob, data, hash === undefined ? {} : { hash }, () => undefined)
  expect(signatureRequest(blob, data, hash)).toEqual(protocol.read())
})

test('fields come back as they were written, and a cut is noticed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), fc.nat(), (fields, cut) => {
      const written = Buffer.concat(fields.map((field) => writeField(Buffer.from(field))))
      expect(readFields(written, fields.length)?.fields.map((field) => [...field])).toEqual(fields.map((f) => [...f]))
      fc.pre(written.length > 0)
      expect(readFields(written.subarray(0, cut % written.length), fields.length)).toBeUndefined()
    }),
  )
})
