import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { rootCommands } from '../../source/nodes/inventory.ts'
import { type RootCommand, shownRootCommand } from '../../source/nodes/privilege/root-command.ts'
import { sudoersForRoot, sudoersText } from '../../source/nodes/privilege/sudoers.ts'
import { probes } from '../../source/nodes/probes.ts'
import { type Argv, finish, start } from './support/command.ts'
import { assured, load, maximum, sendFlows, track } from './support/conntrack.ts'
import { requireKernel } from './support/kernel.ts'
import { serveNames } from './support/name-server.ts'
import { makeNamespace, makePair, type Namespace } from './support/namespace.ts'
import { nameOf } from './support/processes.ts'
import { nodeProgram } from './support/programs.ts'
import { replaced } from './support/replaced.ts'
import { makeSudoer, sudoerName, sudoersFile } from './support/sudoer.ts'
import { watch } from './support/watch.ts'

const groups = rootCommands(probes, { etcdMetrics: [], ownPeers: [] })
const commands = groups.flatMap((group) => group.commands)

/** What stands for the words that vary, here. */
const samples: Readonly<Record<string, string>> = {
  '60.NNNNNNN': '60.0000042',
  '/usr/bin/tcpdump': ['/usr/bin/tcpdump', '/usr/sbin/tcpdump'].find((path) => existsSync(path)) ?? '',
  INTERFACE: 'lo',
  '^/usr/bin/timeout -k 1 60.NNNNNNN': '^/usr/bin/timeout -k 1 60.0000042',
}

const argumentsOf = ({ words }: RootCommand): readonly string[] =>
  words.map((word) => (typeof word === 'string' ? word : (samples[word.shown] ?? expect.fail(word.shown))))

/** A command in the place where this machine has it. */
const here = (command: RootCommand): Argv => [
  command.paths.find((path) => existsSync(path)) ?? expect.fail(`none of ${command.paths.join(', ')}`),
  ...argumentsOf(command),
]

const named = (program: string): Argv =>
  here(commands.find((command) => shownRootCommand(command).includes(`/${program} `)) ?? expect.fail(`no ${program}`))

/** That which counts, by the tool that this machine has. */
const statistics = (): Argv =>
  commands
    .filter((command) => shownRootCommand(command).endsWith('/conntrack -S'))
    .map(here)
    .find((argv) => existsSync(argv.at(-2) ?? '')) ?? expect.fail('no conntrack')

const ptys = [['use_pty'], ['!use_pty']] as const
const fragment = (pty: string, of: 'commands' | 'root' = 'commands'): string =>
  `${of === 'root' ? sudoersForRoot(sudoerName) : sudoersText(groups, sudoerName)}\nDefaults:${sudoerName} ${pty}\n`

/** Runs what a sudoer would; gives back how it ended. */
const bySudo = async (as: readonly string[], argv: readonly string[]) =>
  finish([...as, 'sudo', '-n', ...argv] as unknown as Argv)

const refusedWords = /password is required|not (allowed|permitted) to/

/** Processes of root that kntop starts; everything else in a namespace belongs to the test. */
const ours = ['sudo', 'timeout', 'tcpdump', 'pkill', 'sh', 'bash', 'busybox', 'awk', 'mawk', 'gawk', 'ss', 'nice']
const left = async ({ pids }: Namespace): Promise<readonly string[]> =>
  (await pids()).map(nameOf).filter((name) => ours.includes(name))
const runs = async ({ pids }: Namespace, name: string): Promise<boolean> => (await pids()).map(nameOf).includes(name)

