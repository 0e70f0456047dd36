import { describe, expect, test } from 'vitest'
import type { Absence } from '../../source/events/origin.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { type Arbiter, createArbiter } from '../../source/nodes/arbiter.ts'
import { layoutOf } from '../../source/nodes/arbiter-layout.ts'
import { absences, detail, lack, miss, nothingTaken, type Taken, take } from '../../source/nodes/taken.ts'
import { clean } from '../../source/text/clean.ts'

const busy: MetricId = 'cpu.busy'
const steal: MetricId = 'cpu.steal'

const tiers = [
  { tier: 'files', metrics: [busy, steal] },
  { tier: 'command', metrics: [busy], scope: 'machine' },
  { tier: 'opt-in', metrics: [busy, steal], scope: 'pod' },
] as const

const gives = (...metrics: readonly MetricId[]): Taken => {
  const taken = nothingTaken()
  for (const metric of metrics) take(taken, metric, 1)
  return taken
}

const lacks = (...metrics: readonly MetricId[]): Taken => {
  const taken = nothingTaken()
  for (const metric of metrics) miss(taken, metric, 'no-kernel', `no ${metric}`)
  return taken
}

const notAsked: Absence = { missing: 'not-asked', advice: clean('press w') }

/** What the arbiter says of its metrics now, after it said something else. */
const told = (arbiter: Arbiter): Readonly<Record<string, string>> =>
  Object.fromEntries(
    arbiter
      .changes()
      .map(({ metric, origin }) => [
        metric,
        'missing' in origin ? `${origin.missing}: ${origin.advice}` : `${origin.tier} of the ${origin.scope}`,
      ]),
  )

describe('of several tiers that measure one thing', () => {
  type Step = (arbiter: Arbiter) => readonly MetricId[] | undefined
  const accept =
    (tier: number, taken: Taken): Step =>
    (arbiter) => [...arbiter.accept(tier, taken)]
  const refuse =
    (tier: number, absence: Absence): Step =>
    (arbiter) => {
      arbiter.refuse(tier, absence)
      return undefined
    }

  const cases: readonly (readonly [string, readonly Step[], readonly MetricId[], Readonly<Record<string, string>>])[] =
    [
      [
        'the best one speaks',
        [accept(2, gives(busy, steal)), accept(1, gives(busy)), accept(0, gives(busy, steal))],
        [busy, steal],
        { [busy]: 'files of the host', [steal]: 'files of the host' },
      ],
      [
        'the values of a worse one are dropped',
        [accept(0, gives(busy)), accept(1, gives(busy))],
        [],
        { [busy]: 'files of the host' },
      ],
      [
        'a worse one speaks for what the better ones cannot give',
        [accept(0, { ...lacks(busy), ...gives(steal), missing: lacks(busy).missing }), accept(1, gives(busy))],
        [busy],
        { [busy]: 'command of the machine', [steal]: 'files of the host' },
      ],
      ['a worse one speaks until a better one does', [accept(2, gives(busy))], [busy], { [busy]: 'opt-in of the pod' }],
      [
        'the last one that could give it says why nobody does',
        [accept(0, lacks(busy, steal)), accept(1, lacks(busy)), refuse(2, notAsked)],
        [],
        { [busy]: 'not-asked: press w', [steal]: 'not-asked: press w' },
      ],
      [
        'nothing is said as long as one has not spoken that may still give it',
        [accept(0, lacks(busy, steal)), refuse(2, notAsked)],
        [],
        { [steal]: 'not-asked: press w' },
      ],
    ]

  test.each(cases)('%s', (_, steps, counted, origins) => {
    const arbiter = createArbiter(layoutOf(tiers))
    const counts = steps.map((step) => step(arbiter))
    expect(counts.findLast((metrics) => metrics !== undefined)).toEqual(counted)
    expect(told(arbiter)).toEqual(origins)
  })

  test('the one that fell silent gives way, and takes over again when it is back', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    arbiter.accept(0, gives(busy, steal))
    arbiter.accept(1, gives(busy))
    expect(told(arbiter)).toMatchObject({ [busy]: 'files of the host' })
    arbiter.accept(0, lacks(busy))
    expect(arbiter.accept(1, gives(busy)).has(busy)).toBe(true)
    expect(told(arbiter)).toEqual({ [busy]: 'command of the machine' })
    expect(arbiter.accept(0, gives(busy)).has(busy)).toBe(true)
    expect(arbiter.accept(1, gives(busy)).has(busy)).toBe(false)
    expect(told(arbiter)).toEqual({ [busy]: 'files of the host' })
  })

  test('a gap in the values is no change of tier', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    arbiter.accept(0, gives(busy))
    told(arbiter)
    const gap = nothingTaken()
    take(gap, busy, Number.NaN)
    expect(arbiter.accept(0, gap)).toEqual(new Set([busy]))
    expect(arbiter.accept(1, gives(busy))).toEqual(new Set())
    expect(told(arbiter)).toEqual({})
  })
})

