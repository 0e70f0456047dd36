import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../source/nodes/dns/answer.ts'
import { createDnsCounter } from '../../../source/nodes/dns/counter.ts'
import { clean } from '../../../source/text/clean.ts'
import { answer, bySecond, coredns, own, play, pod, podCounter, remote, total, wall } from './play.ts'
import { recordedAnswers } from './recordings.ts'

describe('copies of one answer', () => {
  const question = fc.record({
    step: fc.integer({ min: 1, max: 10 }),
    port: fc.constantFrom(40_000, 40_001),
    id: fc.constantFrom(1, 2),
    name: fc.constantFrom('a.example', 'b.example'),
    type: fc.constantFrom(1, 28),
    role: fc.constantFrom('lookups', 'served', 'upstream'),
    rcode: fc.constantFrom(0, 2, 3),
    delays: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
  })
  const phases = fc.double({ min: 0, max: 0.99, noNaN: true })
  const ends = {
    lookups: { server: '10.96.0.10', client: pod },
    served: { server: coredns, client: remote },
    upstream: { server: '198.51.100.53', client: coredns },
  } as const

  test('count once, from overlapping captures and out of order, exactly as a naive count of the answers', () => {
    fc.assert(
      fc.property(fc.array(question, { minLength: 1, maxLength: 60 }), phases, (questions, phase) => {
        let at = 3
        const asked = questions.map(({ step, port, id, name, type, role, rcode }) => {
          at += step / 20
          // Off the edges of seconds, so that a microsecond does not move an answer to another one.
          return {
            role,
            sent: answer(Math.floor(at * 4) / 4 + 0.1, {
              ...ends[role],
              clientPort: port,
              id,
              name: clean(name),
              type,
              rcode,
            }),
          }
        })
        // By this one the address is known to be a server's.
        const answers = [...asked, { role: 'served' as const, sent: answer(1.1, { ...ends.served, id: 3 }) }]
        const key = ({ client, clientPort, id, name, type }: Answer) => [client, clientPort, id, name, type].join()
        const arrivals = answers.flatMap(({ sent }, index) =>
          (questions[index]?.delays ?? [0]).map((delay, copy) => ({
            answer: { ...sent, at: sent.at + copy * 1e-6 },
            arrival: sent.at - wall + delay,
          })),
        )
        const counted: typeof answers = []
        for (const { answer: seen } of [...arrivals].sort((a, b) => a.arrival - b.arrival)) {
          const near = counted.some(({ sent }) => key(sent) === key(seen) && Math.abs(sent.at - seen.at) <= 2)
          const original = answers.find(({ sent }) => key(sent) === key(seen) && Math.abs(sent.at - seen.at) < 0.001)
          if (!near && original) counted.push({ ...original, sent: seen })
        }
        const counter = podCounter()
        const until = Math.ceil(at) + 6
        const readings = play(counter, arrivals, until, phase)
        const seconds = bySecond(readings)
        expect(readings.at(-1)).toMatchObject({ exact: true, late: 0 })
        for (const [second, reading] of seconds) {
          for (const role of ['lookups', 'served', 'upstream'] as const) {
            const here = counted.filter((one) => one.role === role && Math.floor(one.sent.at) === second)
            expect(reading[role]).toEqual({ value: here.length, window: 1 })
          }
        }
        const lookups = counted.filter(({ role }) => role === 'lookups').map(({ sent }) => sent)
        const last = readings.at(-1)
        const within = lookups.filter(
          (one) => Math.floor(one.at) <= (last?.second ?? 0) && Math.floor(one.at) > (last?.second ?? 0) - 60,
        )
        const share = (code: number) =>
          within.length === 0
            ? { missing: 'no-data' }
            : {
                value: (100 * within.filter(({ rcode }) => rcode === code).length) / within.length,
                observations: within.length,
              }
        expect(last).toMatchObject({ nxdomainShare: share(3), servfailShare: share(2) })
        const { names, clients } = counter.tallies(10)
        const named = (wanted: string) => lookups.filter(({ name }) => name === wanted).length
        const expected = ['a.example', 'b.example'].map((name) => [name, named(name)] as const)
        expect(new Map(names.rows.map(({ name, count }) => [name as string, count]))).toEqual(
          new Map(expected.filter(([, count]) => count !== 0)),
        )
        expect(clients.rows.map(({ name }) => name)).toEqual(lookups.length > 0 ? [pod] : [])
      }),
    )
  })

  test.each([
    ['one after the other', (first: Answer[], second: Answer[]) => [...first, ...second]],
    [
      'mixed as they were captured',
      (first: Answer[], second: Answer[]) => [...first, ...second].sort((a, b) => a.at - b.at),
    ],
  ])('count once in a recording of two captures, one taking over from the other: %s', (_, mix) => {
    const recorded = mix([...recordedAnswers('overlap-first.pcap')], [...recordedAnswers('overlap-second.pcap')])
    const start = Math.floor(recorded[0]?.at ?? 0) - 5
    let newest = 0
    const arrivals = recorded.map((one) => {
      newest = Math.max(newest, one.at - start)
      return { answer: one, arrival: newest }
    })
    const counter = createDnsCounter({ vantage: 'pods', own })
    const readings = play(counter, arrivals, 16)
    expect(recorded).toHaveLength(167)
    // dnsperf's own count: 60 by the pod, 20 by the node, 20 by a pod elsewhere, three of five NXDOMAIN; two of five forwarded.
    expect([total(readings, 'lookups'), total(readings, 'served'), total(readings, 'upstream')]).toEqual([80, 20, 40])
    expect(readings.at(-1)?.nxdomainShare).toMatchObject({ value: 60, observations: 80 })
    const { names, clients } = counter.tallies(2)
    expect(clients).toEqual({
      rows: [
        { name: '10.244.1.2', count: 60 },
        { name: '10.244.1.1', count: 20 },
      ],
      left: 0,
    })
    expect(names.rows.map(({ name, count }) => [name, count])).toEqual([
      ['api.example.com', 32],
      ['api.example.com.default.svc.cluster.local', 32],
    ])
    expect(names.left).toBe(16)
  })
})
