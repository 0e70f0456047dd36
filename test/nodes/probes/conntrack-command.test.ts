import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CommandOutput, NodeFlags, ProbeContext, Script } from '../../../source/nodes/probe.ts'
import { conntrackProbe } from '../../../source/nodes/probes/conntrack.ts'
import { conntrackCommandTier } from '../../../source/nodes/probes/conntrack-command.ts'
import { conntrackStatistics } from '../../../source/nodes/probes/conntrack-counters.ts'
import type { Taken } from '../../../source/nodes/taken.ts'
import { contextOf, sectionsOf } from '../section.ts'
import { everySecond, type Files, recorded, valueOf, without } from './recorded.ts'

const stat = '/proc/net/stat/nf_conntrack'
const count = '/proc/sys/net/netfilter/nf_conntrack_count'

/** What the tier sees on a node with these files. */
const contextWith = (files: Files, more: Partial<ProbeContext> = {}): ProbeContext => {
  const [section] = sectionsOf(conntrackProbe.takes, everySecond(files))
  if (section === undefined) throw new Error('no section')
  return contextOf(section, more)
}

const flags: NodeFlags = { uid: 0, engine: 'awk', paths: new Set(), tools: new Set(['conntrack', 'timeout']) }
const azure = without(recorded('5.15'), stat)

const line = (cpu: number, drop: number, more = ' clash_resolve=4 chaintoolong=0 '): string =>
  `cpu=${cpu}   \tfound=9 invalid=3 insert=0 insert_failed=0 drop=${drop} early_drop=1 error=0 search_restart=7${more}\n`

const output = (text: string, more: Partial<CommandOutput> = {}): CommandOutput => ({
  text,
  status: 0,
  seconds: 5,
  cut: false,
  ...more,
})

const runs = (context: ProbeContext, ...outputs: readonly CommandOutput[]): Taken | undefined => {
  let state = conntrackCommandTier.start
  return outputs
    .map((one) => {
      const step = conntrackCommandTier.step(state, one, context)
      state = step.state
      return step.taken
    })
    .at(-1)
}

describe('conntrack -S runs', () => {
  test('as root, with the tool, where the kernel shows the counters in no file', () => {
    expect(conntrackCommandTier.program(contextWith(azure, { flags }))).toMatchObject({
      text: expect.stringMatching(/; exec timeout -s KILL 4 conntrack -S$/) as unknown,
      args: [],
    })
  })

  test('never where nothing is tracked: the tool could load the module', () => {
    const context = contextWith(without(azure, count), { flags })
    expect(conntrackCommandTier.program(context)).toMatchObject({ missing: 'no-kernel' })
  })

  test('not beside the file, which has whatever the tool has', () => {
    const context = contextWith(recorded('5.4'), { flags, has: (metric) => metric === 'conntrack.drop' })
    expect(conntrackCommandTier.program(context)).toMatchObject({ missing: 'no-kernel' })
  })

  test('not without a limit of time', () => {
    const tools = new Set(['conntrack'])
    expect(conntrackCommandTier.program(contextWith(azure, { flags: { ...flags, tools } }))).toMatchObject({
      missing: 'no-tool',
      advice: expect.stringContaining('timeout'),
    })
  })

  test('not without the tool, and not for plain users', () => {
    expect(conntrackCommandTier.program(contextWith(azure, { flags: { ...flags, tools: new Set() } }))).toMatchObject({
      missing: 'no-tool',
    })
    expect(conntrackCommandTier.program(contextWith(azure, { flags: { ...flags, uid: 1000 } }))).toMatchObject({
      missing: 'denied',
      advice: expect.stringContaining('root'),
    })
  })

  test('through sudo for a plain user who asked for it, and as it is for root', () => {
    const settings = { etcdMetrics: [], ownPeers: [], sudo: 'commands' } as const
    const plain = contextWith(azure, { flags: { ...flags, uid: 1000 }, settings })
    expect(conntrackCommandTier.program(plain)).toMatchObject({
      sudo: ['/usr/sbin/conntrack', '/usr/bin/conntrack'].map((place) => ({
        paths: ['/usr/bin/timeout'],
        words: ['-s', 'KILL', '4', place, '-S'],
      })),
    })
    expect(conntrackCommandTier.program(contextWith(azure, { flags, settings }))).not.toHaveProperty('sudo')
  })

  test('not for a plain user whom sudo did not make root, in the words of sudo', () => {
    const context = contextWith(azure, {
      flags: { ...flags, uid: 1000 },
      settings: { etcdMetrics: [], ownPeers: [], sudo: 'root' },
    })
    context.sudo.refused('root', 'a password is required')
    expect(conntrackCommandTier.program(context)).toMatchObject({
      missing: 'denied',
      advice: expect.stringMatching(/^sudo: a password is required/),
    })
  })
})

