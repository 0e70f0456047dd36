import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startAgent } from '../../nodes/connections/ssh/auth/support/agent.ts'
import { finish, start } from '../support/command.ts'
import { type Lab, makeLab } from './lab.ts'
import { watchHosts } from './watched-hosts.ts'

const used = 4022

/** Everything that a configuration can ask for besides a login. */
const besides = (lab: Lab, here: string, there: string): readonly string[] => [
  ...['ForwardAgent yes', 'ForwardX11 yes', 'PermitLocalCommand yes', `LocalCommand touch ${here}`],
  ...[`RemoteCommand touch ${there}`, 'RequestTTY force', 'ExitOnForwardFailure yes', 'ControlMaster auto'],
  ...[`LocalForward 127.0.0.1:${used} 127.0.0.1:22`, `RemoteForward 127.0.0.1:${used} 127.0.0.1:22`],
  ...[`ControlPath ${lab.folder}/theirs-%C`, 'ControlPersist yes'],
]

const there = '/home/karin/canary'

test.each(['ssh', 'openssh'] as const)(
  'what a configuration asks for besides a login is left out, and the node is live: %s',
  async (transport) => {
    const lab = await makeLab()
    const node = await lab.node('node')
    const agent = await startAgent(join(lab.folder, 'agent'))
    onTestFinished(agent.kill)
    const here = join(lab.folder, 'canary')
    // Whoever would forward that port could not, and ExitOnForwardFailure would make an end of it.
    await start([...lab.enter, 'perl', '-MIO::Socket::INET', '-e', listener]).said(/^ready/)
    const config = lab.configure({ first: besides(lab, here, there) })
    const environment = { SSH_AUTH_SOCK: agent.socket }
    const watched = watchHosts(lab, config, ['node'], { flags: { transport }, environment })
    expect((await watched.live('node')).link).toMatchObject({ transport, logins: 1 })
    await watched.moreTicks('node', 2)

    const visitors = (await node.visitors()).map(({ pid }) => `/proc/${pid}/environ`)
    const { stdout } = await node.finish([
      'sh',
      '-c',
      'cat -- "$@" 2>/dev/null; ls -d /tmp/ssh-* 2>/dev/null',
      'sh',
      ...visitors,
    ])
    expect(stdout).toContain('SSH_CONNECTION=')
    expect(stdout).not.toMatch(/SSH_AUTH_SOCK=|\/tmp\/ssh-|DISPLAY=|SSH_TTY=/)
    expect((await node.finish(['ls', there])).status).not.toBe(0)
    expect(existsSync(here)).toBe(false)
    const listening = await node.run(['ss', '-Hltn'])
    expect(listening).not.toContain(`:${used} `)
    expect((await finish(['sh', '-c', 'ls "$1"/theirs-*', 'sh', lab.folder])).status).not.toBe(0)
    expect(watched.history('node')).toEqual(['connecting: ', 'live: '])
    await watched.quit()
  },
)

test.each([
  ['ssh', /^HOST KEY CHANGED: changed shows ssh-ed25519 /],
  ['openssh', /^host key changed: changed shows another key than line \d+ of /],
] as const)(
  'a host key that changed is refused under the same configuration and StrictHostKeyChecking no: %s',
  async (transport, cause) => {
    const lab = await makeLab()
    await lab.node('node')
    const changed = await lab.node('changed')
    const here = join(lab.folder, 'canary')
    await start([...lab.enter, 'perl', '-MIO::Socket::INET', '-e', listener]).said(/^ready/)
    const first = ['StrictHostKeyChecking no', ...besides(lab, here, there)]
    const watched = watchHosts(lab, lab.configure({ changed: ['changed'], first }), ['node', 'changed'], {
      flags: { transport },
    })
    await watched.live('node')
    const { link } = await watched.until('changed', (now) => now.link.state === 'denied')
    expect(link.cause).toMatch(cause)
    expect(changed.logins()).toMatchObject({ accepted: 0, failed: 0 })
    expect(existsSync(here)).toBe(false)
    expect((await changed.finish(['ls', there])).status).not.toBe(0)
    await watched.quit()
  },
)

const listener = `my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => ${used}) or die $!;
  $| = 1; print "ready\\n"; sleep 300`