describe('the printed fragment', () => {
  test.each(ptys)('is right, and every line of it runs (%s)', async (pty) => {
    const as = makeSudoer(fragment(pty))
    expect(await finish(['visudo', '-c', '-f', sudoersFile])).toMatchObject({ status: 0, stderr: '' })

    expect(await bySudo(as, statistics())).toMatchObject({ status: 0, stdout: expect.stringMatching(/^cpu=0 /) })
    const capture = start([...as, 'sudo', '-n', ...named('tcpdump')] as unknown as Argv)
    await vi.waitFor(() => expect(capture.errors()).toContain('listening on lo'), { timeout: 10_000, interval: 20 })
    expect(await bySudo(as, named('pkill'))).toMatchObject({ status: 0 })
    await vi.waitFor(() => expect(capture.status()).toBeDefined(), { timeout: 10_000, interval: 20 })
    expect(capture.errors()).toContain('0 packets dropped by kernel')
    // Nothing is run above that is not in the fragment, and the other way round.
    expect(commands.map(({ paths }) => paths[0].split('/').at(-1))).toEqual([
      // The counters, by the tool in either of two places, then a capture.
      ...['timeout', 'timeout', 'timeout', 'pkill'],
      // Of who fills a table: test/system/flows.test.ts.
      ...['timeout', 'timeout', 'timeout'],
    ])
  })

  test('lets nothing else pass', async () => {
    const as = makeSudoer(fragment('use_pty'))
    const [timeout, ...capture] = named('tcpdump')
    const [pkill] = named('pkill')
    const conntrack = statistics().at(-2) ?? ''
    const changed = (word: string, other: readonly string[]): readonly string[] => [
      timeout,
      ...capture.flatMap((one) => (one === word ? other : [one])),
    ]
    const tcpdump = samples['/usr/bin/tcpdump'] ?? ''
    const abuses: readonly (readonly string[])[] = [
      ['id'],
      ['sh', '-c', 'id'],
      ['-s'],
      ['-i'],
      ['-u', sudoerName, 'id'],
      [conntrack],
      [conntrack, '-L'],
      [conntrack, '-S'],
      [timeout, '-s', 'KILL', '4', conntrack],
      [timeout, '-s', 'KILL', '4', conntrack, '-S', '-E'],
      [timeout, '-s', 'KILL', '40', conntrack, '-S'],
      [timeout, '-s', 'KILL', '4', '/tmp/conntrack', '-S'],
      [conntrack, '-F'],
      [conntrack, '-S', ';', 'id'],
      [conntrack, '-S;id'],
      ['/tmp/conntrack', '-S'],
      [`${conntrack}/../conntrack`, '-L'],
      ['KNTOP=1', conntrack, '-S'],
      ['-D', '/tmp', conntrack, '-S'],
      [timeout, 'id'],
      [timeout, '25', conntrack, '-L', '-f', 'ipv4', '-o', 'xml'],
      [timeout, '25', conntrack, '-D', '-f', 'ipv4'],
      [timeout, '250', conntrack, '-L', '-f', 'ipv4'],
      [timeout, '25', '/tmp/conntrack', '-L', '-f', 'ipv4'],
      [timeout, '5', conntrack, '-E', '-e', 'DESTROY', '-b', '2097152'],
      [timeout, '-k', '1', '60.0000042', 'id'],
      [timeout, ...capture, 'x'],
      [timeout, ...capture, '-z', 'sh'],
      [timeout, ...capture, '--exec', 'sh'],
      [timeout, '--exec', ...capture],
      changed('60.0000042', ['0']),
      changed('60.0000042', ['60.42']),
      changed('60.0000042', ['60.0000042', '-v']),
      changed(tcpdump, ['/tmp/tcpdump']),
      changed(tcpdump, ['/usr/bin/../../tmp/tcpdump']),
      changed(tcpdump, ['/usr/bin/id']),
      ...['../x', '-w', '-', '.', '', 'lo -z sh', 'a/b', '$(id)', '`id`', 'lo;id', 'lo\nx', 'sixteen-letters-'].map(
        (name) => changed('lo', [name]),
      ),
      changed('-', ['/tmp/kntop-test-capture']),
      changed('-p', ['-p', '-G', '1', '-z', '/tmp/x']),
      changed('udp src port 53', ['port 53']),
      changed('udp src port 53', ['udp src port 53 or tcp']),
      [pkill, '-TERM', '-f', 'sshd'],
      [pkill, '-TERM', '-f', '.'],
      [pkill, '-TERM', '-f', '^/usr/bin/timeout -k 1 60.0000042', 'sshd'],
      [pkill, '-KILL', '-f', '^/usr/bin/timeout -k 1 60.0000042'],
      [pkill, '-TERM', '-f', '^/usr/bin/timeout -k 1 60.00000.*'],
      [pkill, '-TERM', '-f', '^/usr/bin/timeout -k 1 60.0000042|.'],
      [pkill, '-u', '0'],
    ]
    for (const abuse of abuses) {
      const { status, stdout, stderr } = await bySudo(as, abuse)
      expect(`${abuse.join(' ')}: ${status} ${stdout}`).toBe(`${abuse.join(' ')}: 1 `)
      expect(stderr, abuse.join(' ')).toMatch(refusedWords)
    }
  })

  test('makes no file of arguments that sudo takes for others', async () => {
    const as = makeSudoer(fragment('use_pty'))
    const [timeout, ...capture] = named('tcpdump')
    // Joined by blanks, as sudo compares them, these are the same words.
    const merged = [timeout, ...capture.slice(0, -2), '- udp src port 53']
    const { status, stderr } = await bySudo(['sh', '-c', 'cd /var/tmp && exec "$@"', 'sh', ...as], merged)
    expect(status).not.toBe(0)
    expect(stderr).toMatch(/- udp src port 53: /)
    for (const folder of ['/var/tmp', '/', '/proc'])
      expect(readdirSync(folder).filter((name) => name.startsWith('- udp'))).toEqual([])
    const [pkill, , ...pattern] = named('pkill')
    for (const args of [['-TERM', pattern.join(' ')], [['-TERM', ...pattern].join(' ')]])
      expect((await bySudo(as, [pkill, ...args])).status, args.join(' ')).not.toBe(0)
  })
})

