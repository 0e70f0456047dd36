import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { vi } from 'vitest'
import { end } from './processes.ts'

/** A real ssh-agent at a socket. */
export interface RealAgent {
  readonly socket: string
  add(...paths: readonly string[]): void
  list(): string
  lock(password: string): void
  freeze(): void
  thaw(): void
  kill(): Promise<void>
}

/** Runs `ssh-add`; a lock's password comes from a helper program, because there is no terminal. */
const sshAdd = (socket: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): string =>
  execFileSync('ssh-add', args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', SSH_AUTH_SOCK: socket, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

export const startAgent = async (socket: string): Promise<RealAgent> => {
  rmSync(socket, { force: true })
  const child: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  // Its socket is there a moment before it listens.
  await vi.waitFor(async () => {
    const connection = createConnection(socket)
    await once(connection, 'connect')
    connection.destroy()
  }, 10_000)
  return {
    socket,
    add: (...paths) => paths.forEach((path) => sshAdd(socket, [path])),
    list: () => sshAdd(socket, ['-l']),
    lock: (askpass) => sshAdd(socket, ['-x'], { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' }),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill: () => end(child),
  }
}
