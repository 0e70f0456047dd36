import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A real sshd of this machine, with a real shell behind it. */
export interface Sshd {
  readonly folder: string
  readonly port: number
  /** The way to it for whoever goes through another port. */
  configFor(port: number): string
  close(): Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const is = (answer: boolean) => (): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', is(true)).once('error', is(false))
  })

export const startSshd = async (): Promise<Sshd> => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-bench-pod-'))
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'kntop-bench', '-f', join(folder, name)])
  const [port, { username, uid }] = [await freePort(), userInfo()]
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true })
  const lines = [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/user.pub`],
    ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no', 'StrictModes no', 'PidFile none'],
    ...['PermitRootLogin prohibit-password', 'LogLevel ERROR', ''],
  ]
  writeFileSync(join(folder, 'sshd_config'), lines.join('\n'))
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' })
  for (let tries = 0; tries < 200 && !(await listens(port)); tries += 1) await wait(50)
  return {
    folder,
    port,
    configFor(through) {
      const file = join(folder, `config-${through}`)
      const words = [
        ...['Host *', `Port ${through}`, `User ${username}`, `IdentityFile ${folder}/user`, 'IdentitiesOnly yes'],
        ...['IdentityAgent none', 'StrictHostKeyChecking accept-new', `UserKnownHostsFile ${folder}/known_hosts`],
        ...['GlobalKnownHostsFile /dev/null', ''],
      ]
      writeFileSync(file, words.join('\n'))
      return file
    },
    async close() {
      if (child.exitCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
