import { describe, expect, test } from 'vitest'
import type { CommandOutput, ProbeContext } from '../../../../source/nodes/probe.ts'
import { socketsTier as tier } from '../../../../source/nodes/probes/sockets/tier.ts'
import { knownTools } from '../../../../source/nodes/sampler/bootstrap.ts'
import type { Taken } from '../../../../source/nodes/taken.ts'
import { contextOf, sectionsOf } from '../../section.ts'
import { behindOf, observationsOf, valueOf } from '../recorded.ts'

const section = sectionsOf({}, [{ uptime: 1, files: {} }]).next().value
if (section === undefined) throw new Error('no section')

const context = (uid: number, sudo?: 'commands' | 'root', tools: readonly string[] = knownTools): ProbeContext =>
  contextOf(section, {
    flags: { uid, engine: 'awk', paths: new Set(), tools: new Set(tools) },
    settings: { etcdMetrics: [], ownPeers: ['10.0.0.9:22', '[fd00::9]:22'], ...(sudo === undefined ? {} : { sudo }) },
  })

const text = (groups: readonly string[], read = 3, of = 3, left = 0): string =>
  [`namespaces ${read} ${of}`, `sockets 12 ${left}`, 'asked yes 7 0', ...groups, 'end', ''].join('\n')

/** Steps through runs, 10 s apart; what the last one took. */
const afterRuns = (...runs: readonly (string | Partial<CommandOutput>)[]): Taken => {
  let state = tier.start
  let taken: Taken | undefined
  runs.forEach((run, index) => {
    const output = { status: 0, cut: false, seconds: index === 0 ? Number.NaN : 10, text: '' }
    const step = tier.step(state, { ...output, ...(typeof run === 'string' ? { text: run } : run) }, context(0))
    state = step.state
    taken = step.taken
  })
  if (taken === undefined) throw new Error('no runs')
  return taken
}

const shop = 'c 0a60000a0050 0a3200011b58'

describe('the sockets of all namespaces', () => {
  test('give median, least and count over all groups, those of servers among them', () => {
    const taken = afterRuns(text([`${shop} 32 1,64 1,c8 1`, 's 0a3200011b58 - 0 1,12c']))
    expect([valueOf(taken, 'rtt.sockets'), valueOf(taken, 'rtt.p50'), valueOf(taken, 'rtt.min')]).toEqual([
      3, 0.2, 0.05,
    ])
    expect(observationsOf(taken, 'rtt.p50')).toBe(3)
    expect(taken.details.get('rtt.p50')).toMatchObject({ scope: 'node', namespaces: { read: 3, of: 3 } })
  })

  test('are told as groups, clients apart from servers', () => {
    const { sockets } = afterRuns(text([`${shop} 32 1,c8 1,64 1`, 's 0a3200011b58 - 28 1,12c']))
    expect(sockets?.groups).toEqual([
      {
        role: 'client',
        to: { address: '10.96.0.10', port: 80 },
        behind: { address: '10.50.0.1', port: 7000 },
        ...{ sockets: 3, roundTrips: Uint32Array.of(100, 200), least: 50, again: Number.NaN },
      },
      {
        role: 'server',
        at: { address: '10.50.0.1', port: 7000 },
        ...{ sockets: 1, roundTrips: Uint32Array.of(300), least: 40, again: Number.NaN },
      },
    ])
  })

  test('tell what was sent again since the last reading that was one', () => {
    const { sockets } = afterRuns(text([`${shop} 32 5,64,1`]), { status: 142 }, text([`${shop} 32 5,64,4`]))
    expect([sockets?.seconds, sockets?.groups[0]?.again]).toEqual([20, 3])
  })

  test('say what of them was not read', () => {
    const taken = afterRuns(text([`${shop} 32 1,64`], 40, 110, 900))
    expect(behindOf(taken, 'rtt.sockets')?.bound).toBe(1)
    expect(taken.details.get('rtt.sockets')).toEqual({
      ...{ words: '12 of 912 sockets', scope: 'node', namespaces: { read: 40, of: 110 } },
    })
  })

  test('are at least so many where a namespace was not read, and what was sent again in it is of no time', () => {
    const partly = afterRuns(text([`${shop} 32 5,64,1`]), text([], 2, 3), text([`${shop} 32 5,64,40`]))
    expect(partly.sockets?.groups[0]?.again).toBe(0)
    const taken = afterRuns(text([`${shop} 32 1,64`], 2, 3))
    expect(behindOf(taken, 'rtt.sockets')?.bound).toBe(1)
  })

  test('are no figure where nothing was sent and answered', () => {
    const taken = afterRuns(text([`${shop} 0 1 1`]))
    expect(valueOf(taken, 'rtt.sockets')).toBe(0)
    expect(taken.missing.get('rtt.p50')).toMatchObject({ missing: 'no-data' })
  })

  test.each([
    ['refused bits\n', 'no-tool'],
    ['refused machine\n', 'no-tool'],
    ['refused module\n', 'no-kernel'],
    ['refused diag\n', 'no-kernel'],
    ['refused proc\n', 'no-data'],
    ['refused setns Operation not permitted\n', 'denied'],
    ['', 'no-data'],
  ])('are left to the next tier where the program says %j', (output, missing) => {
    const taken = afterRuns(output)
    expect(taken.metrics).toEqual([])
    expect(new Set([...taken.missing.values()].map((absence) => absence.missing))).toEqual(new Set([missing]))
  })
})

describe('who may read them', () => {
  test('is root, also by --sudo root', () => {
    expect(tier.program(context(0))).toMatchObject({ needs: 'root' })
  })

  test.each([undefined, 'commands', 'root'] as const)('is nobody else, with sudo %s', (sudo) => {
    expect(tier.program(context(1000, sudo))).toMatchObject({ missing: 'denied' })
  })

  test('needs perl', () => {
    expect(tier.program(context(0, undefined, ['ss']))).toMatchObject({ missing: 'no-tool' })
  })

  test('tells the program the ends of its own connections as words, never as a part of its text', () => {
    const script = tier.program(context(0))
    expect('args' in script ? script.args.at(-1) : '').toBe('10.0.0.9 22,fd00::9 22')
  })
})
