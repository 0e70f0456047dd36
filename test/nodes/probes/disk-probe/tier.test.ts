import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diskProbeTier } from '../../../../source/nodes/probes/disk-probe/tier.ts'
import { fdatasyncProbe } from '../../../../source/nodes/probes/fdatasync.ts'
import type { Taken } from '../../../../source/nodes/taken.ts'
import { clean } from '../../../../source/text/clean.ts'
import { contextOf, sectionsOf } from '../../section.ts'
import { behindOf, observationsOf, valueOf } from '../recorded.ts'

const [section] = sectionsOf({}, [{ uptime: 1, files: {} }])
if (section === undefined) throw new Error('no section')
const context = contextOf(section)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What each tick takes when these texts arrived before it, one second after the other. */
const ticks = (texts: readonly string[], running = true): readonly Taken[] => {
  let state = diskProbeTier.start
  return texts.map((text, second) => {
    state = diskProbeTier.step(state, bytes(text), 1, context)
    const tick = diskProbeTier.tick(state, 1000 + second, running, context)
    state = tick.state
    return tick.taken
  })
}

const nothing: Taken = diskProbeTier.tick(diskProbeTier.start, 0, false, context).taken
const last = (texts: readonly string[]): Taken => ticks(texts).at(-1) ?? nothing

/** A second of syncs that took so many microseconds. */
const syncs = (...microseconds: readonly number[]): string => microseconds.map((took) => `sync ${took}\n`).join('')
const seconds = (count: number, ...microseconds: readonly number[]) =>
  Array.from({ length: count }, () => syncs(...microseconds))

const windowOf = (taken: Taken, metric: 'fdatasync.mean' | 'fdatasync.p99' | 'fdatasync.slow_share') =>
  behindOf(taken, metric)?.window

describe('the active fdatasync figures', () => {
  it('are the mean and the slowest call of the last five seconds', () => {
    const taken = last([...seconds(10, 90_000), ...seconds(4, 400, 600), syncs(400, 600, 3000)])
    expect(valueOf(taken, 'fdatasync.mean')).toBeCloseTo((10 * 0.5 + 3) / 11, 9)
    expect(valueOf(taken, 'fdatasync.max')).toBe(3)
    expect(observationsOf(taken, 'fdatasync.mean')).toBe(11)
    expect(windowOf(taken, 'fdatasync.mean')).toBe(5)
  })

  it('have a median from ten calls on, and a 99th percentile from five hundred on', () => {
    expect(last(seconds(1, 1000, 1000)).missing.get('fdatasync.p50')?.advice).toContain('2 of 10 observations')
    const early = last(seconds(99, 500, 500, 500, 500, 500))
    expect(early.missing.get('fdatasync.p99')).toMatchObject({ missing: 'no-data' })
    expect(early.missing.get('fdatasync.p99')?.advice).toContain('495 of 500 observations')
    const taken = last([...seconds(99, 500, 500, 500, 500, 500), syncs(9000, 9000, 9000, 9000, 9000), syncs(9000)])
    expect(valueOf(taken, 'fdatasync.p99')).toBe(9)
    expect(valueOf(taken, 'fdatasync.p50')).toBe(0.5)
    expect(windowOf(taken, 'fdatasync.p99')).toBe(101)
  })

  it('forget after five minutes', () => {
    const taken = last([...seconds(20, 50_000), ...seconds(300, 1000, 1000)])
    expect(valueOf(taken, 'fdatasync.slow_share')).toBe(0)
    expect(observationsOf(taken, 'fdatasync.slow_share')).toBe(600)
    expect(windowOf(taken, 'fdatasync.slow_share')).toBe(300)
  })

  it('are carried on over a reconnect, but for what was not counted yet', () => {
    let { state } = { state: diskProbeTier.start }
    const second = (at: number, text: string, source: number): Taken => {
      state = diskProbeTier.step(state, bytes(text), source, context)
      const tick = diskProbeTier.tick(state, at, true, context)
      state = tick.state
      return tick.taken
    }
    second(1000, `on ext4 /var\n${syncs(...new Array<number>(499).fill(1000))}`, 0)
    // Begun in the second of the cut, and never finished.
    state = diskProbeTier.step(state, bytes('sync 77000\nsync 88'), 0, context)
    state = diskProbeTier.carry?.(state) ?? diskProbeTier.start
    const after = second(1060, syncs(2000), 1)
    expect(observationsOf(after, 'fdatasync.p99')).toBe(500)
    expect(windowOf(after, 'fdatasync.p99')).toBe(61)
    // The last five seconds are those of now.
    expect(observationsOf(after, 'fdatasync.mean')).toBe(1)
    expect(valueOf(after, 'fdatasync.max')).toBe(2)
    expect(after.details.get('fdatasync.mean')?.words).toBe('/var on ext4')
  })

  it('count as slow what took more than 8 ms', () => {
    expect(valueOf(last([syncs(8000, 8001, 9000, 100)]), 'fdatasync.slow_share')).toBe(50)
  })

  it('are missing, and never 0, when no call comes back', () => {
    const taken = last([syncs(500), ...Array.from({ length: 5 }, () => '')])
    expect(valueOf(taken, 'fdatasync.mean')).toBeUndefined()
    expect(taken.missing.get('fdatasync.max')).toMatchObject({
      missing: 'no-data',
      advice: expect.stringContaining('hangs'),
    })
  })

  it('say that the probe holds still while the disk is under pressure', () => {
    const taken = last(['pause 35.20\n', 'pause 36.00\n'])
    expect(taken.missing.get('fdatasync.mean')?.advice).toContain(
      'paused while all work waits for the disk 36 % of the time',
    )
    const resumed = last(['pause 35.20\n', syncs(700), ...Array.from({ length: 5 }, () => '')])
    expect(resumed.missing.get('fdatasync.mean')?.advice).toContain('hangs')
  })

  it('name the folder and its filesystem, and a file that could not be allocated', () => {
    const taken = last([`on ext /srv/my data\ngrowing\n${syncs(1)}`])
    expect(taken.details.get('fdatasync.mean')).toEqual({
      words: '/srv/my data on ext, growing file',
      scope: 'machine',
    })
  })

  it('are neither taken nor missed while nothing runs', () => {
    expect(ticks(['', ''], false).at(-1)).toMatchObject({ metrics: [], missing: new Map() })
  })

  it('are read alike however the stream is cut, and from two runs at once', () => {
    const text = bytes(`on xfs /ä\n${syncs(100, 200, 300, 400)}`)
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        let state = diskProbeTier.start
        places.slice(1).forEach((end, index) => {
          for (const source of [1, 2])
            state = diskProbeTier.step(state, text.subarray(places[index], end), source, context)
        })
        const { taken } = diskProbeTier.tick(state, 1, true, context)
        expect(observationsOf(taken, 'fdatasync.mean')).toBe(8)
        expect(valueOf(taken, 'fdatasync.mean')).toBeCloseTo(0.25, 9)
      }),
    )
  })

  it('take no harm from anything else in the stream', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const taken = last([...texts.map((text) => `${text}\n`), syncs(500)])
        expect(valueOf(taken, 'fdatasync.max')).toBeGreaterThanOrEqual(0.5)
      }),
    )
  })
})

