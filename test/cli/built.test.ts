import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { podSchema } from '../../source/export/pod-schema.ts'
import { jsonSchema } from '../../source/export/schema.ts'
import { temporaryFolder } from '../config/temporary.ts'
import { type Built, buildProgram, start } from './program.ts'

const waiting = { timeout: 15_000, interval: 50 }

let built: Built
beforeAll(() => {
  built = buildProgram()
}, 60_000)
afterAll(() => built.remove())

const kntop = (...words: readonly string[]): readonly string[] => [process.execPath, built.entry, ...words]
const briefly = ['--once', '--wait', '0'] as const

describe('the built program', () => {
  it('prints one JSON object that its schema describes to the last field, and leaves nothing behind', async () => {
    const running = start(kntop('--once', '--wait', '1', '--output', 'json'))
    const { code, stdout, stderr } = await running.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const output = JSON.parse(stdout) as { nodes: { link: { state: string } }[] }
    const validate = new Ajv2020.default({ validateFormats: false }).compile(jsonSchema({ additions: false }) as object)
    expect(validate(output) || validate.errors).toBe(true)
    expect(output.nodes.map(({ link }) => link.state)).toEqual(['live'])
    await vi.waitUntil(() => running.alive().length === 0, waiting)
  })

  it("prints a machine's own network namespace as its schema describes it, and leaves nothing behind", async () => {
    const running = start(kntop('host', '--local', '--output', 'json', '--tab', 'overview,routes'))
    const { code, stdout, stderr } = await running.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const output = JSON.parse(stdout) as { tabs: { overview: { interfaces: { name: string }[] } } }
    const validate = new Ajv2020.default({ allowUnionTypes: true, validateFormats: false }).compile(
      podSchema({ additions: false }) as object,
    )
    expect(validate(output) || validate.errors).toBe(true)
    const names = output.tabs.overview.interfaces.map(({ name }) => name)
    expect(names.toSorted()).toEqual(
      readdirSync('/sys/class/net')
        .filter((name) => names.includes(name))
        .toSorted(),
    )
    expect(names).toContain('lo')
    await vi.waitUntil(() => running.alive().length === 0, waiting)
  })

  it.each([
    [['pod'], 'needs a cluster'],
    [['pod', 'web/front'], 'needs a cluster'],
    [['pod', 'web/front', '--tab', 'sokets'], 'there is no tab "sokets" (did you mean sockets?)'],
    [['pod', 'web/front', '--kubeconfig', '/nowhere/config'], '/nowhere/config'],
    [['host', '--local', 'worker-1'], '--local and "worker-1" exclude each other'],
    [['host', 'worker 1'], '"worker 1" is no name of a node'],
    [['host', '--hosts', 'a,b'], '2 are named'],
  ])('refuses %j with one line', async (words, reason) => {
    const { code, stdout, stderr } = await start(kntop(...words)).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^kntop: .+\n$/)
    expect(stderr).toContain(reason)
  })

  it('says which host cannot be reached, and does not wait for more', async () => {
    const running = start(kntop('host', '127.0.0.1', '--ssh-config', 'none', '--output', 'json'))
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^kntop: 127\.0\.0\.1 is [a-z-]+: .+\n$/)
    expect(JSON.parse(stdout)).toMatchObject({ found: null, tabs: { overview: { missing: expect.any(String) } } })
    await vi.waitUntil(() => running.alive().length === 0, waiting)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('streams lines until %s, then ends with %i and leaves nothing behind', async (signal, expected) => {
    const running = start(kntop('--stream'))
    await vi.waitUntil(() => running.stdout().split('\n').length > 2, waiting)
    running.child.kill(signal)
    const { code, stdout, stderr } = await running.ended
    expect({ code, stderr }).toEqual({ code: expected, stderr: '' })
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ schema: 'kntop/v1' })
    await vi.waitUntil(() => running.alive().length === 0, waiting)
  })

  it('ends quietly when its reader leaves, with all it started', async () => {
    const running = start(kntop('--stream'))
    await vi.waitUntil(() => running.stdout().includes('\n'), waiting)
    running.child.stdout.destroy()
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
    await vi.waitUntil(() => running.alive().length === 0, waiting)
  })

  it('ends when asked to also while its reader takes nothing', async () => {
    const full = `mkfifo "$FIFO"; exec 3<>"$FIFO"
      dd if=/dev/zero of="$FIFO" bs=4096 count=1024 oflag=nonblock 2>/dev/null
      echo full >&2
      exec "$@" >&3`
    const running = start(kntop('--stream'), { shell: full, environment: { FIFO: join(temporaryFolder(), 'pipe') } })
    await vi.waitUntil(() => running.stderr() === 'full\n' && running.alive().length > 1, waiting)
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
  })

  it('says so where no terminal is there, and prints once', async () => {
    const running = start(kntop())
    // It has begun to watch once something runs beside it.
    await vi.waitUntil(() => running.alive().length > 1, waiting)
    running.child.kill('SIGINT')
    expect(await running.ended).toEqual({
      code: 130,
      stdout: '',
      stderr: 'kntop: the output is not a terminal, so this prints once, as --once does\n',
    })
  })

  it.each([briefly, ['--stream'], ['commands'], ['rbac']])(
    'says that standard output is closed: %j',
    async (...flags) => {
      expect(await start(kntop(...flags), { shell: 'exec "$@" >&-' }).ended).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^kntop: cannot write: standard output is closed .*use --fail-on, or >\/dev\/null/,
        ),
      })
    },
  )

  it('looks where only the exit code is asked for, or the output is thrown away', async () => {
    const judged = await start(kntop(...briefly, '--fail-on', 'critical'), { shell: 'exec "$@" >&-' }).ended
    expect(judged.stderr).toBe('')
    expect(await start(kntop(...briefly), { shell: 'exec "$@" >/dev/null' }).ended).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  it('says why it cannot write to a full disk', async () => {
    const { code, stderr } = await start(kntop('--stream'), { shell: 'exec "$@" >/dev/full' }).ended
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^kntop: cannot write: ENOSPC/) as unknown,
    })
  })

  it('goes on without a state folder, and says so', async () => {
    const { code, stderr } = await start(kntop(...briefly), { environment: { XDG_STATE_HOME: '/dev/null' } }).ended
    expect(code).toBe(0)
    expect(stderr).toMatch(/^kntop: nothing will be remembered: \/dev\/null\/kntop cannot be used: .*\n$/)
  })

  it('keeps its state folder to itself with umask 000', async () => {
    const state = temporaryFolder()
    const environment = { XDG_STATE_HOME: state }
    await start(kntop(...briefly), { environment, shell: 'umask 000; exec "$@"' }).ended
    expect(statSync(join(state, 'kntop')).mode & 0o777).toBe(0o700)
  })
})