describe('its counters', () => {
  test('add up over CPUs, and give a rate from the second run on', () => {
    const context = contextWith(azure)
    const first = runs(context, output(line(0, 100) + line(1, 7), { seconds: Number.NaN }))
    expect(first && valueOf(first, 'conntrack.drop')).toBeNaN()
    const second = runs(context, output(line(0, 100) + line(1, 7)), output(line(0, 105) + line(1, 22)))
    expect(second && valueOf(second, 'conntrack.drop')).toBe(4)
    expect(second && valueOf(second, 'conntrack.clash_resolve')).toBe(0)
  })

  test('wrap at 2^32, and a reset is a gap', () => {
    const wrapped = runs(contextWith(azure), output(line(0, 4_294_967_290)), output(line(0, 4)))
    expect(wrapped && valueOf(wrapped, 'conntrack.drop')).toBe(2)
    const reset = runs(contextWith(azure), output(line(0, 1000)), output(line(0, 0)))
    expect(reset && valueOf(reset, 'conntrack.drop')).toBeNaN()
  })

  test('that an old tool does not show are no-tool, those of an old kernel no-kernel', () => {
    const old = output(line(0, 1, ' \n'))
    expect(runs(contextWith(azure), old)?.missing.get('conntrack.chaintoolong')).toMatchObject({ missing: 'no-tool' })
    const kernel = without(recorded('5.4'), stat)
    expect(runs(contextWith(kernel), old)?.missing.get('conntrack.chaintoolong')).toMatchObject({
      missing: 'no-kernel',
      advice: expect.stringContaining('5.15'),
    })
  })

  test('of a run that failed or was cut are no-data, and the next run begins with a gap', () => {
    for (const more of [{ status: 1 }, { cut: true }]) {
      const broken = output(line(0, 5), more)
      expect(runs(contextWith(azure), output(line(0, 1)), broken)?.missing.get('conntrack.drop')).toMatchObject({
        missing: 'no-data',
      })
      const after = runs(contextWith(azure), output(line(0, 1)), broken, output(line(0, 9)))
      expect(after && valueOf(after, 'conntrack.drop')).toBeNaN()
    }
  })

  test('of a run that its limit has ended are told as such', () => {
    expect(runs(contextWith(azure), output('', { status: 137 }))?.missing.get('conntrack.drop')).toMatchObject({
      missing: 'no-data',
      advice: expect.stringContaining('did not answer within 4 s'),
    })
  })

  test('are not asked for where the kernel would load a module for it, which is said', () => {
    const { text } = conntrackCommandTier.program(contextWith(azure, { flags })) as Script
    expect(text).toMatch(/^\{ \[ -d \/sys\/module\/nf_conntrack_netlink \].* \|\| \{ echo unloaded; exit 0; \}; exec/)
    expect(runs(contextWith(azure), output('unloaded\n'))?.missing.get('conntrack.drop')).toEqual({
      missing: 'no-kernel',
      advice: 'the kernel has no nf_conntrack_netlink loaded, and kntop loads no module: modprobe nf_conntrack_netlink',
    })
  })

  test('of text that is no such output are missing, never 0', () => {
    for (const text of ['', 'entries 7\nsearched 0\n', 'cpu=\n', 'conntrack v1.4.8: Operation failed\n']) {
      const taken = runs(contextWith(azure), output(text), output(text))
      expect(taken?.metrics).toEqual([])
      expect(taken?.missing.size).toBe(7)
    }
  })

  test('carry the label of a node with Cilium', () => {
    expect(runs(contextWith(azure), output(line(0, 1)))?.details.get('conntrack.drop')?.words).toBe('netfilter only')
  })

  test('any text is read without failing, and sums are finite', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constant(line(3, 17)))), (lines) => {
        for (const sum of conntrackStatistics(lines.join('\n')).values()) expect(Number.isFinite(sum)).toBe(true)
      }),
    )
  })
})