describe('kntop as a user who has only the fragment', () => {
  test.each(ptys)('counts DNS answers, and ends what it started (%s)', async (pty) => {
    const context = makeSudoer(fragment(pty))
    const pair = await makePair()
    const { enter, client } = await serveNames(pair)
    const watched = await watch({
      enter: [...enter, ...context],
      optIns: ['dns-capture'],
      settings: { sudo: 'commands' },
    })
    await watched.until('a second without lookups', (node) => node.value('dns.lookups') === 0)
    client.write('500 here.kntop.test\n')
    await client.said(/^answered 500 /)
    await watched.until('all lookups', () => watched.total('dns.lookups') >= 500)
    expect(watched.total('dns.lookups')).toBe(500)
    const [tcpdump] = (await pair.near.pids()).filter((pid) => nameOf(pid) === 'timeout')
    expect(readFileSync(`/proc/${tcpdump}/status`, 'utf8')).toMatch(/^Uid:\t0\t/m)
    await watched.end()
    await vi.waitFor(async () => expect(await left(pair.near)).toEqual([]), { timeout: 10_000, interval: 50 })
  })

  test('reads the counters that conntrack -S alone tells', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace', 'a limit of tracked connections')
    const as = makeSudoer(fragment('use_pty'))
    const namespace = await makeNamespace('sudo')
    await track(namespace)
    await load(namespace, 0, maximum(), assured)
    // An awk that does not see the file of the counters.
    const blind = `
for word do
  shift
  case $word in *stat/nf_conntrack*) word=$(printf '%s\\n' "$word" | sed s,stat/nf_conntrack,stat/not_there,g);; esac
  set -- "$@" "$word"
done
exec busybox awk "$@"`
    const enter = [...namespace.enter, ...(await replaced('awk', () => blind)), ...as]
    const watched = await watch({ enter, settings: { sudo: 'commands' } })
    // By itself it runs seldom: sudo makes it dear. Of the first run alone there is no rate yet.
    await vi.waitFor(
      async () => {
        await watched.sampleNow()
        expect(watched.reading('conntrack.drop').kind).not.toBe('missing')
      },
      { timeout: 30_000, interval: 500 },
    )
    await sendFlows(namespace, 200)
    await watched.sampleNow()
    expect(watched.total('conntrack.drop')).toBeGreaterThanOrEqual(200)
    // Whether it is of now depends on how far its cost has stretched its period.
    expect(watched.reading('conntrack.drop')).toMatchObject({ tier: expect.stringMatching(/^conntrack -S/) as unknown })
  })

  // What `commands` prints does not let all of kntop run.
  const printedBy = {
    commands: 'kntop commands --output sudoers',
    root: 'kntop commands --output sudoers --sudo root',
  } as const

  test.each(['commands', 'root'] as const)(
    'without any: denied in the words of sudo, all else live (%s)',
    async (sudo) => {
      const as = makeSudoer(undefined)
      const pair = await makePair()
      const { enter } = await serveNames(pair)
      const watched = await watch({ enter: [...enter, ...as], optIns: ['dns-capture'], settings: { sudo } })
      const node = await watched.until('a word on the capture', (seen) => {
        const lookups = seen.reading('dns.lookups')
        return lookups.kind === 'missing' && lookups.missing === 'denied'
      })
      expect(node.reading('dns.lookups')).toMatchObject({
        advice: expect.stringContaining(
          `sudo: a password is required: give the node what ${printedBy[sudo]} prints`,
        ) as unknown,
      })
      await watched.nextFrame()
      expect(watched.reading('cpu.busy')).toMatchObject({ kind: 'live' })
    },
  )
})

