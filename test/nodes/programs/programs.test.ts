import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matcherOf, programsIn, type TypedRun } from '../../../source/nodes/programs/programs.ts'

const commandsOf = (...runs: readonly TypedRun[]): readonly string[] => programsIn(runs).map(({ command }) => command)

const matches = (run: TypedRun, ...argv: readonly string[]): boolean => matcherOf(programsIn([run]))(argv)

describe('programs of a command', () => {
  test('are all of a pipe, but what a shell does itself', () => {
    expect(commandsOf({ command: "printf 'a\\n' | grep -v b | head -n 1" })).toEqual(['grep -v b', 'head -n 1'])
  })

  test('are those, too, that others start in their place', () => {
    expect(commandsOf({ command: 'nsenter -t PID -n -- nice -n 19 timeout -k 1 4 ip -j link' })).toEqual([
      'nsenter -t PID -n -- nice -n 19 timeout -k 1 4 ip -j link',
      'nice -n 19 timeout -k 1 4 ip -j link',
      'timeout -k 1 4 ip -j link',
      'ip -j link',
    ])
    expect(commandsOf({ command: "sudo -n sh -c 'exec ss -t 2>&1'" })).toEqual([
      "sudo -n sh -c 'exec ss -t 2>&1'",
      "sh -c 'exec ss -t 2>&1'",
      'ss -t',
    ])
  })

  test('are told once', () => {
    expect(commandsOf({ command: 'a | b' }, { command: 'b; a' })).toEqual(['a', 'b'])
  })

  test('may lie elsewhere', () => {
    const run = { command: 'crictl ps', alsoCalled: ['/opt/bin/crictl', '/usr/local/bin/k3s crictl'] }
    expect(matches(run, '/opt/bin/crictl', 'ps')).toBe(true)
    expect(matches(run, '/usr/local/bin/k3s', 'crictl', 'ps')).toBe(true)
    expect(matches(run, '/tmp/crictl', 'ps')).toBe(false)
  })
})

describe('a pattern for arguments', () => {
  test('is of all of them: no word more, none less, none parted otherwise', () => {
    const run = { command: "grep -B1 'host LOCAL' /proc/net/fib_trie" }
    expect(matches(run, 'grep', '-B1', 'host LOCAL', '/proc/net/fib_trie')).toBe(true)
    expect(matches(run, 'grep', '-B1', 'host', 'LOCAL', '/proc/net/fib_trie')).toBe(false)
    expect(matches(run, 'grep', '-B1', 'host LOCAL', '/proc/net/fib_trie', '/etc/shadow')).toBe(false)
    expect(matches(run, 'grep', '-B1', 'host LOCAL')).toBe(false)
    expect(matches(run, 'grep', '-B1', 'host LOCAL\n', '/proc/net/fib_tries')).toBe(false)
  })

  test('has what only the node knows as what it may be', () => {
    const run = { command: 'cat /proc/PID/net/TABLE -i INTERFACE' }
    expect(matches(run, 'cat', '/proc/4711/net/tcp6', '-i', 'eth0.7@if3')).toBe(true)
    expect(matches(run, 'cat', '/proc/self/net/tcp6', '-i', 'eth0')).toBe(false)
    expect(matches(run, 'cat', '/proc/7/net/../mem', '-i', 'eth0')).toBe(false)
    expect(matches(run, 'cat', '/proc/PID/net/tcp', '-i', 'eth0')).toBe(false)
  })

  test('takes no part of a longer word for that', () => {
    expect(matches({ command: 'a RAPID -PID PIDS' }, 'a', 'RAPID', '-PID', 'PIDS')).toBe(true)
  })

  test('has as many files as a shell finds', () => {
    const run = { command: 'grep x /proc/[0-9]*/comm' }
    expect(matches(run, 'grep', 'x', '/proc/1/comm', '/proc/22/comm')).toBe(true)
    expect(matches(run, 'grep', 'x', '/proc/[0-9]*/comm')).toBe(false)
    expect(matches(run, 'grep', 'x', '/proc/1/root/comm')).toBe(false)
    expect(matches({ command: "grep '[0-9]*'" }, 'grep', '[0-9]*')).toBe(true)
    expect(matches({ command: "grep '[0-9]*'" }, 'grep', '7')).toBe(false)
    expect(matches({ command: 'ls /proc/PID/fd...' }, 'ls', '/proc/1/fd', '/proc/2/fd')).toBe(true)
  })

  test('has a long word of ours letter by letter, and one that is shown on one line but for its white space', () => {
    const program = '\nBEGIN { x = "PID" }\n  { y }\n'
    expect(matches({ command: 'awk PROGRAM', where: { PROGRAM: program } }, 'awk', program)).toBe(true)
    expect(matches({ command: 'awk PROGRAM', where: { PROGRAM: program } }, 'awk', program.trim())).toBe(false)
    expect(matches({ command: "awk 'a { b } c'" }, 'awk', '\na {\n  b\n}\nc')).toBe(true)
    expect(matches({ command: "awk 'a { b } c'" }, 'awk', 'a {b} c')).toBe(false)
  })

  test('matches the words that it was made of, whatever they are', () => {
    const word = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\0A-Z\s]/.test(text))
    fc.assert(
      fc.property(fc.array(word), word, (words, other) => {
        const quoted = words.map((text) => `'${text.replaceAll("'", String.raw`'\''`)}'`).join(' ')
        const matcher = matcherOf(programsIn([{ command: `program ${quoted}` }]))
        expect(matcher(['program', ...words])).toBe(true)
        expect(matcher(['program', ...words, other])).toBe(false)
        expect(matcher(['program', ...words.slice(1)])).toBe(words.length === 0)
      }),
    )
  })
})
