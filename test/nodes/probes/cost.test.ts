import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { metricOf } from '../../../source/metrics/catalogue.ts'
import type { Connection } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { planOf } from '../../../source/nodes/plan.ts'
import { costProbe, parseStat, samplerTimes } from '../../../source/nodes/probes/cost.ts'
import { feederStat } from '../../../source/nodes/sampler/bootstrap.ts'
import { openSampler } from '../../../source/nodes/sampler/session.ts'
import { nothingTaken } from '../../../source/nodes/taken.ts'
import { type Marked, mark } from '../processes.ts'
import { demand } from '../sampler/awks.ts'
import { contextOf, sectionsOf } from '../section.ts'
import { lastTaken, valueOf } from './recorded.ts'

/** A stat line of a process that started 100 s after boot and took these clock ticks. */
const stat = (pid: number, user: number, system = 0): string =>
  `${pid} (a) wk) R 1 1 1 0 -1 0 0 0 0 0 ${user} ${system} 9 9 20 0 1 0 10000 0 0\n`

const own = '/proc/self/stat'
const reading = (uptime: number, files: Readonly<Record<string, string>>) => ({ uptime, files })

describe('what kntop costs a node', () => {
  test('is what the sampler and its feeder took since the window began, as a share of a core', () => {
    const taken = lastTaken(costProbe, [
      reading(1000, { [own]: stat(77, 10, 5), [feederStat]: stat(76, 2) }),
      reading(1005, { [own]: stat(77, 11, 6), [feederStat]: stat(76, 3) }),
      reading(1010, { [own]: stat(77, 12, 6), [feederStat]: stat(76, 4) }),
    ])
    // 5 ticks of 10 ms within 10 s.
    expect(valueOf(taken, 'kntop.node_cpu')).toBeCloseTo(0.5, 9)
  })

  test('raises no band while the window is mostly of the start', () => {
    const least = metricOf('kntop.node_cpu').denominator?.least ?? 0
    const until = (seconds: number) =>
      lastTaken(
        costProbe,
        Array.from({ length: seconds / 5 + 1 }, (_, index) => reading(1000 + 5 * index, { [own]: stat(77, 10) })),
      ).observations[0] ?? Number.NaN
    expect(until(45)).toBeLessThan(least)
    expect(until(60)).toBeGreaterThanOrEqual(least)
  })

  test('holds what commands took', () => {
    let spent = 0
    const readings = [reading(1000, { [own]: stat(77, 10) }), reading(1010, { [own]: stat(77, 10) })]
    const sections = sectionsOf(costProbe.takes, readings)
    const [tier] = costProbe.tiers
    if (tier?.kind !== 'files') throw new Error('no tier that reads files')
    const state: unknown = tier.begin()
    const shares = Array.from(sections, (section) => {
      spent += 0.1
      const taken = nothingTaken()
      tier.step(state, section, taken, contextOf(section, { commandSeconds: spent }))
      return valueOf(taken, 'kntop.node_cpu')
    })
    expect(shares[1]).toBeCloseTo(1, 9)
  })

  test('is a gap at first, and where the sampler cannot tell', () => {
    expect(valueOf(lastTaken(costProbe, [reading(1000, { [own]: stat(77, 10) })]), 'kntop.node_cpu')).toBeNaN()
    const unreadable = [reading(1000, { [feederStat]: stat(76, 2) }), reading(1005, { [feederStat]: stat(76, 3) })]
    expect(valueOf(lastTaken(costProbe, unreadable), 'kntop.node_cpu')).toBeNaN()
  })

  test('counts an awk that nothing feeds once, and does not count a feeder that is no process', () => {
    expect(samplerTimes(stat(77, 10), stat(77, 10))?.cpu).toBeCloseTo(0.1, 9)
    expect(samplerTimes(stat(77, 10), 'cpu  1 2 3')?.cpu).toBeCloseTo(0.1, 9)
    expect(samplerTimes(stat(77, 10), stat(76, 3))?.cpu).toBeCloseTo(0.13, 9)
  })
})

describe('of a sampler that runs', () => {
  let folder = ''
  let marked: Marked
  let connection: Connection
  beforeAll(() => demand('bash', 'busybox', 'dash', 'timeout'))
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kntop-cost-'))
    marked = mark()
    connection = await connectLocal()
  })
  afterEach(async () => {
    connection.close()
    await connection.closed
    marked.forget()
    rmSync(folder, { recursive: true, force: true })
  })

  const shells: readonly (readonly [string, (empty: string) => readonly [string, ...string[]]])[] = [
    ['bash', () => ['bash']],
    ['busybox', () => ['busybox', 'sh']],
    ['dash alone, under timeout', (empty) => ['/usr/bin/env', `PATH=${empty}`, '/bin/dash']],
  ]

  /** CPU seconds of every process that is marked, as anybody may read them. */
  const byHand = (): number =>
    marked.now().reduce((sum, pid) => sum + (parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.cpu ?? 0), 0)

  test.each(shells)('every process of ours is counted: %s', async (_, shell) => {
    const { takes } = planOf([costProbe])
    let arrived: () => void = () => undefined
    const sampler = await openSampler({
      connection,
      takes,
      onFrame: () => arrived(),
      signal: new AbortController().signal,
      shell: shell(folder),
    })
    const line = (file: string): string =>
      sampler.held.find((held) => held?.take.file === file)?.lines[0] ?? 'nothing was read'
    /** Asks so many times; gives what kntop makes of the last answer, and what stood there before and after it. */
    const ask = async (times: number) => {
      for (let time = 1; time < times; time += 1) await answer()
      const before = byHand()
      await answer()
      return { before, ours: samplerTimes(line(own), line(feederStat))?.cpu ?? Number.NaN, after: byHand() }
    }
    const answer = (): Promise<void> =>
      new Promise((resolve, reject) => {
        arrived = resolve
        void sampler.ended.then((why) => reject(new Error(why)))
        sampler.tick([5])
      })

    const from = await ask(1)
    const to = await ask(1500)
    // What started the others waits for them, and costs nothing any more.
    const pids = [line(own), line(feederStat)].map((text) => Number.parseInt(text, 10))
    expect(new Set(pids).size).toBe(2)
    expect(marked.now().filter((pid) => !pids.includes(pid) && pid !== sampler.hello.pid)).toEqual([])
    expect(to.ours - from.ours).toBeGreaterThanOrEqual(to.before - from.after - 1e-9)
    expect(to.ours - from.ours).toBeLessThanOrEqual(to.after - from.before + 1e-9)
  })
})
