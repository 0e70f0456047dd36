import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fingerprintOf, publicKey } from './keys.ts'
import { type Lab, makeLab } from './lab.ts'
import { watchHosts } from './watched-hosts.ts'

const names = ['one', 'two', 'three'] as const

/** A known node, and three whose keys are in no file. */
const strangers = async (setting: string): Promise<{ lab: Lab; config: string }> => {
  const lab = await makeLab()
  await lab.node('known')
  for (const name of names) await lab.node(name)
  return { lab, config: lab.configure({ unknown: names, first: [`StrictHostKeyChecking ${setting}`] }) }
}

const strangersOf = (lab: Lab) => lab.nodes.filter(({ name }) => name !== 'known')
const logins = (lab: Lab): readonly number[] => strangersOf(lab).map((node) => node.logins().accepted)
const ownFile = (stateFolder: string): string => join(stateFolder, 'known_hosts')
const modesIn = (folder: string): readonly number[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => statSync(join(parentPath, name)).mode & 0o777)

describe('keys that are in no file, with ask', () => {
  test('are shown once, with the fingerprints of ssh-keygen; one answer lets all in, now and ever after', async () => {
    const { lab, config } = await strangers('ask')
    const theirs = readFileSync(join(lab.folder, 'known_hosts'), 'utf8')
    const watched = watchHosts(lab, config, ['known', ...names], { door: 'person', umask: 0 })
    await watched.live('known')
    for (const name of names) {
      const { row } = await watched.until(name, ({ link }) => link.state === 'denied')
      expect(row).toContain(`host key of ${name} is not known: ssh-ed25519 SHA256:`)
    }
    const fingerprints = await Promise.all(strangersOf(lab).map(({ hostKey }) => fingerprintOf(hostKey)))
    await expect.poll(() => watched.requests().map(({ lines }) => lines.length)).toEqual([3])
    const [request = expect.fail()] = watched.requests()
    expect(request).toMatchObject({ kind: 'host-keys', answer: 'yes-no' })
    expect(request.lines.toSorted()).toEqual(
      names.map((name, index) => `${name}  ssh-ed25519  ${fingerprints[index] ?? ''}`).toSorted(),
    )
    expect(logins(lab)).toEqual([0, 0, 0])

    watched.answer(request, { said: 'yes' })
    for (const name of names) await watched.live(name)
    expect(watched.requests()).toEqual([])
    expect(logins(lab)).toEqual([1, 1, 1])
    const ours = readFileSync(ownFile(watched.stateFolder), 'utf8')
    for (const { hostKey } of strangersOf(lab)) expect(ours).toContain(publicKey(hostKey))
    expect(statSync(ownFile(watched.stateFolder)).mode & 0o777).toBe(0o600)
    expect(new Set(modesIn(watched.stateFolder))).toEqual(new Set([0o600]))
    expect(readFileSync(join(lab.folder, 'known_hosts'), 'utf8')).toBe(theirs)
    await watched.quit()

    const again = watchHosts(lab, config, names, { stateFolder: watched.stateFolder })
    for (const name of names) await again.live(name)
  })

  test('that somebody declines stay refused, and are not asked about again', async () => {
    const { lab, config } = await strangers('ask')
    const watched = watchHosts(lab, config, ['known', 'one'], { door: 'person' })
    watched.answer(await watched.asked('host-keys'), { said: 'no' })
    await expect.poll(() => watched.requests()).toEqual([])
    await watched.live('known')
    await watched.moreTicks('known', 3)
    expect(watched.requests()).toEqual([])
    expect(watched.node('one').link.state).toBe('denied')
    expect(logins(lab)).toEqual([0, 0, 0])
  })

  test('where nobody can be asked are refused, and the row says what to do', async () => {
    const { lab, config } = await strangers('ask')
    const watched = watchHosts(lab, config, ['known', 'one'])
    await watched.live('known')
    const { link } = await watched.until('one', ({ link: { state } }) => state === 'denied')
    const [hostKey = ''] = strangersOf(lab).map((node) => node.hostKey)
    expect(link.cause).toBe(
      `host key of one is not known: ssh-ed25519 ${await fingerprintOf(hostKey)}: compare it, then accept it in kntop or with ssh`,
    )
    expect(watched.screenLine('one')).toContain(link.cause)
    expect(watched.requests()).toEqual([])
    expect(readdirSync(watched.stateFolder)).not.toContain('known_hosts')
    expect(logins(lab)).toEqual([0, 0, 0])
  })
})

describe('keys that are in no file', () => {
  test.each(['no', 'accept-new'])('are taken with %s, and kept in a file of ours', async (setting) => {
    const { lab, config } = await strangers(setting)
    const watched = watchHosts(lab, config, names, { umask: 0 })
    for (const name of names) await watched.live(name)
    const ours = readFileSync(ownFile(watched.stateFolder), 'utf8')
    for (const { hostKey } of strangersOf(lab)) expect(ours).toContain(publicKey(hostKey))
    expect(statSync(ownFile(watched.stateFolder)).mode & 0o777).toBe(0o600)
    await watched.quit()

    // Now they are known, and another one in their place is not taken.
    const [one = expect.fail()] = strangersOf(lab)
    const strict = lab.configure({ unknown: names, first: ['StrictHostKeyChecking yes'] })
    const again = watchHosts(lab, strict, names, { stateFolder: watched.stateFolder })
    for (const name of names) await again.live(name)
    expect(one.logins()).toEqual({ contacts: 2, accepted: 2, failed: 0 })
  })

  test('are refused with yes, and nobody is asked', async () => {
    const { lab, config } = await strangers('yes')
    const watched = watchHosts(lab, config, ['known', 'one'], { door: 'person' })
    await watched.live('known')
    await watched.until(
      'one',
      ({ link }) =>
        link.state === 'denied' && link.cause.endsWith('and StrictHostKeyChecking is yes: add it to known_hosts'),
    )
    expect(watched.requests()).toEqual([])
    expect(logins(lab)).toEqual([0, 0, 0])
  })
})

describe('a key that changed', () => {
  test.each(['yes', 'ask', 'accept-new', 'no'])('is refused with %s, and named', async (setting) => {
    const lab = await makeLab()
    await lab.node('known')
    const node = await lab.node('changed')
    const first = [`StrictHostKeyChecking ${setting}`]
    const config = lab.configure({ changed: ['changed'], first })
    const watched = watchHosts(lab, config, ['known', 'changed'], { door: 'person' })
    await watched.live('known')
    const { link } = await watched.until('changed', ({ link: { state } }) => state === 'denied')
    const file = `${lab.folder}/known_hosts`
    expect(link.cause).toBe(
      `HOST KEY CHANGED: changed shows ssh-ed25519 ${await fingerprintOf(node.hostKey)}, ${file}:2 knows another ssh-ed25519: if the host was made anew, ssh-keygen -R 'changed' -f ${file}`,
    )
    expect(watched.screenLine('changed')).toContain(link.cause)
    expect(watched.requests()).toEqual([])
    expect(node.logins()).toEqual({ contacts: 1, accepted: 0, failed: 0 })
    expect(watched.history('known').at(-1)).toBe('live: ')
  })
})
