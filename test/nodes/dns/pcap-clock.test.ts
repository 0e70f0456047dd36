import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPcapClock } from '../../../source/nodes/dns/pcap-clock.ts'

const difference = 1_700_000_000

describe('the clock of captured packets', () => {
  test('is unknown before the first packet', () => {
    const clock = createPcapClock()
    expect([clock.tick(10), clock.tick(11)]).toEqual([
      { now: undefined, stepped: false },
      { now: undefined, stepped: false },
    ])
  })

  test('runs on between packets', () => {
    const clock = createPcapClock()
    clock.saw(difference + 10)
    expect(clock.tick(10).now).toBe(difference + 10)
    expect(clock.tick(25).now).toBe(difference + 25)
  })

  test('is never ahead, at most as far behind as the best packet came late, and does not step for late packets', () => {
    const period = fc.record({
      wait: fc.double({ min: 0.5, max: 10, noNaN: true }),
      age: fc.double({ min: 0, max: 4.9, noNaN: true }),
      quiet: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(period, { maxLength: 40 }), (periods) => {
        const clock = createPcapClock()
        let at = 100
        let best = Number.POSITIVE_INFINITY
        for (const { wait, age, quiet } of periods) {
          at += wait
          if (!quiet) {
            clock.saw(difference + at - age)
            best = Math.min(best, age)
          }
          const { now, stepped } = clock.tick(at)
          expect(stepped).toBe(false)
          expect(now === undefined).toBe(best === Number.POSITIVE_INFINITY)
          const ahead = (now ?? Number.NEGATIVE_INFINITY) - (difference + at)
          expect(ahead).toBeLessThan(1e-6)
          // Within the first minute nothing is learned anew, so the best packet still counts.
          expect(ahead).toBeGreaterThanOrEqual(at < 160 ? -best - 1e-6 : Number.NEGATIVE_INFINITY)
        }
      }),
    )
  })

  test('takes packets that waited for us for old, not for a clock that was set', () => {
    const clock = createPcapClock()
    clock.saw(difference + 10)
    clock.tick(10)
    clock.saw(difference + 11)
    expect(clock.tick(40)).toEqual({ now: difference + 40, stepped: false })
  })

  test('follows a slow drift either way', () => {
    for (const drift of [-0.001, 0.001]) {
      const clock = createPcapClock()
      for (let at = 1; at <= 10_000; at += 1) {
        clock.saw(at * (1 + drift))
        const { now = Number.NaN, stepped } = clock.tick(at)
        expect(stepped).toBe(false)
        expect(Math.abs(now - at * (1 + drift))).toBeLessThan(0.2)
      }
    }
  })

  test.each([3600, -3600, 6, -12])('notices that it was set by %i seconds, once, and follows', (step) => {
    const clock = createPcapClock()
    clock.saw(1000)
    clock.tick(10)
    clock.saw(1001 + step)
    expect(clock.tick(11)).toEqual({ now: 1001 + step, stepped: true })
    clock.saw(1002 + step)
    expect(clock.tick(12)).toEqual({ now: 1002 + step, stepped: false })
  })
})
