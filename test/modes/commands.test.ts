import { describe, expect, test } from 'vitest'
import { resolve } from '../../source/config/resolve.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'
import { commands, commandsIn } from '../../source/modes/commands.ts'
import { probes } from '../../source/nodes/probes.ts'

const settingsWith = (flags: Parameters<typeof resolve>[0]['flags']) => resolve({ flags, environment: {} }, null)

describe('kntop commands', () => {
  const text = commandsIn('text', settingsWith({}), 'karin')

  test('prints lines of at most 80 columns, without blanks at their end', () => {
    for (const line of text.split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(80)
      expect(line).toBe(line.trimEnd())
    }
  })

  test('refuses an opt-in that is none, as everything else does', async () => {
    await expect(commands(settingsWith({ with: 'disk-prob' }), { output: 'text' })).rejects.toThrow(
      new WrongUse('--with: no opt-in is called "disk-prob" (did you mean disk-probe?)'),
    )
  })

  test('names every tier', () => {
    for (const { name, tiers } of probes) for (const { tier } of tiers) expect(text).toContain(`\n${name}, ${tier}`)
  })

  test('prints JSON: an array of objects with the same fields each', () => {
    const parsed = JSON.parse(commandsIn('json', settingsWith({}), 'karin')) as readonly Record<string, unknown>[]
    expect(parsed.length).toBeGreaterThan(probes.length)
    for (const entry of parsed)
      expect(Object.keys(entry).toSorted()).toEqual([
        ...['cost', 'every', 'kind', 'lease', 'metrics', 'note', 'optIn', 'probe', 'reads', 'runs', 'tier'],
      ])
    const runs = parsed.flatMap(({ runs: one }) => one as readonly Record<string, unknown>[])
    for (const run of runs)
      expect(Object.keys(run).toSorted()).toEqual([
        ...['arguments', 'command', 'needs', 'programs', 'script', 'sudoers', 'under', 'whole'],
      ])
  })

  describe('with --sudo root', () => {
    const settings = settingsWith({ sudo: 'root' })
    const root = commandsIn('text', settings, 'karin')

    test('says that all of it runs under a shell of sudo, in 80 columns', () => {
      expect(root.replaceAll('\n', ' ')).toContain(
        'With --sudo root all of it runs as root, under sudo -n sh, which is EQUAL TO ROOT',
      )
      expect(root).not.toContain('--sudo commands')
      expect(root).toContain('  runs    sudo -n sh: timeout -s KILL 4 conntrack -S\n')
      for (const line of root.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    })

    test('says so of each command in JSON, but of those that come before', () => {
      const entries = JSON.parse(commandsIn('json', settings, 'karin')) as readonly {
        readonly probe: string
        readonly runs: readonly { readonly under: string | null; readonly needs: string }[]
      }[]
      for (const { probe, runs } of entries)
        for (const { under, needs } of runs) {
          expect(under, probe).toBe(['identity', 'shell', 'sudo'].includes(probe) ? null : 'sudo -n sh')
          // No sudo within sudo.
          expect(needs).not.toBe('sudo')
        }
      expect(entries.map(({ probe }) => probe)).toContain('sudo')
    })

    test('counts no sudo for what runs under the one there is', () => {
      const cost = 'costs two programs, 2 ms of CPU on a small machine; '
      const throughSudo = 'through sudo some 15 ms more, and a line in the log; '
      const inOneLine = (output: string): string => output.replaceAll(/\s+/g, ' ')
      expect(inOneLine(root)).toContain(`${cost}less often`)
      for (const sudo of ['none', 'commands'])
        expect(inOneLine(commandsIn('text', settingsWith({ sudo }), 'karin'))).toContain(
          `${cost}${throughSudo}less often`,
        )
    })

    test('says nothing of the kind otherwise', () => {
      for (const sudo of ['none', 'commands'])
        expect(commandsIn('text', settingsWith({ sudo }), 'karin')).not.toContain('sudo -n sh')
    })

    test('names in its fragment what sudo is to start, and the one that is narrower', () => {
      const fragment = commandsIn('sudoers', settings, 'karin')
      expect(fragment).toContain('runs under sudo -n sh')
      expect(fragment).toContain('kntop commands --output sudoers --sudo commands')
    })
  })

  test('prints the fragment for the user, and that for all of kntop only where it is asked for', () => {
    expect(commandsIn('sudoers', settingsWith({}), 'karin')).toContain('KNTOP_USERS = karin\n')
    expect(commandsIn('sudoers', settingsWith({ sudo: 'commands' }), 'karin')).not.toContain('EQUAL TO ROOT')
    expect(commandsIn('sudoers', settingsWith({ sudo: 'root' }), 'karin')).toContain('EQUAL TO ROOT')
  })
})
