import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run, start } from '../support/command.ts'
import { makeKey } from './keys.ts'
import { type Lab, makeLab } from './lab.ts'
import { addresses } from './network.ts'
import type { NodeOptions, SshNode } from './nodes.ts'
import { watchHosts } from './watched-hosts.ts'

interface Case {
  readonly what: string
  readonly node?: Partial<NodeOptions> | ((lab: Lab) => Promise<Partial<NodeOptions>>)
  readonly lines?: readonly string[] | ((lab: Lab) => Promise<readonly string[]>)
  readonly before?: (lab: Lab, node: SshNode) => unknown
  readonly name?: string
  readonly wait?: number
}

const manyKeys = async (lab: Lab): Promise<readonly string[]> => {
  const keys = []
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) keys.push(await makeKey(lab.folder, name))
  return [...keys, lab.key].map((key) => `IdentityFile ${key}`)
}

const cases: readonly Case[] = [
  { what: 'wrong key', lines: async (lab) => [`IdentityFile ${await makeKey(lab.folder, 'wrong')}`], node: async (lab) => ({ keys: [await makeKey(lab.folder, 'right')] }) },
  { what: 'wrong user', lines: ['User somebody'] },
  { what: 'refused', lines: ['Port 2222'] },
  { what: 'no route', lines: [`HostName ${addresses.elsewhere}`] },
  { what: 'nobody', lines: [`HostName ${addresses.nobody}`], wait: 8000 },
  { what: 'dropped', lines: [`HostName ${addresses.blackHole}`], wait: 14000 },
  { what: 'unknown name', lines: ['HostName absent.lab'], before: (lab) => lab.serveNames({ 'x.lab': '10.1.1.1' }) },
  { what: 'silent names', lines: ['HostName slow.lab'], before: (lab) => lab.resolver(`nameserver ${addresses.blackHole}\n`), wait: 15000 },
  {
    what: 'MaxStartups 1',
    node: { settings: ['MaxStartups 1:100:1'] },
    before: async (lab, node) => {
      start([...lab.enter, 'bash', '-c', `exec 3<>/dev/tcp/${node.address}/22; exec sleep 60`])
      await expect.poll(() => node.logins().contacts).toBe(1)
    },
  },
  { what: 'MaxSessions 1', node: { settings: ['MaxSessions 1'] }, wait: 15000 },
  { what: 'MaxAuthTries', node: { settings: ['MaxAuthTries 6'] }, lines: manyKeys },
  { what: 'PQ only', node: { settings: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] } },
  { what: 'certificate', node: async (lab) => {
      const authority = await makeKey(lab.folder, 'authority')
      await run(['ssh-keygen', '-q', '-s', authority, '-I', 'karin', '-n', 'karin', '-V', '-1m:+5m', `${await makeKey(lab.folder, 'certified')}.pub`])
      return { settings: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none'] }
    }, lines: async (lab) => [`IdentityFile ${lab.folder}/certified`] },
  { what: 'certificate only, none', node: async (lab) => {
      const authority = await makeKey(lab.folder, 'authority')
      return { settings: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none'] }
    } },
  { what: 'csh', node: { shell: '/usr/bin/csh' } },
  { what: 'tcsh', node: { shell: '/usr/bin/tcsh' } },
  { what: 'fish', node: { shell: '/usr/bin/fish' } },
  { what: 'zsh', node: { shell: '/usr/bin/zsh' } },
  { what: 'nologin', node: { shell: '/usr/sbin/nologin' } },
  { what: 'false', node: { shell: '/bin/false' } },
  { what: 'no shell', node: { shell: '/bin/absent' } },
  { what: 'bashrc prints', node: { shell: '/bin/bash', home: { '.bashrc': 'echo hello; echo there >&2\n' } } },
  { what: 'bashrc sleeps', node: { shell: '/bin/bash', home: { '.bashrc': 'sleep 60\n' } }, wait: 14000 },
  { what: 'bashrc prints and sleeps', node: { shell: '/bin/bash', home: { '.bashrc': 'echo hello; sleep 60\n' } }, wait: 14000 },
  { what: 'bashrc reads', node: { shell: '/bin/bash', home: { '.bashrc': 'read -r x\n' } }, wait: 14000 },
  { what: 'forced', node: { settings: ['ForceCommand echo "$SSH_ORIGINAL_COMMAND"'] } },
  { what: 'forced escape', node: { settings: ['ForceCommand printf "\\033[2J\\033]0;x\\007only backups"'] } },
  { what: 'floods', node: { settings: ['ForceCommand yes'] } },
  { what: 'floods zero', node: { settings: ['ForceCommand cat /dev/zero'] } },
  { what: 'floods err', node: { settings: ['ForceCommand yes >&2'] }, wait: 14000 },
  { what: 'banner', node: async (lab) => {
      writeFileSync(join(lab.folder, 'banner'), '\u001b[2J\u001b]0;owned\u0007 REMOTE HOST IDENTIFICATION HAS CHANGED!\n')
      return { settings: [`Banner ${lab.folder}/banner`] }
    } },
  { what: 'name -x', name: '-x' },
  { what: 'name a@b', name: 'a@b' },
  { what: 'name ssh://h', name: 'ssh://h' },
  { what: 'name -oProxyCommand=x', name: '-oProxyCommand=touch${IFS}/tmp/owned' },
  { what: 'match exec', lines: ['HostName 10.88.1.1'], wait: 10000 },
]

const only = process.env['ONLY']

describe('bad', () => {
  test.each(cases.filter(({ what }) => only === undefined || only.split(',').includes(what)))('$what', async ({ what, node = {}, lines = [], before, name = 'bad', wait = 5000 }) => {
    const lab = await makeLab()
    await lab.node('good')
    const bad = await lab.node('bad', typeof node === 'function' ? await node(lab) : node)
    const own = typeof lines === 'function' ? await lines(lab) : lines
    const config = lab.configure({ hosts: { bad: own }, first: what === 'match exec' ? ['Match originalhost bad exec "sleep 60"', '  User x'] : [] })
    await before?.(lab, bad)
    const watched = watchHosts(lab, config, ['good', name])
    let error = ''
    try {
      await watched.live('good')
      await new Promise((resolve) => setTimeout(resolve, wait))
    } catch (e) { error = String(e) }
    const out = `== ${what}\n${error}\n${watched.program.errors()}\n${error ? '' : watched.screenLine(name)}\n${JSON.stringify(watched.history(name))}\n good ${JSON.stringify(watched.history('good'))} ${error ? '' : watched.node('good').ticks}\n ${JSON.stringify(bad.logins())}\n`
    appendFileSync('/tmp/bad.txt', out)
  })
})
