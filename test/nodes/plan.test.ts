import { describe, expect, test } from 'vitest'
import { planOf, sectionOf } from '../../source/nodes/plan.ts'
import type { Probe } from '../../source/nodes/probe.ts'
import { probes } from '../../source/nodes/probes.ts'
import type { Take } from '../../source/nodes/sampler/take.ts'
import { feed, framesOf, greeting, listen } from './sampler/protocol.ts'

const whole = (file: string): Take => ({ kind: 'whole', file, every: 1 })
const probe = (name: string, takes: Probe['takes']): Probe => ({ name, takes, tiers: [] })

describe('the plan of what is read', () => {
  test('reads what several probes want in the same form once', () => {
    const plan = planOf([
      probe('one', { a: whole('/a'), b: whole('/b') }),
      probe('two', { x: whole('/b'), y: { ...whole('/b'), every: 5 } }),
    ])
    expect(plan.takes.map(({ number, take }) => `${number} ${take.file} ${take.every}`)).toEqual([
      '1 /a 1',
      '2 /b 1',
      '3 /b 5',
    ])
    expect(plan.numbers.map((numbers) => Object.fromEntries(numbers))).toEqual([
      { a: 1, b: 2 },
      { x: 2, y: 3 },
    ])
  })

  test('numbers every take of every probe from 1 on', () => {
    const { takes, numbers } = planOf(probes)
    expect(takes.map(({ number }) => number)).toEqual(takes.map((_, index) => index + 1))
    numbers.forEach((list, index) => {
      expect([...list.keys()]).toEqual(Object.keys(probes[index]?.takes ?? {}))
    })
  })
})

describe('the section of a probe', () => {
  const numbers = new Map([
    ['second', 1],
    ['five', 2],
    ['minute', 3],
  ])

  test('tells lines, freshness and seconds of each take by its name', () => {
    const heard = listen()
    const section = sectionOf(
      numbers,
      () => heard.decoder.held,
      () => heard.frames.length,
    )
    const shown = () =>
      ['second', 'five', 'minute'].map((take) => ({
        lines: section.lines(take),
        fresh: section.fresh(take),
        there: section.there(take),
        seconds: section.seconds(take),
      }))
    feed(heard, greeting())
    const unread = { lines: undefined, fresh: false, there: true, seconds: Number.NaN }
    expect(shown()).toEqual([unread, unread, unread])

    const [first = '', second = ''] = framesOf([
      { uptime: 10, groups: [1, 5], texts: [['a'], undefined, ['never read']] },
      { uptime: 11.5, groups: [1], texts: [['b'], undefined, undefined] },
    ])
    feed(heard, first)
    const absent = { lines: undefined, fresh: true, there: false, seconds: Number.NaN }
    expect(shown()).toEqual([{ lines: ['a'], fresh: true, there: true, seconds: Number.NaN }, absent, unread])
    feed(heard, second)
    expect(shown()).toEqual([
      { lines: ['b'], fresh: true, there: true, seconds: 1.5 },
      { ...absent, fresh: false },
      unread,
    ])
  })

  test('knows no take that the probe did not name', () => {
    const section = sectionOf(
      numbers,
      () => [],
      () => 0,
    )
    expect(() => section.lines('other')).toThrow('no take other in this probe')
  })
})