describe('a tier is worth running', () => {
  test('while some metric of it is given by no better one', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    expect([0, 1, 2].map((tier) => arbiter.needed(tier))).toEqual([true, false, false])
    arbiter.accept(0, lacks(busy))
    expect([0, 1, 2].map((tier) => arbiter.needed(tier))).toEqual([true, true, false])
    arbiter.accept(1, lacks(busy))
    expect([0, 1, 2].map((tier) => arbiter.needed(tier))).toEqual([true, true, true])
    arbiter.accept(0, gives(busy, steal))
    expect([0, 1, 2].map((tier) => arbiter.needed(tier))).toEqual([true, false, false])
  })

  test('and can ask whether a better one gives a metric', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    arbiter.accept(1, gives(busy))
    expect([0, 1, 2].map((tier) => arbiter.givenAbove(tier, busy))).toEqual([false, false, true])
    expect(arbiter.givenAbove(2, steal)).toBe(false)
  })
})

describe('an origin', () => {
  test('is told once, and again only when it changes', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    arbiter.accept(0, gives(busy))
    expect(told(arbiter)).toEqual({ [busy]: 'files of the host' })
    arbiter.accept(0, gives(busy))
    expect(told(arbiter)).toEqual({})
    const changed = nothingTaken()
    detail(changed, busy, 'eth0', { scope: 'machine', unjudged: true })
    arbiter.accept(0, changed)
    expect(arbiter.changes()).toEqual([
      { metric: busy, origin: { tier: 'files, eth0', scope: 'machine', unjudged: true } },
    ])
    arbiter.accept(0, changed)
    expect(told(arbiter)).toEqual({})
  })

  test('says how many network namespaces were read, and again when that changes', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    const counted = (read: number): readonly unknown[] => {
      const taken = gives(busy)
      detail(taken, busy, '', { scope: 'node', namespaces: { read, of: 9 } })
      arbiter.accept(0, taken)
      return arbiter.changes()
    }
    const origin = (read: number): unknown => ({ tier: 'files', scope: 'node', namespaces: { read, of: 9 } })
    expect(counted(3)).toEqual([{ metric: busy, origin: origin(3) }])
    expect(counted(3)).toEqual([])
    expect(counted(9)).toEqual([{ metric: busy, origin: origin(9) }])
  })

  test('keeps its detail over a time in which nothing was given', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    const first = gives(busy)
    detail(first, busy, 'eth0')
    arbiter.accept(0, first)
    arbiter.accept(0, lacks(busy))
    arbiter.accept(0, gives(busy))
    expect(told(arbiter)).toEqual({ [busy]: 'files, eth0 of the host' })
  })

  test('says how far its tier is stretched', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    arbiter.accept(0, lacks(busy))
    arbiter.accept(1, gives(busy))
    arbiter.stretched(1, 60)
    expect(arbiter.changes()).toContainEqual({
      metric: busy,
      origin: { tier: 'command', scope: 'machine', every: 60 },
    })
    arbiter.stretched(1, undefined)
    expect(told(arbiter)).toEqual({ [busy]: 'command of the machine' })
  })

  test('of what a tier gathers for, and gives others of meanwhile, is what is lacking, not what a lesser tier would take', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    const gathering = gives(steal)
    miss(gathering, busy, 'no-data', '3 of 500 observations')
    arbiter.accept(0, gathering)
    arbiter.accept(1, lacks(busy))
    arbiter.accept(2, lacks(busy))
    expect(told(arbiter)).toMatchObject({ [busy]: 'no-data: 3 of 500 observations' })
  })

  test('is told of each metric when what is given and what is lacking come by turns, and not again while they stay', () => {
    const arbiter = createArbiter(layoutOf(tiers))
    const noSteal = absences([steal], 'no-kernel', 'no steal here')
    const taken = gives(busy)
    lack(taken, noSteal)
    const refused = { [steal]: 'no-kernel: no steal here' }
    const others = (): void => arbiter.refuse(2, noSteal.get(steal) ?? notAsked)
    arbiter.accept(0, taken)
    others()
    expect(told(arbiter)).toEqual({ [busy]: 'files of the host', ...refused })
    for (let second = 0; second < 3; second += 1) {
      expect(arbiter.accept(0, taken)).toBe(arbiter.accept(0, taken))
      expect(told(arbiter)).toEqual({})
    }
    expect(arbiter.accept(0, gives(busy, steal))).toEqual(new Set([busy, steal]))
    expect(told(arbiter)).toEqual({ [steal]: 'files of the host' })
    expect(arbiter.accept(0, taken)).toEqual(new Set([busy]))
    expect(told(arbiter)).toEqual(refused)
  })

  test('that is missing is told again when its reason changes', () => {
    const arbiter = createArbiter(layoutOf([{ tier: 'files', metrics: [busy] }]))
    arbiter.refuse(0, notAsked)
    expect(told(arbiter)).toEqual({ [busy]: 'not-asked: press w' })
    arbiter.refuse(0, { ...notAsked, advice: clean('press w twice') })
    expect(told(arbiter)).toEqual({ [busy]: 'not-asked: press w twice' })
  })
})
