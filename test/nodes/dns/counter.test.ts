import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDnsCounter, type Figure } from '../../../source/nodes/dns/counter.ts'
import { answer, bySecond, coredns, own, play, podCounter, promptly, remote, total, wall } from './play.ts'

describe('counting DNS answers', () => {
  test('counts each question: A and AAAA of one name are two', () => {
    const readings = play(podCounter(), promptly([answer(4.2), answer(4.3, { id: 2, type: 28 })]), 9)
    expect(bySecond(readings).get(wall + 4)?.lookups).toEqual({ value: 2, window: 1 })
    expect(bySecond(readings).get(wall + 5)?.lookups).toEqual({ value: 0, window: 1 })
  })

  test('keeps apart what this node serves to others and what its resolver asks upstream', () => {
    const answers = [
      answer(4.1),
      answer(4.2, { server: coredns, client: remote }),
      answer(4.3, { server: '198.51.100.53', client: coredns }),
      answer(4.4, { server: '198.51.100.53', client: coredns, id: 2 }),
      answer(4.5, { server: '198.51.100.53', client: remote }),
    ]
    const reading = bySecond(play(podCounter(), promptly(answers), 9)).get(wall + 4)
    expect([reading?.lookups, reading?.served, reading?.upstream]).toEqual(
      [1, 1, 2].map((value) => ({ value, window: 1 })),
    )
  })

  test('learns who serves DNS from the answers it gives, and forgets it after a minute', () => {
    const counter = createDnsCounter({ vantage: 'pods', own })
    const asked = (at: number) => answer(at, { server: '198.51.100.53', client: coredns, id: at })
    const serves = answer(5.5, { server: coredns })
    const seconds = bySecond(play(counter, promptly([asked(5), serves, asked(6), asked(65), asked(66)]), 75))
    const upstream = [5, 6, 65, 66].map((second) => seconds.get(wall + second)?.upstream)
    expect(upstream).toEqual([0, 1, 1, 0].map((value) => ({ value, window: 1 })))
  })

  test('gives shares of the last minute with their denominator', () => {
    const codes = [3, 3, 3, 2, 0]
    const answers = codes.map((rcode, index) => answer(4 + index, { rcode, id: index }))
    const readings = play(
      podCounter(),
      promptly([...answers, answer(4.5, { server: coredns, client: remote, rcode: 3 })]),
      12,
    )
    expect(readings.at(-1)).toMatchObject({
      nxdomainShare: { value: 60, observations: 5 },
      servfailShare: { value: 20, observations: 5 },
    })
    const later = play(podCounter(), promptly([...answers, answer(66, { id: 9 })]), 72).at(-1)
    expect(later?.nxdomainShare).toEqual({ value: 0, observations: 1, window: 60 })
  })

  test('waits for packets that the kernel hands over in a block, a second late', () => {
    const arrivals = [
      { answer: answer(3.94), arrival: 3.94 },
      { answer: answer(6.99, { id: 2 }), arrival: 7.98 },
    ]
    const reported = play(podCounter(), arrivals, 12, 0.95).filter(({ second }) => second === wall + 6)
    expect(reported.map(({ lookups }) => lookups)).toEqual([{ value: 1, window: 1 }])
  })
})

describe('a second that is complete', () => {
  const jitters = fc.array(fc.double({ min: 0, max: 0.9, noNaN: true }), { minLength: 40, maxLength: 40 })

  test('is told once, however unevenly the figures are asked for', () => {
    fc.assert(
      fc.property(jitters, (jitter) => {
        const counter = podCounter()
        const arrivals = Array.from({ length: 60 }, (_, index) => answer(index / 2 + 0.25, { id: index }))
        const readings = jitter.map((late, index) => {
          const at = index + late
          while (arrivals[0] !== undefined && arrivals[0].at - wall <= at) counter.add(arrivals.shift() ?? answer(0))
          return counter.complete(at, true)
        })
        const told = readings.filter(({ lookups }) => lookups !== undefined && 'value' in lookups)
        const covered = told.flatMap(({ second = 0, lookups }) =>
          Array.from({ length: (lookups as Figure).window }, (_, index) => second - index).toReversed(),
        )
        const first = covered[0] ?? 0
        expect(covered).toEqual(covered.map((_, index) => first + index))
        expect(total(readings, 'lookups')).toBeCloseTo(2 * covered.filter((second) => second < wall + 30).length, 9)
      }),
    )
  })

  test('is no news a second time', () => {
    const readings = play(podCounter(), promptly([answer(4.2)]), 12)
    const counter = podCounter()
    play(counter, promptly([answer(4.2)]), 12)
    expect(readings.at(-1)?.lookups).toEqual({ value: 0, window: 1 })
    expect(counter.complete(12.001, true).lookups).toBeUndefined()
  })

  test('is not held back by the first packet after a long silence', () => {
    const readings = play(podCounter(), promptly([answer(40.5)]), 50)
    const windows = readings.flatMap(({ lookups }) =>
      lookups !== undefined && 'window' in lookups ? [lookups.window] : [],
    )
    expect(Math.max(...windows)).toBeLessThanOrEqual(2)
    expect(total(readings, 'lookups')).toBe(1)
  })
})

