import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../test/nodes/connections/free-port.ts'
import { makeKey } from '../../test/nodes/connections/ssh/auth/support/keys.ts'
import { clientConfig } from '../ssh/client-config.ts'
import { listening } from '../ssh/listening.ts'

/** A real sshd of this machine, with a real shell behind it. */
export interface Sshd {
  readonly folder: string
  readonly port: number
  /** The way to it for whoever goes through another port. */
  configFor(port: number): string
  close(): Promise<void>
}

export const startSshd = async (): Promise<Sshd> => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-bench-pod-'))
  for (const name of ['host', 'user']) makeKey(folder, name)
  const [port, { username, uid }] = [await freePort(), userInfo()]
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true })
  const lines = [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/user.pub`],
    ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no', 'StrictModes no', 'PidFile none'],
    ...['PermitRootLogin prohibit-password', 'LogLevel ERROR', ''],
  ]
  writeFileSync(join(folder, 'sshd_config'), lines.join('\n'))
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const close = async (): Promise<void> => {
    if (child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await listening(child, port)
  } catch (error) {
    await close()
    throw error
  }
  return {
    folder,
    port,
    configFor(through) {
      const file = join(folder, `config-${through}`)
      writeFileSync(file, clientConfig(folder, through, username))
      return file
    },
    close,
  }
}
