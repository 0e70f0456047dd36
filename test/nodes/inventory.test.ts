import { describe, expect, test } from 'vitest'
import { inventory } from '../../source/nodes/inventory.ts'
import type { Entry } from '../../source/nodes/inventory-entry.ts'
import { looks } from '../../source/nodes/namespaces/looks.ts'
import { planOf } from '../../source/nodes/plan.ts'
import type { Probe, ProbeContext, ProbeSettings, Script, Tier } from '../../source/nodes/probe.ts'
import { probes } from '../../source/nodes/probes.ts'
import { knownPaths, knownTools } from '../../source/nodes/sampler/bootstrap.ts'
import { contextOf, sectionsOf } from './section.ts'

const settings: ProbeSettings = { etcdMetrics: ['http://10.0.0.1:2381/metrics'], ownPeers: [] }
const entries = inventory(probes, settings)

const looked = entries.filter(({ kind }) => kind === 'look')

const running = probes.flatMap((probe) =>
  probe.tiers.flatMap((tier) => (tier.kind === 'files' ? [] : [[`${probe.name}, ${tier.tier}`, probe, tier] as const])),
)

/** A node on which every tier finds what it needs. */
const files: Readonly<Record<string, string>> = {
  '/proc/net/dev': 'Inter-|\n face |\n    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n',
  '/etc/resolv.conf': 'nameserver 127.0.0.53\n',
  '/proc/sys/net/netfilter/nf_conntrack_count': '1\n',
}

const contexts = (probe: Probe): readonly ProbeContext[] => {
  const section = sectionsOf(probe.takes, [{ uptime: 1, files }]).next().value ?? expect.fail('no section')
  const toolSets = [knownTools, ...knownTools.map((missing) => knownTools.filter((tool) => tool !== missing))]
  const sudos = [{}, { sudo: 'commands' }, { sudo: 'root' }] as const
  return [0, 1000].flatMap((uid) =>
    sudos.flatMap((sudo) =>
      toolSets.map((tools) =>
        contextOf(section, {
          flags: { uid, engine: 'awk', paths: new Set<string>(knownPaths), tools: new Set<string>(tools) },
          settings: { ...settings, ...sudo },
        }),
      ),
    ),
  )
}

/** Everything that a tier would run, on nodes of all kinds. */
const given = (probe: Probe, tier: Exclude<Tier, { kind: 'files' }>): readonly Script[] =>
  contexts(probe).flatMap((context) => {
    const wanted = tier.program(context)
    return 'missing' in wanted ? [] : [wanted]
  })

const withoutNode = ({ text, args, sudo }: Script): string =>
  JSON.stringify([text, args.map((arg) => (arg === 'lo' ? 'INTERFACE' : arg)), sudo])

describe('what is listed', () => {
  test.each(running)('%s: everything that it would run, and nothing else', (_, probe, tier) => {
    const listed = new Set(tier.scripts(settings).map(withoutNode))
    expect(new Set(given(probe, tier).map(withoutNode))).toEqual(listed)
  })

  test.each(running)('%s: what is shown is part of what runs', (_, probe, tier) => {
    for (const script of tier.scripts(settings)) {
      const whole = [script.text, ...script.args, ...(script.sudo ?? []).flatMap(({ paths }) => paths)].join(' ')
      const words = (script.shown ?? '').replaceAll("'", '').split(/[\s;]+/)
      // Words that stand for others, for what only the node knows, or for the middle of a program.
      const own = words.filter((word) => !/^$|[A-Z~]{2,}|^~|\.\.\.|^(write|wait|bytes|s|0\.2|2300)$/.test(word))
      expect(own.length).toBeGreaterThan(1)
      for (const word of own) expect(whole.replaceAll("'", ''), `${probe.name}: ${word}`).toContain(word)
    }
  })

  test('is each tier of each probe once, after the sampler, the question who a node is, and what everything begins with', () => {
    const named = ({ probe, tier }: Pick<Entry, 'probe' | 'tier'>): string => `${probe}, ${tier}`
    expect(entries.slice(3, -looked.length).map(named)).toEqual(
      probes.flatMap((probe) => probe.tiers.map(({ tier }) => named({ probe: probe.name, tier }))),
    )
    expect(entries.slice(0, 3).map(({ kind, optIn }) => ({ kind, optIn }))).toEqual([
      { kind: 'sampler', optIn: null },
      { kind: 'identity', optIn: null },
      { kind: 'shell', optIn: null },
    ])
  })

  test('is each look into a namespace once, after how a pod is found', () => {
    expect(looked.map(({ tier }) => tier)).toEqual(['finding', ...looks.map(({ tab }) => tab)])
    expect(entries.slice(-looked.length)).toEqual(looked)
  })

  test.each(looked.flatMap(({ tier, runs }) => runs.map((run) => [tier, run] as const)))(
    '%s: a command that is part of what runs: $command',
    (_, { command, script }) => {
      const plain = (text: string): string => text.replaceAll(/['"]/g, '')
      const words = plain(command)
        .replaceAll('/proc/PID/net/', '$net/')
        .replaceAll('PID', '$pid')
        .split(/[\s;]+/)
      // What else only the node knows stands in capitals; the family of addresses is a word of a loop.
      const own = words.filter((word) => !/[A-Z]{3,}|^-[46]$/.test(word))
      expect(own.length).toBeGreaterThan(1)
      for (const word of own) expect(plain(script)).toContain(word)
    },
  )

  test('of everything that runs, each program that is started, as a pattern for its arguments', () => {
    for (const { probe, tier, runs } of entries)
      for (const { command, programs } of runs) {
        expect(programs.length, `${probe}, ${tier}: ${command}`).toBeGreaterThan(0)
        for (const { pattern } of programs) expect(pattern).toMatch(/^\^.+\$$/s)
      }
  })

  test('every file that the sampler reads, with how often', () => {
    const [sampler] = entries
    const reads = (sampler?.reads ?? []).map(({ file, every }) => `${every} ${file}`)
    const ofNode = planOf(probes).takes.filter(({ take }) => take.kind !== 'namespaces')
    for (const { take } of ofNode) expect(reads).toContain(`${take.every} ${take.file}`)
    for (const file of ['snmp', 'netstat', 'snmp6']) expect(reads).toContain(`5 /proc/PID/net/${file}`)
    expect(reads).toContain('5 /proc/PID/stat')
  })

  test('says of everything that runs what it costs, and of opt-ins their name', () => {
    for (const entry of entries) {
      expect(entry.cost, entry.tier).toMatch(/\w{3}/)
      expect(entry.kind === 'opt-in').toBe(entry.optIn !== null)
    }
  })

  test('shows the URLs that were set', () => {
    const commands = entries.flatMap(({ runs }) => runs.map(({ command }) => command))
    expect(commands.join('\n')).toContain('http://10.0.0.1:2381/metrics')
  })
})
