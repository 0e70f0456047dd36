import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskProbeScript } from '../../../../source/nodes/probes/disk-probe/program.ts'

let root = ''
let folder = ''
let running: ChildProcess[] = []

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kntop-disk-')))
  folder = join(root, 'data')
  mkdirSync(join(root, 'bin'))
  mkdirSync(folder, { mode: 0o700 })
  onDisk('ef53')
})

afterEach(() => {
  for (const child of running) {
    child.stdin?.destroy()
    child.kill('SIGKILL')
  }
  running = []
  rmSync(root, { recursive: true })
})

/** Puts a program of our own before the machine's. */
const program = (name: string, text: string): void =>
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })

/** Lets every folder lie on a filesystem of this type, block size, number of blocks and free blocks. */
const onDisk = (type: string, rest = '4096 1000000 500000 name'): void =>
  program('stat', `case $2 in %a) echo 700;; -c) echo "${type} ${rest}";; esac`)

const environment = () => ({ ...process.env, PATH: `${root}/bin:${process.env['PATH']}` })

/** Runs it to its end, its stdin closed from the start. */
const run = (where: string | undefined, env: Record<string, string> = {}) => {
  const { text, args } = diskProbeScript(where)
  const { status, stderr, stdout } = spawnSync('sh', ['-c', text, 'kntop', ...args], {
    encoding: 'utf8',
    env: { ...environment(), ...env },
    input: '',
  })
  return { status, stderr, stdout }
}

