import { describe, expect, onTestFinished, test } from 'vitest'
import { startAgent } from './auth/support/agent.ts'
import { startAsking } from './auth/support/asking-server.ts'
import { knownLine, loggable, sshdOfFile } from './logging-in.ts'

const bad = ['bad1', 'bad2', 'bad3', 'bad4', 'bad5']

const { path, sshd } = sshdOfFile(bad)

const patience = { timeout: 5000 }
const failuresSince = (mark: number): number =>
  (
    sshd()
      .log()
      .slice(mark)
      .match(/Failed publickey for/g) ?? []
  ).length

/** Refusals before the server let us in, since then. */
const failuresUntilAccepted = async (mark: number): Promise<number> => {
  await expect.poll(() => sshd().log().slice(mark), patience).toContain('Accepted publickey for')
  return failuresSince(mark)
}

describe('a host that refused the first four of six keys', () => {
  const refusedFour = async () => {
    const mark = sshd().log().length
    const agent = await startAgent(path('six'))
    onTestFinished(() => agent.kill())
    agent.add(...bad.map(path), path('right'))
    const knownHosts = knownLine(sshd().port, path('host'))
    const it = loggable({ port: sshd().port, user: sshd().user, knownHosts, agent: agent.socket })
    const { reason } = await it.refusal()
    expect(reason.cause).toMatch(
      /^server refused 4 keys \(bad1, bad2, bad3, bad4\) .*; 2 more not tried \(bad5, right\)/,
    )
    await expect.poll(() => failuresSince(mark), patience).toBe(4)
    return it
  }
  test('is asked with the others at once, and with none of those four', async () => {
    const it = await refusedFour()
    const mark = sshd().log().length
    await it.login()
    expect(await failuresUntilAccepted(mark)).toBe(1)
  })

  test.each([
    ['the agent', () => ({ identityFiles: [path('right.pub')], identitiesOnly: true })],
    ['a file', () => ({ identityFiles: [path('right')], identitiesOnly: true, identityAgent: 'none' })],
  ])('lets another configuration in that names the right key, of %s', async (_, more) => {
    const it = await refusedFour()
    const mark = sshd().log().length
    await it.login(more())
    expect(await failuresUntilAccepted(mark)).toBe(0)
  })

  test('is not asked with these again, whoever names them', async () => {
    const it = await refusedFour()
    const { reason } = await it.refusal({ identityFiles: [path('bad2')], identityAgent: 'none' })
    expect(reason.cause).toMatch(/^not tried: refused at /)
    expect(it.contacts()).toBe(1)
  })

  test('is asked with the others first when a person wants it tried again', async () => {
    const it = await refusedFour()
    it.shared.logins.pressed()
    const mark = sshd().log().length
    await it.login()
    expect(await failuresUntilAccepted(mark)).toBe(1)
  })
})

test('a host that takes no key has refused all that it would have been offered', async () => {
  const server = await startAsking(path('host'), (context) => context.reject(['password']))
  onTestFinished(() => server.stop())
  const it = loggable({
    port: server.port,
    user: 'karin',
    knownHosts: knownLine(server.port, path('host')),
    identityFiles: [path('bad1'), path('bad2')],
  })
  expect((await it.refusal()).reason.cause).toMatch(/; the server takes only password: allow publickey/)
  expect((await it.refusal()).reason.cause).toMatch(/^not tried: /)
  expect(it.contacts()).toBe(1)
})
