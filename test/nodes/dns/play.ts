import type { Answer } from '../../../source/nodes/dns/answer.ts'
import { createDnsCounter, type DnsReading } from '../../../source/nodes/dns/counter.ts'
import { clean } from '../../../source/text/clean.ts'

export const wall = 1_700_000_000
export const pod = '10.244.1.2'
export const coredns = '10.244.1.3'
export const remote = '10.244.2.9'
export const own = (address: string) => address.startsWith('10.244.1.')

/** An answer to a pod of this node, `at` seconds after the start. */
export const answer = (at: number, more: Partial<Answer> = {}): Answer => ({
  server: '10.96.0.10',
  client: pod,
  clientPort: 40_000,
  id: 1,
  rcode: 0,
  name: clean('api.example.com'),
  type: 1,
  ...more,
  at: wall + at,
})

export const podCounter = () => createDnsCounter({ vantage: 'pods', own })

/** Ticks once a second from `phase` on; each answer is counted before the first tick after its arrival. */
export const play = (
  counter: ReturnType<typeof podCounter>,
  arrivals: readonly { answer: Answer; arrival: number }[],
  until: number,
  phase = 0,
): DnsReading[] => {
  const waiting = [...arrivals].sort((a, b) => a.arrival - b.arrival)
  return Array.from({ length: until + 1 }, (_, index) => {
    const tick = index + phase
    while (waiting[0] !== undefined && waiting[0].arrival <= tick) {
      const [next] = waiting.splice(0, 1)
      if (next) counter.add(next.answer)
    }
    return counter.complete(tick, true)
  })
}

export const promptly = (answers: readonly Answer[]) => answers.map((one) => ({ answer: one, arrival: one.at - wall }))

/** The reading that told of each second. */
export const bySecond = (readings: readonly DnsReading[]): Map<number, DnsReading> =>
  new Map(
    readings.flatMap((reading) =>
      reading.second === undefined || reading.lookups === undefined ? [] : [[reading.second, reading]],
    ),
  )

/** All answers that were told. */
export const total = (readings: readonly DnsReading[], role: 'lookups' | 'served' | 'upstream'): number =>
  readings.reduce((sum, { [role]: figure }) => {
    if (figure === undefined || 'missing' in figure) return sum
    return sum + figure.value * figure.window
  }, 0)
