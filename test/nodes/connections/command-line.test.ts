import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../../../source/nodes/connections/command-line.ts'
import { shellProgram } from '../../../source/nodes/sampler/shell.ts'

/** Shells that a user may have at login; sshd runs them with `-c`. */
const shells: Readonly<Record<string, readonly [string, ...string[]]>> = {
  dash: ['dash'],
  bash: ['bash'],
  busybox: ['busybox', 'sh'],
  zsh: ['zsh'],
  csh: ['csh'],
  tcsh: ['tcsh'],
  fish: ['fish'],
  mksh: ['mksh'],
  ksh: ['ksh'],
}

const isHere = (program: string): boolean => spawnSync('which', [program]).status === 0

const through = ([shell, ...words]: readonly [string, ...string[]], line: string, input = ''): string =>
  execFileSync(shell, [...words, '-c', line], { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] })

/** Everything that is printable, but for what is refused. */
const printable = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index))
  .filter((character) => !/['!\\]/.test(character))
  .join('')

const words = [
  ...[
    'plain',
    '',
    ' ',
    '  two  blanks  ',
    '$HOME',
    '`id`',
    '$(id)',
    '"',
    '#',
    '~',
    '*',
    '?',
    '[a]',
    '{a,b}',
    '%1',
    '^a^b',
  ],
  ...['-n', '--', '&&', ';', '|', '<x', '>x', '@', '=', '=ls', 'a=b', printable],
]

describe('a command line', () => {
  test('is readable where that is possible', () => {
    expect(commandLine(['cat', '/proc/self/stat'])).toBe('cat /proc/self/stat')
  })

  test.each(["it's", 'a!b', String.raw`a\b`, 'a\nb', 'a\tb', 'grün', '\0'])(
    'is not made of a word that some shell reads in its own way: %j',
    (word) => {
      expect(() => commandLine(['echo', word])).toThrow('not literal in every shell')
    },
  )

  test('there are shells to try it on', () => {
    expect(Object.keys(shells).filter(isHere)).toEqual(expect.arrayContaining(['dash', 'bash', 'busybox']))
  })
})

describe.each(Object.entries(shells))('as %s reads it', (name, shell) => {
  test.skipIf(!isHere(name))('every word arrives as it was', () => {
    const line = commandLine(['printf', '%s:', ...words])
    expect(through(shell, line)).toBe(words.map((word) => `${word}:`).join(''))
  })

  test.skipIf(!isHere(name))('our scripts run, with their arguments', () => {
    const { argv, input } = shellProgram('for a; do echo "($a)"; done', ["it's", '', '$x "y"'])
    expect(through(shell, commandLine(argv), input)).toBe(`(it's)\n()\n($x "y")\n`)
  })
})
