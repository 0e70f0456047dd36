import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAgent } from '../../../../../source/nodes/connections/ssh/auth/agent.ts'
import { openKeyFiles } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { fingerprintOfOffer, openSshOrder } from '../../../../../source/nodes/connections/ssh/auth/offers.ts'
import { startAgent } from './support/agent.ts'
import { type KeyOptions, makeKey } from './support/keys.ts'
import { orderOfSsh, type RealSshd, startLimit, startSshd } from './support/sshd.ts'

let folder: string
let sshd: RealSshd | undefined
let paths: readonly string[]

const kinds: readonly KeyOptions[] = [
  { type: 'ed25519' },
  { type: 'rsa', bits: 2048 },
  { type: 'ecdsa' },
  { type: 'ed25519', passphrase: 'correct horse' },
  { type: 'ed25519' },
  { type: 'rsa', bits: 2048, format: 'PEM' },
]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-order-'))
  paths = kinds.map((options, index) => makeKey(folder, `key${index}`, options))
  sshd = await startSshd(['MaxAuthTries 20'])
}, startLimit)

afterAll(async () => {
  await sshd?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('keys stand in the order in which the system’s ssh would try them', async () => {
  const indexes = kinds.map((_, index) => index)
  // A locked key cannot be put into an agent without a person.
  const held = fc.shuffledSubarray(indexes.filter((index) => kinds[index]?.passphrase === undefined))
  const named = fc.shuffledSubarray(indexes, { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(held, named, fc.boolean(), async (inAgent, inFiles, identitiesOnly) => {
      if (sshd === undefined) throw new Error('there is no sshd')
      const agent = await startAgent(join(folder, 'agent'))
      const ours = openAgent(agent.socket)
      try {
        agent.add(...inAgent.map((index) => paths[index] ?? ''))
        const files = inFiles.map((index) => paths[index] ?? '')
        const theirs = orderOfSsh(sshd, [
          ...files.flatMap((path) => ['-o', `IdentityFile=${path}`]),
          ...['-o', `IdentityAgent=${agent.socket}`, '-o', `IdentitiesOnly=${identitiesOnly ? 'yes' : 'no'}`],
        ])
        const keyFiles = openKeyFiles()
        const order = openSshOrder({
          agent: await ours.ask(),
          files: await Promise.all(files.map((path) => keyFiles.read(path))),
          identitiesOnly,
          // ssh names locked keys among those it will try, and asks when it comes to them.
          door: 'person',
        })
        expect(order.map(fingerprintOfOffer)).toEqual(theirs)
        expect(theirs.length).toBeGreaterThan(0)
      } finally {
        ours.close()
        await agent.kill()
      }
    }),
    { numRuns: 12 },
  )
}, 120_000)