describe('seconds without packets', () => {
  test('are 0 while a capture runs, and shares of nothing are missing', () => {
    const readings = play(podCounter(), [], 6)
    expect(readings.at(-1)?.lookups).toEqual({ value: 0, window: 1 })
    expect(readings.at(-1)?.nxdomainShare).toMatchObject({ missing: 'no-data' })
  })

  test('are missing until a capture has run for a whole second', () => {
    const [first, second, third] = play(podCounter(), promptly([answer(0.5), answer(1.5)]), 2)
    for (const reading of [first, second, third]) expect(reading?.lookups).toMatchObject({ missing: 'no-data' })
  })

  test('are not reported for a second of which the capture may have missed the beginning', () => {
    const arrivals = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 120 }), delay: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { maxLength: 60 },
    )
    const phases = fc.double({ min: 2, max: 3, noNaN: true })
    fc.assert(
      fc.property(arrivals, phases, (seen, phase) => {
        const answers = seen.map(({ at, delay }, id) => ({ answer: answer(at / 10, { id }), arrival: at / 10 + delay }))
        for (const [second, { lookups }] of bySecond(play(podCounter(), answers, 14, phase))) {
          const { window, value } = lookups as Figure
          const covered = answers.filter(({ answer: { at } }) => Math.floor(at) > second - window && at < second + 1)
          // Without any packet the clocks are not matched, and seconds are our own.
          expect(value * window).toBeCloseTo(second < wall ? 0 : covered.length, 9)
          // The clocks may first be matched by a packet that was up to 3 s on its way.
          expect(window).toBeLessThanOrEqual(4)
        }
      }),
    )
  })

  test('are missing while no capture runs, and shares start anew after the gap', () => {
    const counter = podCounter()
    play(counter, promptly([answer(4), answer(5, { rcode: 3, id: 2 })]), 10)
    expect(counter.complete(11, false).lookups).toMatchObject({ missing: 'no-data' })
    const after = [12, 13, 14, 15, 16, 17, 18].map((at) => {
      if (at === 15) counter.add(answer(14.5, { id: 3 }))
      return counter.complete(at, true)
    })
    expect(after[0]?.lookups).toMatchObject({ missing: 'no-data' })
    expect(bySecond(after).get(wall + 14)?.lookups).toEqual({ value: 1, window: 1 })
    expect(after.at(-1)?.nxdomainShare).toMatchObject({ value: 0, observations: 1 })
  })
})

describe('trouble', () => {
  test('answers that come more than two seconds behind newer ones are left out, and told', () => {
    const counter = podCounter()
    counter.complete(0, true)
    for (const at of [5, 2.9, 3.1]) counter.add(answer(at, { id: Math.round(at * 10) }))
    const readings = [6, 7, 8, 9].map((at) => counter.complete(at, true))
    expect(readings.at(-1)?.late).toBe(1)
    expect(readings.at(-1)?.nxdomainShare).toMatchObject({ observations: 2 })
  })

  test('a clock that was set is a gap, and counting goes on', () => {
    const arrivals = Array.from({ length: 30 }, (_, index) => {
      const arrival = index + 0.5
      return { answer: answer(arrival < 15 ? arrival : arrival - 3600, { id: index }), arrival }
    })
    const readings = play(podCounter(), arrivals, 30)
    const values = readings.map(({ lookups }) => (lookups && 'value' in lookups ? lookups.value : 'gap'))
    expect(values.slice(8, 15)).toEqual(values.slice(8, 15).map(() => 1))
    expect(values.slice(16, 19)).toEqual(['gap', 'gap', 'gap'])
    expect(values.slice(22)).toEqual(values.slice(22).map(() => 1))
  })

  test('more answers than the table of duplicates holds are counted, and called inexact', () => {
    const counter = createDnsCounter({ vantage: 'pods', own, duplicates: { bytes: 5000 } })
    const flood = Array.from({ length: 500 }, (_, index) => answer(4 + index / 1000, { id: index }))
    const readings = play(counter, promptly(flood), 9)
    expect(bySecond(readings).get(wall + 4)).toMatchObject({ lookups: { value: 500 }, exact: false })
    expect(counter.complete(70, true).exact).toBe(true)
  })

  test('on lo every answer to an address of this machine is a lookup', () => {
    const counter = createDnsCounter({ vantage: 'loopback', own: () => false })
    const local = { server: '127.0.0.1', client: '127.0.0.1' }
    const readings = play(
      counter,
      promptly([answer(4.1, local), answer(4.2, { ...local, id: 2 }), answer(4.3, { client: remote })]),
      9,
    )
    expect(bySecond(readings).get(wall + 4)).toMatchObject({
      lookups: { value: 2 },
      upstream: { value: 0 },
      served: { value: 0 },
    })
  })
})
