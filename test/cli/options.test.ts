import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flags, usage } from '../../source/cli/flags.ts'
import { helpText } from '../../source/cli/help.ts'
import { readOptions, version } from '../../source/cli/options.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'

const read = (line: string) => readOptions(line.split(' ').filter((word) => word !== ''))

describe('the command line', () => {
  it('asks for the terminal without flags', () => {
    expect(read('')).toEqual({
      ...{
        mode: 'watch',
        output: 'table',
        wait: undefined,
        failOn: undefined,
        config: undefined,
        settings: {},
        local: false,
      },
    })
  })

  it('asks for one look', () => {
    expect(read('--once --output json --wait 2.5 --fail-on=critical')).toMatchObject({
      ...{ mode: 'once', output: 'json', wait: 2.5, failOn: 'critical' },
    })
  })

  it('asks for a stream', () => {
    expect(read('--fail-on warning --stream')).toMatchObject({ mode: 'stream', failOn: 'warning' })
  })

  it('asks for what may run on a node', () => {
    expect(read('commands')).toEqual({
      mode: 'commands',
      output: 'text',
      config: undefined,
      settings: {},
    })
    expect(read('commands --output sudoers --sudo root')).toEqual({
      ...{ mode: 'commands', output: 'sudoers', config: undefined, settings: { sudo: 'root' } },
    })
  })

  it('takes with commands what decides what may run, and no other setting', () => {
    const taken = flags.filter(({ modes, setting }) => setting !== undefined && modes.includes('commands'))
    expect(taken.map(({ name }) => name)).toEqual(['etcd-metrics', 'disk-probe-folder', 'sudo'])
    for (const { name, argument } of taken)
      expect(read(`commands --${name} ${argument}`)).toMatchObject({ mode: 'commands' })
  })

  it('asks for the roles that kntop needs in a cluster', () => {
    expect(read('rbac')).toEqual({ mode: 'rbac' })
    expect(read('rbac --help')).toEqual({ mode: 'help' })
  })

  it('asks for a look at a pod, or at a node itself', () => {
    expect(read('pod web/front --output json --tab routes,dns --wait 3 --yes --ssh')).toEqual({
      ...{ mode: 'pod', subject: 'web/front', output: 'json', tabs: 'routes,dns', wait: 3, yes: true, local: false },
      ...{ config: undefined, settings: { ssh: 'yes' } },
    })
    expect(read('pod --output json web/front -n web')).toMatchObject({
      ...{ mode: 'pod', subject: 'web/front', output: 'json', settings: { namespace: 'web' } },
    })
    expect(read('host worker-1')).toMatchObject({ mode: 'host', subject: 'worker-1', output: 'table', tabs: undefined })
    expect(read('host --local')).toMatchObject({ mode: 'host', subject: undefined, local: true })
    expect(read('pod')).toMatchObject({ mode: 'pod', subject: undefined })
  })

  it.each([
    ['pod web/a web/b', 'unexpected argument "web/b"'],
    ['pod web/a --output csv', '"csv" is not one of table, json'],
    ['pod web/a --hosts a', 'pod takes no --hosts: it looks once at one namespace'],
    ['pod web/a --local', 'pod takes no --local'],
    ['pod web/a --with all', 'pod takes no --with'],
    ['pod web/a --stream', 'pod and --stream exclude each other'],
    ['pod web/a --wait -1', '--wait'],
    ['--once --tab dns', '--tab means something only with pod or host'],
    ['host --local --context x', '--local and --context exclude each other'],
  ])('refuses %s', (line, words) => {
    expect(() => read(line)).toThrow(WrongUse)
    expect(() => read(line)).toThrow(words)
  })

  it('hands on settings as they were typed, under their key', () => {
    const { settings, config } = read(
      '--with all@local --history-memory=32MB --etcd-metrics http://a/,http://b/ --disk-probe-folder /d --color 16 --glyphs ascii --config c.yaml --local',
    ) as Extract<ReturnType<typeof readOptions>, { mode: 'watch' }>
    expect(settings).toEqual({
      with: 'all@local',
      historyMemory: '32MB',
      etcdMetrics: 'http://a/,http://b/',
      diskProbeFolder: '/d',
      color: '16',
      glyphs: 'ascii',
    })
    expect(config).toBe('c.yaml')
  })

  it.each(['--hosts -evil --once', '--hosts=-evil --once'])(
    'hands on a value that begins with a dash, to be judged for what it is: %s',
    (line) => {
      expect(read(line)).toMatchObject({ mode: 'once', settings: { hosts: '-evil' } })
    },
  )

  it('sets by flags without a value what has few values', () => {
    const settingsOf = (line: string) => (read(line) as { readonly settings: unknown }).settings
    expect(settingsOf('--ssh')).toEqual({ ssh: 'yes' })
    expect(settingsOf('--no-ssh')).toEqual({ ssh: 'no' })
    expect(settingsOf('-A')).toEqual({ namespace: '*' })
    expect(settingsOf('-n payments --context prod')).toEqual({ namespace: 'payments', context: 'prod' })
  })

  it('may ask for this machine alone', () => {
    expect(read('--local')).toMatchObject({ local: true })
  })

  it.each(['--help', '-h', '--once --help', '--version --help'])('%s asks for help', (line) => {
    expect(read(line)).toEqual({ mode: 'help' })
  })

  it('asks for the version', () => {
    expect(read('--version')).toEqual({ mode: 'version' })
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
  })
})

