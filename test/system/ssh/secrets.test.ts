import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start } from '../support/command.ts'
import { nodeProgram } from '../support/programs.ts'
import { makeKey, publicKey } from './keys.ts'
import { makeLab } from './lab.ts'
import { watchHosts } from './watched-hosts.ts'

const canary = 'canary-passphrase-4711'
const other = 'canary-answer-0815'

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

test('what a person typed for a key goes to no server, into no file and no output; files are 0600 under any umask', async () => {
  const lab = await makeLab()
  const locked = join(lab.folder, 'locked')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-N', canary, '-C', 'locked', '-f', locked])
  const node = await lab.node('node', { keys: [locked] })
  const fresh = await lab.node('fresh')
  const askingKey = await makeKey(lab.folder, 'asking')
  const asking = start([...lab.enter, ...nodeProgram('asking-server', askingKey, 2022)])
  await asking.said(/^listening$/)
  const config = lab.configure({
    hosts: {
      asking: ['HostName 127.0.0.1', 'Port 2022', 'HostKeyAlias asking'],
      node: [`IdentityFile ${locked}`],
      fresh: ['StrictHostKeyChecking accept-new'],
    },
    unknown: ['fresh'],
  })
  // The other key would do as well for nobody here but `fresh`.
  writeFileSync(join(lab.folder, 'known_hosts'), `asking ${publicKey(askingKey)}\n`, { flag: 'a' })

  const watched = watchHosts(lab, config, ['node', 'asking', 'fresh'], { door: 'person', umask: 0 })
  const passphrase = await watched.asked('passphrase', 30_000)
  expect(passphrase.title).toContain(locked)
  watched.answer(passphrase, { said: 'text', text: canary })
  await watched.live('node', 60_000)
  await watched.live('fresh', 60_000)

  const login = await watched.asked('login', 60_000)
  expect(login.title).toMatch(/^\S+@asking asks:$/)
  expect(login.lines.join()).not.toContain('\u001b')
  expect(asking.output()).not.toContain('answers')
  watched.answer(login, { said: 'no' })
  await watched.until('asking', ({ link }) => link.state === 'denied')
  expect(asking.output()).not.toContain('canary')
  // Asked again by the person, and answered: the server has just that, and asks for it once.
  watched.order({ retry: 'all' })
  const again = await watched.asked('login', 60_000)
  watched.answer(again, { said: 'text', text: other })
  await asking.said(/answers/)
  expect(asking.output()).toContain(other)
  expect(asking.output()).not.toContain(canary)
  await watched.until('asking', ({ link }) => link.state === 'denied' || link.state === 'backing-off')
  await watched.moreTicks('node', 3)
  // Whoever may list processes reads command lines.
  expect(watched.mark.processes().map(({ command }) => command)).not.toEqual([])
  for (const { command } of watched.mark.processes()) expect(command).not.toMatch(/canary-/)
  for (const { command } of [...(await node.processes()), ...(await fresh.processes())])
    expect(command).not.toMatch(/canary-/)
  await watched.quit()

  const kept = filesIn(watched.stateFolder)
  expect(kept.map((file) => file.slice(watched.stateFolder.length + 1))).toEqual(
    expect.arrayContaining(['known_hosts', 'login-failures.json']),
  )
  for (const file of kept) expect([file, (statSync(file).mode & 0o777).toString(8)]).toEqual([file, '600'])
  const texts = [
    ...[...kept, config].map((file) => readFileSync(file, 'latin1')),
    ...[watched.program.output(), watched.program.errors(), node.log(), fresh.log()],
  ]
  for (const text of texts) expect(text).not.toMatch(/canary-/)
}, 150_000)
