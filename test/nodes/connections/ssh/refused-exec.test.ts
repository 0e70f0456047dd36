import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'ssh2'
import { describe, expect, onTestFinished, test } from 'vitest'
import { closeRefused } from '../../../../source/nodes/connections/ssh/refused-exec.ts'
import type { SshConnection } from '../../../../source/nodes/connections/ssh/ssh.ts'
import { makeKey } from './auth/support/keys.ts'
import { startLimit, startSshd } from './auth/support/sshd.ts'
import { always, loginTo, reasonOf, startOdd } from './connection-server.ts'

/** A server that refuses to run anything, and counts the sessions that are open. */
const refusing = async () => {
  const open = new Set<object>()
  const answers: (() => void)[] = []
  const server = await startOdd({
    session: (accept) => {
      const session = accept()
      open.add(session)
      session.on('close', () => void open.delete(session))
      session.on('exec', (_, refuse) => void answers.push(refuse))
    },
  })
  return { server, open, answers }
}

const cat = { argv: ['cat'] } as const

describe('a program that the server opens a channel for and then does not start', () => {
  test('leaves no channel behind', async () => {
    const { server, open, answers } = await refusing()
    const connection = await loginTo(server.port)
    for (let times = 1; times <= 3; times += 1) {
      const asked = reasonOf(connection.stream(cat, always))
      await expect.poll(() => answers.length).toBe(times)
      expect(open.size).toBe(1)
      answers[times - 1]?.()
      expect(await asked).toMatchObject({
        state: 'no-data',
        cause: expect.stringContaining('its sshd can start no program'),
      })
      await expect.poll(() => open.size).toBe(0)
    }
  })

  test('nor does one whose refusal comes when nobody waits for it any more', async () => {
    const { server, open, answers } = await refusing()
    const connection = await loginTo(server.port)
    const end = new AbortController()
    const asked = reasonOf(connection.stream(cat, end.signal))
    await expect.poll(() => answers.length).toBe(1)
    end.abort()
    expect((await asked).cause).toBe('given up')
    answers[0]?.()
    await expect.poll(() => open.size).toBe(0)
  })
})

describe('another ssh2', () => {
  const refusal = new Error('Unable to exec')
  const closes = (channels: unknown, error: Error = refusal): boolean =>
    closeRefused({ _chanMgr: { _channels: channels } } as unknown as Client, error)

  test('without the fields that are needed is told by that', () => {
    expect(closeRefused({} as unknown as Client, refusal)).toBe(false)
    expect(closes({ 0: { type: 'session', _callbacks: [], close: () => undefined } })).toBe(false)
    expect(closes({ 0: { type: 'session', subtype: undefined, close: () => undefined } })).toBe(false)
  })

  test('needs none of them where no channel was opened', () => {
    const failure = Object.assign(new Error('(SSH) Channel open failure: open failed'), { reason: 2 })
    expect(closeRefused({} as unknown as Client, failure)).toBe(true)
  })
})

test('what runs, what waits for its answer and what is being opened is left alone', () => {
  const closed: string[] = []
  const channel = (name: string, subtype: string | undefined, waiting: number, type = 'session') => ({
    type,
    subtype,
    _callbacks: Array.from({ length: waiting }, () => () => undefined),
    close: () => void closed.push(name),
  })
  const channels = {
    0: channel('runs', 'exec', 0),
    1: channel('waits', undefined, 1),
    2: channel('refused', undefined, 0),
    3: channel('forwarded', undefined, 0, 'direct-tcpip'),
    4: () => undefined,
  }
  const client = { _chanMgr: { _channels: channels } } as unknown as Client
  expect(closeRefused(client, new Error('Unable to exec'))).toBe(true)
  expect(closed).toEqual(['refused'])
})

/** The process of a real sshd that has the channels of a connection. */
const processOf = async (connection: SshConnection): Promise<string> => {
  const channel = await connection.stream({ argv: ['sh', '-c', 'echo $PPID; read -r x'] }, always)
  let said = ''
  channel.onData((chunk) => {
    said += chunk.toString()
  })
  await expect.poll(() => said).toContain('\n')
  let pid = said.trim()
  // A login shell may stand between.
  while (!readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd'))
    pid = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  channel.close()
  await channel.exit
  return pid
}

test('a real sshd that could start nothing for a while has all its sessions again', {
  timeout: startLimit,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-refused-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  makeKey(folder, 'key')
  const sshd = await startSshd(['MaxSessions 2'])
  onTestFinished(() => sshd.stop())
  sshd.authorize(join(folder, 'key'))
  const key = readFileSync(join(folder, 'key'))
  const connection = await loginTo(sshd.port, {
    user: sshd.user,
    authHandler: (_, __, next) => next({ type: 'publickey', username: sshd.user, key }),
  })
  const pid = await processOf(connection)
  const files = readdirSync(`/proc/${pid}/fd`).length
  const limit = (most: string): string =>
    execFileSync('prlimit', ['--pid', pid, `--nofile=${most}:`], { encoding: 'utf8' })
  const usual = execFileSync('prlimit', ['--pid', pid, '--nofile', '-o', 'SOFT', '--noheadings'], { encoding: 'utf8' })
  limit(String(files))
  for (let times = 0; times < 5; times += 1)
    expect((await reasonOf(connection.stream(cat, always))).cause).toBe(
      'web does not open another channel: its sshd can start no program: out of processes, memory or files (pids.max, ulimit -u); see its log',
    )
  limit(usual.trim())
  const channel = await connection.stream(cat, always)
  channel.close()
  expect(await channel.exit).toMatchObject({ code: 0 })
})