describe('kntop with all of it under sudo', () => {
  test('runs as root', async () => {
    const as = makeSudoer(fragment('use_pty', 'root'))
    expect(await finish(['visudo', '-c', '-f', sudoersFile])).toMatchObject({ status: 0 })
    const pair = await makePair()
    const { enter } = await serveNames(pair)
    const watched = await watch({ enter: [...enter, ...as], optIns: ['dns-capture'], settings: { sudo: 'root' } })
    await watched.until('a second without lookups', (node) => node.value('dns.lookups') === 0)
    const awk = (await pair.near.pids()).find((pid) => /^(mawk|gawk|awk|busybox|original-awk)$/.test(nameOf(pid)))
    expect(readFileSync(`/proc/${awk}/status`, 'utf8')).toMatch(/^Uid:\t0\t/m)
  })
})

describe('what is left of root', () => {
  const killing = async (pty: string, sudo: 'commands' | 'root', signal: 'SIGKILL' | 'SIGSTOP', limit: number) => {
    const as = makeSudoer(fragment(pty, sudo))
    const pair = await makePair()
    const { enter } = await serveNames(pair)
    const kntop = start(nodeProgram('watch-through', sudo, 'dns-capture', ...enter, ...as))
    await kntop.said(/^lookups /, 30_000)
    expect(await runs(pair.near, 'tcpdump')).toBe(true)
    kntop.kill(signal)
    await vi.waitFor(async () => expect(await left(pair.near)).toEqual([]), { timeout: limit, interval: 100 })
  }

  test.each([
    ['use_pty', 'commands'],
    ['!use_pty', 'commands'],
    ['use_pty', 'root'],
    ['!use_pty', 'root'],
  ] as const)('after SIGKILL: nothing, long before its lease (%s, %s)', (pty, sudo) =>
    killing(pty, sudo, 'SIGKILL', 15_000),
  )

  test.each(['commands', 'root'] as const)('once kntop falls silent: nothing after the lease (%s)', (sudo) =>
    killing('use_pty', sudo, 'SIGSTOP', 75_000),
  )
})

test('the rights are gone', () => {
  expect(existsSync(sudoersFile)).toBe(false)
})
