import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { freePort } from '../../../free-port.ts'
import { makeKey } from './keys.ts'
import { demand, end } from './processes.ts'

/** A real sshd on loopback that serves the user who runs the tests, and nobody else. */
export interface RealSshd {
  readonly port: number
  readonly user: string
  /** What it has said so far. */
  log(): string
  /** Which keys may log in, by their private files. */
  authorize(...paths: readonly string[]): void
  stop(): Promise<void>
}

/** Of `beforeAll` where it starts these, in milliseconds: a busy machine takes its time. */
export const startLimit = 60_000

// As root it wants a folder under /run that only a running system has: it gets a /run of its own.
const commandLine = (config: string): readonly [string, ...string[]] => {
  // It does not outlive the tests, however they end.
  const sshd = ['setpriv', '--pdeathsig', 'KILL', '/usr/sbin/sshd', '-D', '-e', '-f', config] as const
  if (process.getuid?.() !== 0) return sshd
  const script = 'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', ...sshd]
}

export const startSshd = async (settings: readonly string[] = []): Promise<RealSshd> => {
  demand('sshd', 'ssh', 'ssh-agent', 'ssh-add', 'ssh-keygen')
  const folder = mkdtempSync(join(tmpdir(), 'kntop-sshd-'))
  const port = await freePort()
  const authorized = join(folder, 'authorized_keys')
  const config = join(folder, 'sshd_config')
  writeFileSync(authorized, '', { mode: 0o600 })
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${makeKey(folder, 'host_key')}`,
    `AuthorizedKeysFile ${authorized}`,
    `PidFile ${join(folder, 'pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'LogLevel VERBOSE',
    'MaxStartups 1000',
  ]
  // The first of several settings counts.
  writeFileSync(config, [...settings, ...lines].join('\n'))
  chmodSync(config, 0o600)
  const [command, ...args] = commandLine(config)
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const stop = async (): Promise<void> => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await vi.waitFor(() => {
      if (!log.includes('Server listening')) throw new Error(`sshd does not listen: ${log}`)
    }, startLimit)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port,
    user: userInfo().username,
    log: () => log,
    authorize: (...paths) => writeFileSync(authorized, paths.map((path) => readFileSync(`${path}.pub`)).join('')),
    stop,
  }
}

/** The order in which the system's own ssh would try its keys, by fingerprint. */
export const orderOfSsh = (sshd: RealSshd, args: readonly string[]): readonly string[] => {
  const options = ['-F', 'none', '-v', '-p', String(sshd.port), '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no']
  const quiet = ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'GlobalKnownHostsFile=/dev/null', '-T', '-a', '-x']
  const { stderr } = spawnSync('ssh', [...options, ...quiet, ...args, '--', '127.0.0.1', 'true'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  })
  return Array.from(stderr.matchAll(/Will attempt key: .*? (SHA256:\S+)/g), ([, fingerprint = '']) => fingerprint)
}
