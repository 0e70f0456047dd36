import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BandState, calm, judge } from '../../source/metrics/bands.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'
import { type Band, type Levels, severity } from '../../source/metrics/metric.ts'

const origin = 'a test'
const fill: Levels = {
  note: { raise: 70, clear: 65, hold: 3, linger: 10, origin },
  warning: { raise: 80, clear: 75, hold: 3, linger: 10, origin },
  critical: { raise: 90, clear: 85, hold: 3, linger: 10, origin },
}
const untilFull: Levels = { warning: { raise: 900, clear: 1200, hold: 10, linger: 30, origin } }

/** Judges one value a second, from second 0 on. */
const run = (values: readonly number[], levels: Levels, worse: 'higher' | 'lower' = 'higher'): readonly BandState[] => {
  let state = calm
  return values.map((value, second) => {
    state = judge(state, value, second, levels, worse)
    return state
  })
}

const bandsOf = (values: readonly number[], levels = fill): readonly Band[] =>
  run(values, levels).map(({ band }) => band)

const repeat = (value: number, seconds: number): readonly number[] => Array.from({ length: seconds }, () => value)

const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 80 })

describe('a band is entered', () => {
  it('once the value has stood at its level for the hold time, and not before', () => {
    expect(bandsOf(repeat(90, 4))).toEqual(['ok', 'ok', 'ok', 'critical'])
  })

  it('from any state, when the value stands at the worst level for the hold time', () => {
    fc.assert(
      fc.property(values, (before) => {
        expect(bandsOf([...before, ...repeat(90, 4)]).at(-1)).toBe('critical')
      }),
    )
  })

  it('not when the value falls below the level within the hold time', () => {
    expect(new Set(bandsOf([90, 90, 60, 90, 90, 60]))).toEqual(new Set(['ok']))
  })

  it('at once where the hold time is zero', () => {
    const drops: Levels = { critical: { raise: 0.001, clear: 0.001, hold: 0, linger: 15, origin } }
    expect(bandsOf([0, 12, 0], drops)).toEqual(['ok', 'critical', 'critical'])
  })

  it('at once by a value that speaks for the hold time, and not by one that speaks for less', () => {
    const after = (covers: number) => judge(calm, 95, 100, fill, 'higher', true, false, covers).band
    expect([Number.NaN, 2.9, 3, 60].map(after)).toEqual(['ok', 'ok', 'critical', 'critical'])
  })

  it('from above where lower is worse', () => {
    const states = run([...repeat(900, 11), ...repeat(1200, 40), ...repeat(1201, 31)], untilFull, 'lower')
    expect([states[9]?.band, states[10]?.band, states[50]?.band, states.at(-1)?.band]).toEqual([
      'ok',
      'warning',
      'warning',
      'ok',
    ])
  })

  it('after the hold time as well when seconds are made from milliseconds', () => {
    const at = [997.1, 998.1, 999.1, 1000.1]
    expect(at.reduce((state, seconds) => judge(state, 90, seconds, fill, 'higher'), calm).band).toBe('critical')
  })
})

describe('a band is left', () => {
  it('not at once, however long a time the value speaks for', () => {
    const [entered = calm] = run(repeat(95, 4), fill).slice(-1)
    expect(judge(entered, 0, 4, fill, 'higher', true, false, 60).band).toBe('critical')
  })

  it('once the value has stood below the clear level for the linger time, towards the next lower band', () => {
    const bands = bandsOf([...repeat(95, 4), ...repeat(84, 11)])
    expect([bands.at(-2), bands.at(-1)]).toEqual(['critical', 'warning'])
  })

  it('never while the value only moves between clear and raise', () => {
    const between = fc.array(fc.double({ min: 85, max: 89.999, noNaN: true }), { maxLength: 60 })
    fc.assert(
      fc.property(between, (wobble) => {
        expect(new Set(bandsOf([...repeat(95, 4), ...wobble]).slice(3))).toEqual(new Set(['critical']))
      }),
    )
  })

  it('and is not entered either while the value only moves between clear and raise', () => {
    const between = fc.array(fc.double({ min: 65, max: 69.999, noNaN: true }), { maxLength: 60 })
    fc.assert(
      fc.property(between, (wobble) => {
        expect(bandsOf(wobble).every((band) => band === 'ok')).toBe(true)
      }),
    )
  })
})

