import { describe, expect, test } from 'vitest'
import { rootCommands } from '../../../source/nodes/inventory.ts'
import { shownRootCommand } from '../../../source/nodes/privilege/root-command.ts'
import { sudoersCommands, sudoersForRoot, sudoersText, sudoersUser } from '../../../source/nodes/privilege/sudoers.ts'
import { probes } from '../../../source/nodes/probes.ts'

const groups = rootCommands(probes, { etcdMetrics: [], ownPeers: [] })
const lines = groups.flatMap(({ commands }) => commands.flatMap(sudoersCommands))
/** What sudo compares with: the arguments of a line, as an expression. */
const expressionOf = (line: string): RegExp =>
  new RegExp(
    line
      .slice(line.indexOf(' ') + 1)
      .replace(/^\^/, '^(?:')
      .replace(/\$$/, ')$'),
  )
const captureLine = lines.find((line) => line.includes('/tcpdump ')) ?? expect.fail('no capture')

const interpreters =
  /(^|[\s/])(sh|bash|dash|ash|zsh|busybox|awk|gawk|mawk|perl|python3?|env|xargs|find|sed|vi|ssh|nice)(\s|$)/

describe('the lines of the sudoers fragment', () => {
  test('are there', () => {
    expect(lines.length).toBeGreaterThanOrEqual(4)
  })

  test.each(lines)('%s: a full path, arguments, no interpreter, no wildcard', (line) => {
    expect(line).toMatch(/^\/usr\/(s?bin)\/[a-z]+ \S/)
    expect(line).not.toMatch(interpreters)
    expect(line).not.toMatch(/[*?]|\.\+|\[\^/)
    expect(line).not.toMatch(/\bALL\b/)
  })

  test.each(lines.filter((line) => line.includes(' ^')))('%s is one whole expression', (line) => {
    expect(line).toMatch(/^\S+ \^.*[^\\]\$$/)
  })

  test('hold every part in place: a sign of one word is no sign of the expression', () => {
    const command = {
      paths: ['/bin/x'],
      words: ['-a', 'b.c', 'd|e', '(f)', { shown: 'N', pattern: '[0-9]' }],
    } as const
    expect(sudoersCommands(command)).toEqual([String.raw`/bin/x ^-a b\.c d\|e \(f\) [0-9]$`])
    expect(sudoersCommands({ paths: ['/bin/x', '/sbin/x'], words: ['a,b', 'c=d:e'] })).toEqual([
      String.raw`/bin/x a\,b c\=d\:e`,
      String.raw`/sbin/x a\,b c\=d\:e`,
    ])
  })

  const capture = (name: string): string =>
    `-k 1 60.0000042 /usr/bin/tcpdump -p -U -n -s 512 -i ${name} -w - udp src port 53`

  test.each(['lo', 'eth0', 'cni0', 'enp3s0f1np1', 'veth1234@if5', 'br-0.12'])('let interface %s pass', (name) => {
    expect(capture(name)).toMatch(expressionOf(captureLine))
  })

  test.each(['../x', '-w', '.', 'a b', 'a/b', '', 'x;id', '$(id)', 'sixteen-letters-', 'a -z sh'])(
    'let interface %j not pass',
    (name) => {
      expect(capture(name)).not.toMatch(expressionOf(captureLine))
    },
  )

  test.each([
    ['one more argument', `${capture('lo')} x`],
    ['a file', capture('lo').replace('-w -', '-w /etc/x')],
    ['another lease', capture('lo').replace('60.0000042', '0')],
    ['another program', capture('lo').replace('/usr/bin/tcpdump', '/tmp/tcpdump')],
    ['a second line', `${capture('lo')}\n-z sh`],
  ])('let %s not pass', (_, args) => {
    expect(args).not.toMatch(expressionOf(captureLine))
  })
})

describe('the fragment', () => {
  const text = sudoersText(groups, 'karin')

  test('holds every line, for one kind of users, without a password', () => {
    for (const line of lines) expect(text).toContain(`    ${line}`)
    expect(text).toContain('User_Alias KNTOP_USERS = karin\n')
    expect(text.match(/^KNTOP_USERS ALL = \(root\) NOPASSWD: \w+$/gm)).toHaveLength(groups.length)
    expect(text).not.toContain('EQUAL TO ROOT')
  })

  test('takes the folder away in which a file could be made of joined arguments', () => {
    for (const [, alias] of text.matchAll(/Cmnd_Alias (\w+) = \\\n(?:.*, \\\n)*.*\^/g))
      expect(text).toContain(`Defaults!${alias} runcwd=/proc`)
  })

  test('for all of kntop says what it is', () => {
    expect(sudoersForRoot('karin')).toMatch(/^# EQUAL TO ROOT/)
    expect(sudoersForRoot('karin')).toMatch(/^KNTOP_USERS ALL = \(root\) NOPASSWD: \/usr\/bin\/sh, \/bin\/sh$/m)
  })

  test.each([
    ['karin', 'karin'],
    ['k8s_ops-1', 'k8s_ops-1'],
    ['root', 'kntop'],
    ['', 'kntop'],
    ['ALL', 'kntop'],
    ['a = ALL', 'kntop'],
    ['a\nb', 'kntop'],
  ])('names %j as %s', (name, written) => {
    expect(sudoersUser(name)).toBe(written)
  })

  test('shows a command as people type it', () => {
    expect(groups.flatMap(({ commands }) => commands.map(shownRootCommand))).toEqual([
      '/usr/bin/timeout -s KILL 4 /usr/sbin/conntrack -S',
      '/usr/bin/timeout -s KILL 4 /usr/bin/conntrack -S',
      "/usr/bin/timeout -k 1 60.NNNNNNN /usr/bin/tcpdump -p -U -n -s 512 -i INTERFACE -w - 'udp src port 53'",
      "/usr/bin/pkill -TERM -f '^/usr/bin/timeout -k 1 60.NNNNNNN'",
      '/usr/bin/timeout 25 /usr/sbin/conntrack -L -f ipv4',
      '/usr/bin/timeout 25 /usr/sbin/conntrack -L -f ipv6',
      '/usr/bin/timeout 5 /usr/sbin/conntrack -E -e NEW -b 2097152',
    ])
  })
})
