import { generateKeyPairSync } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import type { AskPerson } from '../../../../source/nodes/connections/ssh/auth/prompts.ts'
import { NeedsOpenSsh } from '../../../../source/nodes/connections/ssh/host-login.ts'
import { makeKey } from './auth/support/keys.ts'
import { sendRaw, startOdd } from './connection-server.ts'
import { loggable, testFolder } from './logging-in.ts'

/** Somebody with a key who takes any host at first sight. */
const to = (more: { readonly port: number; readonly ask?: AskPerson }) => {
  const folder = testFolder()
  makeKey(folder, 'key')
  return loggable({ user: 'karin', identityFiles: [`${folder}/key`], strict: 'accept-new', ...more })
}

test('a server that asks more at once than anybody could answer is not asked again without a person', async () => {
  const announced = Buffer.alloc(17)
  announced.writeUInt8(60)
  announced.writeUInt32BE(2 ** 25, 13)
  const server = await startOdd({
    authentication: (context, peer) =>
      context.method === 'keyboard-interactive'
        ? sendRaw(peer, announced)
        : context.reject(['publickey', 'keyboard-interactive']),
  })
  const ask = vi.fn<AskPerson>()
  const it = to({ port: server.port, ask })
  const { reason } = await it.refusal({ methods: { ...it.settings.methods, keyboardInteractive: true } })
  expect(reason).toEqual({
    state: 'denied',
    cause: 'the server asks more than 100 questions at once: look at its PAM modules; r tries again',
    again: 'asked',
  })
  expect(ask).not.toHaveBeenCalled()
})

test('a host whose key no known_hosts can hold is refused, and nothing is kept of it', async () => {
  const key = generateKeyPairSync('rsa', {
    modulusLength: 768,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey
  const server = await startOdd({ hostKey: key })
  const it = to({ port: server.port })
  for (const _ of [1, 2])
    expect((await it.refusal()).reason).toMatchObject({
      state: 'denied',
      cause: expect.stringMatching(/is too short or malformed, as OpenSSH sees it: ssh-rsa SHA256:/),
      again: { at: expect.any(Number) },
    })
  expect(await it.shared.trusted.load([])).toMatchObject([{ badLines: 0 }])
})

test('a server that does nothing but compress is left to the ssh of the system: nothing it sends is decompressed here', async () => {
  const server = await startOdd({ algorithms: { compress: ['zlib', 'zlib@openssh.com'] } })
  const error = await to({ port: server.port }).refusal()
  expect(error).toBeInstanceOf(NeedsOpenSsh)
  expect(error.reason.cause).toMatch(/no matching .* compression/)
})
