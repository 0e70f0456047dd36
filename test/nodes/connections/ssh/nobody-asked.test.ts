import { writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startAsking } from './auth/support/asking-server.ts'
import { makeKey } from './auth/support/keys.ts'
import { person } from './auth/support/person.ts'
import { knownLine, loggable, sshdOfFile } from './logging-in.ts'
import { noSsh, resolving } from './resolving.ts'

// Hosts of which the configuration says that nobody is to be asked, with a person at the screen.

const { path, sshd } = sshdOfFile([])
const { config, resolve } = resolving()

const written = async (lines: readonly string[], options = {}) => {
  writeFileSync(config('asking'), ['Host web', ...lines, ''].join('\n'))
  const { batchMode, methods } = (await resolve('asking', 'web', options)).target
  return { batchMode, prompts: methods.prompts }
}

describe('what the configuration says', () => {
  test.each([
    { read: 'by ssh', options: {} },
    { read: 'from the files', options: noSsh },
  ])('is as OpenSSH has it, read $read', async ({ options }) => {
    expect(await written(['Port 22'], options)).toEqual({ batchMode: false, prompts: 3 })
    expect(await written(['BatchMode Yes'], options)).toMatchObject({ batchMode: true })
    expect(await written(['BatchMode no'], options)).toMatchObject({ batchMode: false })
    expect(await written(['NumberOfPasswordPrompts 1'], options)).toEqual({ batchMode: false, prompts: 1 })
  })
})

describe.each([
  { says: 'BatchMode yes', batchMode: true, prompts: 3 },
  { says: 'NumberOfPasswordPrompts 0', batchMode: false, prompts: 0 },
])('with $says', ({ says, batchMode, prompts }) => {
  const asking = { batchMode, methods: { publicKey: true, password: true, keyboardInteractive: true, prompts } }
  const silent = { ...asking, methods: { ...asking.methods, preferred: undefined } }

  test('a server that takes only answers gets none, and the cause says why and what to do', async () => {
    const server = await startAsking(path('host'), (context) => context.reject(['password', 'keyboard-interactive']))
    onTestFinished(() => server.stop())
    const { ask, asked } = person(['secret'])
    const knownHosts = knownLine(server.port, path('host'))
    const it = loggable({ port: server.port, user: 'karin', knownHosts, ask })
    const { reason } = await it.refusal(silent)
    expect(asked).toEqual([])
    expect(reason.state).toBe('denied')
    expect(reason.cause).toContain(
      `; ${says} lets nobody be asked: take it from the ssh configuration of this host, and kntop asks you`,
    )
    // What is kept of the server holds for other configurations of the same host as well.
    const kept = Object.values(it.shared.logins.history().hosts).map(({ cause }) => cause)
    expect(kept).toEqual([expect.stringMatching(/^no key to offer for karin, and the server takes only password/)])
    expect(kept[0]).not.toContain(says)
  })

  test('no passphrase is asked for, and the cause says why and what to do', async () => {
    const name = `locked-${prompts}`
    makeKey(path('.'), name, { passphrase: 'correct horse' })
    sshd().authorize(path(name))
    onTestFinished(() => sshd().authorize(path('right')))
    const { ask, asked } = person(['correct horse'])
    const { port, user } = sshd()
    const it = loggable({ port, user, knownHosts: knownLine(port, path('host')), identityFiles: [path(name)], ask })
    const { reason } = await it.refusal(silent)
    expect(asked).toEqual([])
    expect(reason.cause).toContain(
      `; ${name}: it needs a passphrase, and ${says} lets nobody be asked for it: add it with ssh-add`,
    )
  })
})

test('with BatchMode yes nobody is asked about a host key either, as ssh asks nobody', async () => {
  const decide = vi.fn<() => Promise<boolean>>(() => Promise.resolve(true))
  const { ask } = person()
  const { port, user } = sshd()
  const it = loggable({ port, user, knownHosts: '', identityFiles: [path('right')], ask, decide })
  const { reason } = await it.refusal({ batchMode: true })
  expect(reason).toMatchObject({
    state: 'denied',
    cause: expect.stringMatching(
      /is not known: .*; BatchMode yes keeps both from asking: ssh -o BatchMode=no web asks$/,
    ),
    // Not when somebody decides: nobody will.
    again: { at: expect.any(Number) },
  })
  expect(decide).not.toHaveBeenCalled()
})