describe('the disk probe', () => {
  it('comes after etcd, and neither starts nor goes on where etcd has figures', () => {
    expect(fdatasyncProbe.tiers.map(({ tier }) => tier)).toEqual(['etcd metrics', 'disk probe'])
    const beside = { ...context, has: () => true }
    expect(diskProbeTier.program(beside)).toMatchObject({ missing: 'not-applicable' })
    expect(diskProbeTier.tick(diskProbeTier.start, 1, true, beside).stop).toMatchObject({ missing: 'not-applicable' })
    expect(diskProbeTier.tick(diskProbeTier.start, 1, true, context).stop).toBeUndefined()
  })

  it('passes the folder that was set as an argument', () => {
    const set = { ...context, settings: { ...context.settings, diskProbeFolder: '/srv/x' } }
    expect(diskProbeTier.program(set)).toMatchObject({ args: ['/srv/x', expect.anything(), expect.anything()] })
  })

  it('shows the heart of what it runs in one short line', () => {
    for (const language of ['perl', 'python3']) {
      const program = diskProbeTier.program({ ...context, flags: { ...context.flags, tools: new Set([language]) } })
      const shown = 'shown' in program ? program.shown : ''
      expect(shown).toMatch(
        new RegExp(
          `^timeout 60 ${language} .*2300 bytes; fdatasync.* "\\$\\{XDG_STATE_HOME:-~/.local/state\\}/kntop"$`,
        ),
      )
      expect(clean(shown, 160)).toBe(shown)
    }
  })

  it('needs perl or python3', () => {
    const bare = { ...context, flags: { ...context.flags, tools: new Set(['timeout']) } }
    expect(diskProbeTier.program(bare)).toMatchObject({ missing: 'no-tool' })
  })

  it('tells a refusal from an ending', () => {
    const stderr = clean('bash: warning: setlocale\nkntop: shared with every user: /tmp\n')
    expect(diskProbeTier.ended?.(40, stderr)).toEqual({
      missing: 'not-applicable',
      advice: 'shared with every user: /tmp: name another folder (--disk-probe-folder)',
    })
    expect(diskProbeTier.ended?.(41, clean('kntop: may not write in /x'))).toMatchObject({ missing: 'denied' })
    expect(diskProbeTier.ended?.(42, clean(''))).toMatchObject({ missing: 'no-tool' })
    expect(diskProbeTier.ended?.(127, clean('sh: not found'))).toMatchObject({ missing: 'no-data' })
    for (const quiet of [0, 124, 142, null]) expect(diskProbeTier.ended?.(quiet, clean('Alarm clock'))).toBeUndefined()
  })
})