describe('a band', () => {
  it('is never better for a run of values that is never better', () => {
    const pairs = fc.array(
      fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0, max: 30, noNaN: true })),
      {
        maxLength: 80,
      },
    )
    fc.assert(
      fc.property(pairs, (run) => {
        const milder = bandsOf(run.map(([value]) => value))
        const worse = bandsOf(run.map(([value, more]) => value + more))
        expect(worse.every((band, index) => severity(band) >= severity(milder[index] ?? 'ok'))).toBe(true)
      }),
    )
  })

  it('says since when it has been that bad or worse', () => {
    const states = run([...repeat(85, 10), ...repeat(95, 10), ...repeat(84, 20)], fill)
    expect(
      states.map(({ band, since }) => `${band} ${since}`).filter((text, index, all) => text !== all[index - 1]),
    ).toEqual(['ok undefined', 'warning 3', 'critical 13', 'warning 3'])
  })

  it('remembers nothing while all is calm', () => {
    expect(judge(calm, 10, 5, fill, 'higher')).toBe(calm)
  })

  it('costs no new state while nothing changes', () => {
    fc.assert(
      fc.property(values, (before) => {
        const settled = run([...before, ...repeat(90, 20)], fill).at(-1) ?? calm
        expect(judge(settled, 91, before.length + 20, fill, 'higher')).toBe(settled)
      }),
    )
  })

  it('never rises for a metric that is neither good nor bad', () => {
    expect(judge(calm, 1e9, 5, fill, 'neither')).toBe(calm)
  })
})

describe('a value with too few observations', () => {
  it('raises no band, however long it stands', () => {
    const judged = repeat(95, 60).reduce((state, value, at) => judge(state, value, at, fill, 'higher', false), calm)
    expect(judged).toBe(calm)
  })

  it('still lets one go', () => {
    const raised = repeat(95, 5).reduce((state, value, at) => judge(state, value, at, fill, 'higher'), calm)
    const after = repeat(10, 12).reduce(
      (state, value, at) => judge(state, value, 10 + at, fill, 'higher', false),
      raised,
    )
    expect([raised.band, after.band]).toEqual(['critical', 'ok'])
  })
})

describe('a gap', () => {
  const raised = repeat(95, 5).reduce((state, value, at) => judge(state, value, at, fill, 'higher'), calm)

  it('leaves the band as it is', () => {
    expect(judge(raised, Number.NaN, 7, fill, 'higher')).toBe(raised)
  })

  it('ends the band once the last value has lapsed', () => {
    expect(judge(raised, Number.NaN, 60, fill, 'higher', true, true)).toBe(calm)
  })

  it('does not count towards the hold time when the last value has lapsed', () => {
    const before = judge(calm, 95, 0, fill, 'higher')
    expect(judge(before, 95, 60, fill, 'higher', true, true).band).toBe('ok')
  })
})

describe('the levels of the catalogue', () => {
  it('leave room between entering a band and leaving it, and grow worse in order', () => {
    for (const { id, levels, worse } of catalogue) {
      const sign = worse === 'lower' ? -1 : 1
      const given = [levels.note, levels.warning, levels.critical].filter((level) => level !== undefined)
      const raises = given.map((level) => sign * level.raise)
      const sound = given.every((level) => sign * level.clear <= sign * level.raise)
      expect({ id, sound, raises }).toEqual({ id, sound: true, raises: raises.toSorted((a, b) => a - b) })
    }
  })
})