describe('a wrong command line names what is wrong', () => {
  type Refused = readonly [line: string, message: string]
  it.each<Refused>([
    ['--ssh --no-ssh', '--ssh and --no-ssh exclude each other'],
    ['-n a -A', '--namespace and --all-namespaces exclude each other'],
    ...[
      ...['hosts a', 'hosts-file f', 'kubeconfig f', 'context prod', 'namespace a', 'all-namespaces', 'as karin'],
      ...['ssh', 'no-ssh', 'ssh-config f', 'transport ssh'],
    ].map((flag) => [`--local --${flag}`, `--local and --${flag.split(' ')[0]} exclude each other`] satisfies Refused),
    ['--as karin --local', '--local and --as exclude each other'],
    ['--ssh=yes', '--ssh takes no value'],
    ['commands --once', 'commands and --once exclude each other'],
    ['rbac --once', 'rbac and --once exclude each other'],
    ['rbac --sudo root', 'rbac takes no --sudo: it prints one manifest, whatever is set'],
    ['rbac rbac', 'unexpected argument "rbac"'],
    ['commands --output csv', '--output: "csv" is not one of text, json, sudoers'],
    ['--once --output sudoers', '--output: "sudoers" is not one of table, json, csv, markdown'],
    ['commands --wait 3', '--wait means something only with --once'],
    ['--output json', '--output means something only with --once or commands'],
    ['commands --hosts-file /nope', 'commands takes no --hosts-file: what may run on a node does not depend on it'],
    ['commands --kubeconfig /nope --context x', 'commands takes no --kubeconfig: '],
    ['commands --local', 'commands takes no --local: '],
    ['commands --with all', 'commands takes no --with: '],
    ['rbac --config /nope', 'rbac takes no --config: it prints one manifest, whatever is set'],
    ['rbac --output json', '--output means something only with --once or commands'],
    ['commands commands', 'unexpected argument "commands": see kntop --help'],
    ['--local commands', 'unexpected argument "commands": see kntop --help'],
    ['--onec', 'unknown flag "--onec" (did you mean --once?)'],
    ['--historyMemory 1MB', 'unknown flag "--historyMemory" (did you mean --history-memory?)'],
    ['--no-once', 'unknown flag "--no-once"'],
    ['--zzz=1', 'unknown flag "--zzz": see kntop --help'],
    ['-x', 'unknown flag "-x"'],
    ['---once', 'unknown flag "---once"'],
    ['--', 'unknown flag "--"'],
    ['--with.a=1', 'unknown flag "--with.a"'],
    ['top', 'unexpected argument "top"'],
    ['--once=yes', '--once takes no value'],
    ['--wait', '--wait needs a value: --wait SECONDS'],
    ['--wait=', '--wait needs a value'],
    ['--wait --once', '--wait needs a value'],
    ['--once --once', '--once is given twice'],
    ['--with a --with b', '--with is given twice'],
    ['--once --stream', '--once and --stream exclude each other'],
    ['--once --wait -1', '--wait: "-1" is no number of seconds from 0 to 3600'],
    ['--once --wait 1e3', '--wait: "1e3" is no number'],
    ['--once --wait 3601', '--wait: "3601" is no number'],
    ['--once --output xml', '--output: "xml" is not one of table, json, csv, markdown'],
    ['--once --fail-on note', '--fail-on: "note" is not one of warning, critical'],
    ['--wait 5', '--wait means something only with --once'],
    ['--stream --output json', '--output means something only with --once'],
    ['--fail-on warning', '--fail-on means something only with --once or --stream'],
  ])('%s', (line, message) => {
    expect(() => read(line)).toThrow(WrongUse)
    expect(() => read(line)).toThrow(message)
  })

  it('whatever it is', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '--once',
        '--stream',
        '--wait',
        '--with',
        '--output',
        '--',
        '-',
        '-h',
        '--__proto__',
        '--constructor=1',
      ),
      fc.string({ maxLength: 8 }),
      fc.string({ maxLength: 8 }).map((text) => `--${text}`),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (argv) => {
        try {
          return ['watch', 'once', 'stream', 'help', 'version'].includes(readOptions(argv).mode)
        } catch (error) {
          return error instanceof WrongUse && !error.message.includes('\n')
        }
      }),
    )
  })
})

describe('the help', () => {
  it('names every flag, in 80 columns', () => {
    for (const flag of flags) expect(helpText).toContain(`  ${usage(flag)}`)
    for (const line of helpText.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
