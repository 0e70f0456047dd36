import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createAddresses } from '../../../../source/nodes/connections/ssh/addresses.ts'
import { createRecall } from '../../../../source/nodes/connections/ssh/recall.ts'
import { createSettingsResolver } from '../../../../source/nodes/connections/ssh/resolve-settings.ts'
import { type Asked, runSshG } from '../../../../source/nodes/connections/ssh/run-ssh-g.ts'
import { isSameOtherwise } from '../../../../source/nodes/connections/ssh/same-otherwise.ts'
import { parsePrinted } from '../../../../source/nodes/connections/ssh/ssh-g.ts'
import { createTrustedKeys } from '../../../../source/nodes/connections/ssh/trusted-keys.ts'
import { temporaryFolder } from './openssh.ts'

const { folder, remove } = temporaryFolder()
afterAll(remove)

const signal = new AbortController().signal
const silent = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' })
const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })

/** What is recalled of a host `node`, or of the first hop to another, with these lines; it was at 10.0.0.7 at the time 5. */
const recalled = async (
  lines: readonly string[],
  {
    failure = silent,
    worked = 'node.lab',
    known = '',
    host = 'node',
  }: { failure?: Error; worked?: string; known?: string; host?: string } = {},
) => {
  const configFile = join(folder, 'config')
  writeFileSync(join(folder, 'known_hosts'), known)
  const own = [`UserKnownHostsFile ${folder}/known_hosts`, 'GlobalKnownHostsFile none']
  writeFileSync(configFile, `${lines.join('\n')}\nHost *\n  ${own.join('\n  ')}\n`)
  const questions: Asked[] = []
  const how = { program: 'ssh', configFile, timeLimit: 5000, environment: process.env }
  const addresses = createAddresses({ lookup: () => Promise.reject(failure), now: () => 5 })
  addresses.worked(worked, { address: '10.0.0.7', family: 4 })
  const recall = createRecall({
    addresses,
    trusted: createTrustedKeys(join(folder, 'ours')),
    askSsh: (asked) => {
      questions.push(asked)
      return runSshG(how, asked, signal)
    },
  })
  const { target, hops } = await createSettingsResolver({ configFile, signal })(host)
  return { answer: await recall(hops[0] ?? target), questions }
}

const host = (...lines: readonly string[]): readonly string[] => ['Host node', 'HostName node.lab', ...lines]

describe('where a host was, for the system ssh', () => {
  test.each([
    ['a usual host', host(), 'node.lab'],
    ['one with a port', host('Port 2222'), '[node.lab]:2222'],
    ['one with an alias', host('Port 2222', 'HostKeyAlias cluster'), 'cluster'],
    [
      'one with settings of our own ssh made of the name',
      host('ControlPath ~/.ssh/%C', 'LocalCommand echo %h'),
      'node.lab',
    ],
    [
      'one whose user is not known to a Match before it',
      ['Match user deploy', 'ProxyCommand nc %h %p', ...host('User deploy')],
      'node.lab',
    ],
    ['one with a Match host that says nothing new', [...host(), 'Match host node.lab', 'ControlMaster no'], 'node.lab'],
  ])('%s: the address, and what its key is known by', async (_, lines, keyName) => {
    expect((await recalled(lines)).answer).toEqual({ at: { address: '10.0.0.7', keyName }, worked: 5 })
  })

  test.each([
    ['other settings by its name', [...host(), 'Match host *.lab', 'RevokedHostKeys /etc/revoked']],
    ['other settings by its address', [...host(), 'Match host 10.*', 'ProxyCommand nc %h %p']],
    ['a file with its name', host('IdentityFile ~/.ssh/%h')],
    ['a command with its name', host('KnownHostsCommand /bin/keys %h')],
    ['a hash of its name', host('CertificateFile ~/.ssh/%C')],
    ['tickets for its name', host('PreferredAuthentications gssapi-with-mic', 'GSSAPIAuthentication yes')],
    ['keys from name servers', host('VerifyHostKeyDNS yes')],
  ])('a host with %s: nothing', async (_, lines) => {
    expect((await recalled(lines)).answer).toBeUndefined()
  })

  test('a hop: ssh is asked about it as its ProxyJump names it', async () => {
    const behind = ['Host behind', 'ProxyJump deploy@node:2222']
    const { answer, questions } = await recalled([...host('User other', 'Port 22'), ...behind], { host: 'behind' })
    expect(answer?.at).toEqual({ address: '10.0.0.7', keyName: '[node.lab]:2222' })
    const named = { host: 'node', user: 'deploy', port: 2222 }
    expect(questions).toEqual([named, { ...named, at: answer?.at }])
  })

  test('nothing where the name server says that there is no such host', async () => {
    expect((await recalled(host(), { failure: unknown })).answer).toBeUndefined()
  })

  test('nothing, and no question, where it never worked, or stands as an address', async () => {
    expect(await recalled(host(), { worked: 'other.lab' })).toEqual({ answer: undefined, questions: [] })
    expect(await recalled(['Host node', 'HostName 10.0.0.7'])).toEqual({ answer: undefined, questions: [] })
  })

  test('nothing where ssh would look for its key under another name besides', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'
    expect((await recalled(host('Port 2222'), { known: `node.lab ${key}\n` })).answer).toBeUndefined()
    expect((await recalled(host('Port 2222'), { known: `[node.lab]:2222 ${key}\n` })).answer).toBeDefined()
  })
})

test('a percent that is one stands for no name', () => {
  expect(isSameOtherwise(parsePrinted('identityfile /100%%h'), parsePrinted('identityfile /100%%h'))).toBe(true)
  expect(isSameOtherwise(parsePrinted('identityfile /%h'), parsePrinted('identityfile /%h'))).toBe(false)
  expect(isSameOtherwise(parsePrinted('port 22'), parsePrinted('port 22\ncompression yes'))).toBe(false)
})