describe('wrong use ends with 2 and one line', () => {
  it.each([
    [['--onec'], 'kntop: unknown flag "--onec" (did you mean --once?)\n'],
    [
      ['--once', '--history-memory', '1MB'],
      'kntop: --history-memory: "1MB" is too small: write a size such as 64MB, from 4MB to 4GB\n',
    ],
    [['--once', '--with', 'dsk-probe'], 'kntop: --with: no opt-in is called "dsk-probe" (did you mean disk-probe?)\n'],
    [
      ['--once', '--config', '/nowhere/c.yaml'],
      'kntop: /nowhere/c.yaml: the configuration cannot be read: there is no such file\n',
    ],
  ])('%j', async (words, stderr) => {
    expect(await start(kntop(...words)).ended).toEqual({ code: 2, stdout: '', stderr })
  })

  it('for a configuration, with its line', async () => {
    const config = temporaryFolder()
    mkdirSync(join(config, 'kntop'), { mode: 0o700 })
    const file = join(config, 'kntop', 'config.yaml')
    writeFileSync(file, '# mine\nthresholds:\n  conntrack.fill:\n    warning: {raise: 70}\n', { mode: 0o600 })
    expect(await start(kntop('--once'), { environment: { XDG_CONFIG_HOME: config } }).ended).toEqual({
      code: 2,
      stdout: '',
      stderr: `kntop: ${file}:4: thresholds.conntrack.fill.warning: clear (75) is above raise (70), but higher is worse: write a clear of at most 70\n`,
    })
  })
})

describe('what need not be loaded is not', () => {
  it('--version and --help work without the screens', async () => {
    const chunks = join(built.folder, 'dist', 'chunks')
    const other = buildProgram({ dist: true })
    try {
      const screens = readdirSync(chunks).filter((name) => /^(screen|once|stream)-/.test(name))
      expect(screens.length).toBeGreaterThanOrEqual(3)
      for (const name of screens) rmSync(join(other.folder, 'dist', 'chunks', name), { force: true })
      const run = (word: string) => start([process.execPath, other.entry, word]).ended
      expect(await run('--version')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
      })
      expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--once') as unknown })
    } finally {
      other.remove()
    }
  })
})

describe('bin/kntop.js', () => {
  it('says which Node it needs, on an older one', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'12.22.0'}})`
    const { code, stderr } = await start([process.execPath, '--import', old, built.entry]).ended
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'kntop: needs Node.js 22.19 or newer, this is 12.22.0; in a clone "npm start" and "npx kntop" bring their own\n',
    })
  })

  it('is written in a language that an old Node can read', () => {
    expect(readFileSync(built.entry, 'utf8')).not.toMatch(/=>|\b(?:let|const|class|async|await)\b|\?\.|\?\?|\$\{/)
  })

  it('says that it is not built', async () => {
    const bare = buildProgram({ dist: false })
    try {
      const { code, stderr } = await start([process.execPath, bare.entry]).ended
      expect({ code, stderr }).toEqual({ code: 2, stderr: 'kntop: is not built yet: run "npm run build" first\n' })
    } finally {
      bare.remove()
    }
  })
})