/** Runs it until it has synced so many times. */
const runUntil = async (syncs: number) => {
  const { text, args } = diskProbeScript(folder)
  const child = spawn('sh', ['-c', text, 'kntop', ...args], { env: environment(), stdio: ['pipe', 'pipe', 'inherit'] })
  running.push(child)
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new Error(`ended after: ${output}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('sync ').length > syncs) resolve()
    })
  })
  child.removeAllListeners('exit')
  return { child, output }
}

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.on('exit', resolve))

const languages = ['perl', 'python3'].filter((name) => spawnSync(name, ['--version']).status === 0)

describe.each(languages)('the disk probe in %s', (language) => {
  beforeEach(() => {
    if (language !== 'perl') program('perl', 'exit 1')
  })

  it('says where it writes and how long each sync took, and leaves nothing to see there', async () => {
    const { output } = await runUntil(3)
    expect(output.split('\n').slice(0, 4)).toEqual([
      `on ext ${folder}`,
      expect.stringMatching(/^sync \d+$/),
      expect.stringMatching(/^sync \d+$/),
      expect.stringMatching(/^sync \d+$/),
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  it('ends when its stdin closes', async () => {
    const { child } = await runUntil(1)
    const ended = exitOf(child)
    child.stdin?.end()
    expect(await ended).toBe(0)
    expect(readdirSync(folder)).toEqual([])
  })

  it('ends when nobody reads what it says', async () => {
    const { child } = await runUntil(1)
    const ended = exitOf(child)
    child.stdout?.destroy()
    await ended
    expect([child.exitCode, child.signalCode]).not.toEqual([null, null])
    expect(readdirSync(folder)).toEqual([])
  })

  it('ends where no folder can be made, and says so', () => {
    // The shell's own test is passed, and the folder gone a moment later.
    program('uname', `rmdir ${folder}; echo x86_64`)
    const { status, stderr } = run(folder)
    expect(status).toBe(41)
    expect(stderr).toContain(`no folder can be made in ${folder}`)
  })
})

describe('the disk probe', () => {
  it('can be run here in one language at least', () => {
    expect(languages).not.toEqual([])
  })

  it.each([
    ['1021994', 'tmpfs'],
    ['858458f6', 'ramfs'],
    ['794c7630', 'overlayfs'],
    ['6969', 'nfs'],
    ['ff534d42', 'cifs'],
    ['65735546', 'fuseblk'],
    ['1021997', 'v9fs'],
    ['c36400', 'ceph'],
    ['1161970', 'gfs2'],
    ['fffffff', 'UNKNOWN (0xfffffff)'],
  ])('refuses filesystem %s, which is %s', (type, name) => {
    onDisk(type, `4096 1000000 500000 ${name}`)
    expect(run(folder)).toMatchObject({
      status: 40,
      stdout: '',
      stderr: expect.stringContaining(`on ${name.split(' ')[0]}, which is not a filesystem of a local disk`),
    })
  })

  it.each([
    ['less than 5 % free', '4096 100000000 4999999 x'],
    ['less than 1 GiB free', '4096 1000000 262143 x'],
  ])('refuses a disk with %s', (_, rest) => {
    onDisk('ef53', rest)
    expect(run(folder)).toMatchObject({ status: 40, stderr: expect.stringContaining('less than 5 % or 1 GiB free') })
  })

  it('refuses a folder that others may write in', () => {
    program('stat', `case $2 in %a) echo 1777;; -c) echo "ef53 4096 1000000 500000 x";; esac`)
    expect(run(folder)).toMatchObject({ status: 40, stderr: expect.stringContaining('shared with every user') })
  })

  it("refuses etcd's own member folder, also behind a link", () => {
    mkdirSync(join(folder, 'member', 'wal'), { recursive: true })
    symlinkSync(join(folder, 'member', 'wal'), join(root, 'link'))
    for (const where of [join(folder, 'member'), join(root, 'link')])
      expect(run(where)).toMatchObject({ status: 40, stderr: expect.stringContaining('member folder of etcd') })
  })

  it('refuses a path that is relative, or not there', () => {
    expect(run('data')).toMatchObject({ status: 40 })
    expect(run(join(root, 'nothing'))).toMatchObject({ status: 41 })
  })

  it('says so where neither language is there', () => {
    program('perl', 'exit 1')
    program('uname', 'echo sparc64')
    const empty = join(root, 'empty')
    mkdirSync(empty)
    for (const name of ['sh', 'stat', 'uname', 'perl']) {
      const path = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8', env: environment() }).stdout.trim()
      symlinkSync(path, join(empty, name))
    }
    expect(run(folder, { PATH: empty })).toMatchObject({
      status: 42,
      stderr: expect.stringContaining('neither perl nor python3'),
    })
  })

  it('goes to the nearest folder above a state folder that is not there, and makes none', () => {
    const { stdout, status } = run(undefined, { HOME: folder, XDG_STATE_HOME: '' })
    expect({ stdout, status }).toEqual({ stdout: `on ext ${folder}\n`, status: 0 })
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes no other folder where the state folder is of no use', () => {
    expect(run(undefined, { HOME: folder, XDG_STATE_HOME: join(folder, 'state') })).toMatchObject({
      status: 41,
      stderr: expect.stringContaining(`there is no state folder: ${folder}/state`),
    })
    writeFileSync(join(folder, 'kntop'), '')
    expect(run(undefined, { HOME: folder, XDG_STATE_HOME: folder })).toMatchObject({
      status: 41,
      stderr: expect.stringContaining(`no folder that may be entered: ${folder}/kntop`),
    })
  })

  it('goes to the state folder that is there', () => {
    mkdirSync(join(folder, 'state', 'kntop'), { recursive: true })
    expect(run(undefined, { HOME: folder, XDG_STATE_HOME: join(folder, 'state') }).stdout).toBe(
      `on ext ${folder}/state/kntop\n`,
    )
    expect(readdirSync(join(folder, 'state', 'kntop'))).toEqual([])
  })

  it('takes a folder whose name is shell text as a name', () => {
    const odd = join(root, "it's $(echo gone) `id`")
    mkdirSync(odd)
    chmodSync(odd, 0o700)
    expect(run(odd).stdout).toBe(`on ext ${odd}\n`)
  })
})
