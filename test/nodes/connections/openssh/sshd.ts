import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { OpenSshOptions } from '../../../../source/nodes/connections/openssh/options.ts'
import { freePort } from '../free-port.ts'
import { makeFolder } from './folder.ts'

/** A new pair of keys; gives back the path of the private one. */
export const makeKey = (folder: string, name: string): string => {
  const path = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path])
  return path
}

/** Type and blob of a key, as a line of known_hosts has them. */
export const publicKey = (path: string): string => readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')

/** A server for this test, which logs in whoever has the user key. */
export interface Sshd {
  readonly pid: number
  readonly port: number
  readonly folder: string
  readonly hostKey: string
  readonly userKey: string
  log(): string
  /** How many logins there were. */
  logins(): number
}

export interface Asked {
  readonly settings?: readonly string[]
  readonly address?: string
  /** What stands before the program, as a way into a namespace: it becomes the program. */
  readonly enter?: readonly string[]
}

export const startSshd = async ({ settings = [], address = '127.0.0.1', enter = [] }: Asked = {}): Promise<Sshd> => {
  const folder = makeFolder()
  const [hostKey, userKey, port] = [makeKey(folder, 'host'), makeKey(folder, 'user'), await freePort()]
  mkdirSync(join(folder, 'home'))
  // The first setting counts. No start-up file of whoever runs the tests takes part.
  const lines = [
    ...settings,
    ...[`ListenAddress ${address}`, `HostKey ${hostKey}`, `AuthorizedKeysFile ${userKey}.pub`, 'LogLevel VERBOSE'],
    ...['UsePAM no', 'StrictModes no', 'PidFile none', 'PasswordAuthentication no', `SetEnv HOME=${folder}/home`],
  ]
  writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`)
  mkdirSync('/run/sshd', { recursive: true })
  const server = ['/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config'), '-p', String(port)]
  // `env` only becomes what stands behind it.
  const child = spawn('env', [...enter, ...server], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  onTestFinished(async () => {
    const isOver = child.exitCode !== null || child.signalCode !== null
    if (isOver) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  await expect.poll(() => log).toContain('Server listening')
  return {
    pid: child.pid ?? Number.NaN,
    port,
    folder,
    hostKey,
    userKey,
    log: () => log,
    logins: () => log.match(/^Accepted \w+ for /gm)?.length ?? 0,
  }
}

/** A configuration that leads to a server as `node`, with a known key; what is added stands first, so that it counts. */
export const writeConfig = ({ folder, port, hostKey, userKey }: Sshd, added: readonly string[] = []): string => {
  const known = join(folder, 'known_hosts')
  writeFileSync(known, `[127.0.0.1]:${port} ${publicKey(hostKey)}\n`)
  const lines = [
    ...added,
    ...['HostName 127.0.0.1', `Port ${port}`, 'User root', `UserKnownHostsFile ${known}`],
    ...[`IdentityFile ${userKey}`, 'IdentitiesOnly yes'],
  ]
  const path = join(folder, 'config')
  writeFileSync(path, `Host node\n${lines.map((line) => `  ${line}\n`).join('')}`)
  return path
}

/** How the connection is asked for in most tests. */
export const optionsFor = (sshd: Sshd, configFile = writeConfig(sshd)): OpenSshOptions => ({
  host: 'node',
  program: 'ssh',
  configFile,
  controlFolder: join(sshd.folder, 'control'),
  strictHostKeyChecking: 'yes',
  knownHosts: { ours: join(sshd.folder, 'ours'), user: [join(sshd.folder, 'known_hosts')] },
  limit: 20_000,
  keepalive: { interval: 5000, count: 3 },
  known: new Set(['forkafterauthentication', 'gssapidelegatecredentials']),
  mayAskAgent: true,
  environment: process.env,
})
