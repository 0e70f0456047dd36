import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../../source/cluster/api.ts'
import { runExecPlugin } from '../../../source/cluster/credentials/exec-credential.ts'
import type { PluginLimits } from '../../../source/cluster/credentials/plugin-process.ts'
import type { ExecSpec } from '../../../source/cluster/kubeconfig/entries.ts'
import { temporaryFolder } from '../../config/temporary.ts'
import { target } from '../mock-server.ts'
import { never } from '../reading.ts'
import { apiVersion, credential, plugin } from './plugin.ts'

const run = (exec: ExecSpec, limits: Partial<PluginLimits> = {}, signal = never(), cluster = {}) =>
  runExecPlugin(
    target('https://10.0.0.1:6443', { user: { exec: { apiVersion, interactiveMode: 'Never', ...exec } }, cluster }),
    { environment: { PATH: process.env['PATH'] }, limits: { time: 20_000, output: 64 * 1024, ...limits } },
    signal,
  )

const failure = async (running: Promise<unknown>): Promise<string> => {
  const error = await running.then(
    () => new Error('it gave a credential'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApiError)) throw error
  expect(error.reason).toBe('credentials')
  return error.cause
}

const isAlive = (pid: number): boolean => {
  try {
    // A zombie waits for a parent that may be slow here, and holds nothing.
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

describe('a plugin', () => {
  it('is told what client-go tells, with its own variables, an empty stdin and no terminal', async () => {
    const folder = temporaryFolder()
    const command = plugin(
      `printf %s "$KUBERNETES_EXEC_INFO" > ${folder}/info
       printf '%s|%s|%s' "$1" "$2" "$REGION" > ${folder}/words
       wc -c > ${folder}/stdin
       (: < /dev/tty) 2>/dev/null && echo yes > ${folder}/terminal
       cut -d' ' -f1,5,6 /proc/$$/stat > ${folder}/session
       echo '${credential({ token: 'abc' })}'`,
      folder,
    )
    const given = await run({ command, args: ['get', 'token x'], env: [{ name: 'REGION', value: 'no 1' }] })
    expect(given).toEqual({ token: 'abc' })
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
    expect(JSON.parse(read('info'))).toEqual({ kind: 'ExecCredential', apiVersion, spec: { interactive: false } })
    expect(read('words')).toBe('get|token x|no 1')
    expect(read('stdin').trim()).toBe('0')
    expect(existsSync(join(folder, 'terminal'))).toBe(false)
    const [pid, group, session] = read('session').trim().split(' ')
    expect([group, session]).toEqual([pid, pid])
  })

  it('is told of the cluster where it asks for it', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'ca.crt')
    writeFileSync(file, 'authority')
    const command = plugin(`printf %s "$KUBERNETES_EXEC_INFO" > ${folder}/info; echo '${credential({ token: 'a' })}'`)
    await run({ command, provideClusterInfo: true }, {}, never(), {
      'certificate-authority': file,
      'tls-server-name': 'kubernetes',
      'proxy-url': 'http://proxy:3128',
      extensions: [
        { name: 'other', extension: 1 },
        { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } },
      ],
    })
    expect(JSON.parse(readFileSync(join(folder, 'info'), 'utf8')).spec).toEqual({
      interactive: false,
      cluster: {
        server: 'https://10.0.0.1:6443',
        'tls-server-name': 'kubernetes',
        'certificate-authority-data': Buffer.from('authority').toString('base64'),
        'proxy-url': 'http://proxy:3128',
        config: { audience: 'x' },
      },
    })
  })

  it('that is not there is named, with the hint of the kubeconfig', async () => {
    const installHint = 'Install it:\n  brew install aws-login'
    expect(await failure(run({ command: 'no-such-plugin-here', installHint }))).toBe(
      'user "karin": the plugin "no-such-plugin-here" is not there: Install it: brew install aws-login',
    )
    const file = join(temporaryFolder(), 'plain')
    writeFileSync(file, '')
    expect(await failure(run({ command: file }))).toContain('may not be executed')
  })

  it('that fails is quoted in its last lines, without what looks like a secret', async () => {
    const command = plugin(
      `echo 'warming up' >&2; printf '\\033[31mlogin expired\\033[0m\\n' >&2
       echo 'token=s3kr3t for eyJhbGciOi.eyJzdWIi.c2ln' >&2; echo 'on stdout: s3kr3t'; exit 3`,
    )
    const cause = await failure(run({ command }))
    expect(cause).toBe(
      'user "karin": the plugin "plugin" ended with code 3, saying: warming up / login expired / token=[secret] for [token]: log in again, or see what kubectl says',
    )
  })

  it('that hangs is ended with all it started', async () => {
    const folder = temporaryFolder()
    const command = plugin(
      `echo $$ > ${folder}/pid; echo 'open this page' >&2; sleep 1000 & echo $! >> ${folder}/pid; wait`,
    )
    const cause = await failure(run({ command }, { time: 300 }))
    expect(cause).toContain('gave no answer within 0.3 s, saying: open this page')
    const pids = readFileSync(join(folder, 'pid'), 'utf8').trim().split('\n').map(Number)
    expect(pids).toHaveLength(2)
    await expect.poll(() => pids.filter(isAlive)).toEqual([])
  })

  it('that asks gets the end of its input and no more', async () => {
    const command = plugin(`printf 'Code? ' >&2; read answer || { echo 'no input' >&2; exit 1; }; sleep 1000`)
    expect(await failure(run({ command }))).toContain('saying: Code? no input')
  })

  it.each([
    ['garbage', "echo 'hello s3kr3t'", 'is no ExecCredential'],
    ['nothing', 'true', 'is no ExecCredential'],
    ['another version', `echo '${credential({ token: 's3kr3t' }, { apiVersion: `${apiVersion}beta1` })}'`, 'is not of'],
    [
      'a key alone',
      `echo '${credential({ clientKeyData: 's3kr3t' })}'`,
      'a certificate without its key, or a key alone',
    ],
    ['neither', `echo '${credential({})}'`, 'neither a token nor a certificate'],
    ['no time', `echo '${credential({ token: 's3kr3t', expirationTimestamp: 'soon' })}'`, 'is no time'],
    ['1 MB', 'head -c 1000000 /dev/zero | tr "\\0" s', 'printed more than 64 KB'],
    ['no end', 'yes s3kr3t', 'printed more than 64 KB'],
  ])('that prints %s gives no credential, and none of it is repeated', async (_, script, expected) => {
    const cause = await failure(run({ command: plugin(script) }))
    expect(cause).toContain(expected)
    expect(cause).not.toContain('s3kr3t')
  })

  it('that leaves something behind which holds its pipes is not waited for, and it is ended', async () => {
    const folder = temporaryFolder()
    const command = plugin(`sleep 1000 & echo $! > ${folder}/pid; echo '${credential({ token: 'abc' })}'`)
    expect(await run({ command })).toEqual({ token: 'abc' })
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('that always wants a terminal is not run, but named', async () => {
    const folder = temporaryFolder()
    const cause = await failure(run({ command: plugin(`touch ${folder}/ran`), interactiveMode: 'Always' }))
    expect(cause).toContain('the plugin "plugin" wants a terminal (interactiveMode: Always) and is not run')
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  it('ends when kntop does', async () => {
    const folder = temporaryFolder()
    const controller = new AbortController()
    const running = run({ command: plugin(`echo $$ > ${folder}/pid; sleep 1000`) }, {}, controller.signal)
    const caught = failure(running)
    await vi.waitUntil(() => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8') !== '')
    controller.abort()
    expect(await caught).toContain('was ended with kntop')
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    await expect.poll(() => isAlive(pid)).toBe(false)
  })
})
