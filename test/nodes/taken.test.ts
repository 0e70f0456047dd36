import { expect, test } from 'vitest'
import {
  absences,
  type Detail,
  describe,
  empty,
  lack,
  miss,
  missAll,
  nothingTaken,
  type Taken,
  take,
  takeOver,
} from '../../source/nodes/taken.ts'
import { clean } from '../../source/text/clean.ts'

const said: Detail = { words: clean('host only: hidepid') }
const tcp = ['tcp.resets', 'tcp.retransmit_share'] as const
const udp = ['udp.datagrams_out'] as const

const detailsOf = (metrics: Parameters<typeof describe>[1]) => {
  const taken = nothingTaken()
  describe(taken, metrics, said)
  return taken.details
}

test('what is said of the metrics of two probes is said of all of them', () => {
  expect([...detailsOf(udp).keys()]).toEqual(udp)
  expect([...detailsOf(tcp).keys()]).toEqual(tcp)
  expect(detailsOf(tcp).get('tcp.resets')).toBe(said)
})

test('the same once more is no news: it is the same map', () => {
  expect(detailsOf(tcp)).toBe(detailsOf(tcp))
})

const noModule = absences(['tcp.resets', 'udp.datagrams_out'], 'no-kernel', 'load it')
const noSpeed = absences(['nic.utilisation'], 'no-data', 'the driver tells no speed')
const lacking = (...all: readonly (typeof noModule)[]): Taken['missing'] => {
  const taken = nothingTaken()
  for (const one of all) lack(taken, one)
  return taken.missing
}

test('what is lacking again for the same reasons is no news: it is the same map', () => {
  expect(lacking(noModule)).toBe(noModule)
  expect(lacking(noModule, noSpeed)).toBe(lacking(noModule, noSpeed))
  expect([...lacking(noModule, noSpeed).keys()]).toEqual(['tcp.resets', 'udp.datagrams_out', 'nic.utilisation'])
  expect(lacking(noSpeed).get('nic.utilisation')).toEqual({ missing: 'no-data', advice: 'the driver tells no speed' })
})

test('what is lacking besides leaves what others say as it is', () => {
  const taken = nothingTaken()
  lack(taken, noSpeed)
  miss(taken, 'nic.rx', 'no-data', 'eth0 tells no rx_bytes')
  missAll(taken, ['nic.tx'], 'no-data', 'eth0 tells no tx_bytes')
  expect([...taken.missing.keys()]).toEqual(['nic.utilisation', 'nic.rx', 'nic.tx'])
  expect([...noSpeed.keys()]).toEqual(['nic.utilisation'])
  expect(nothingTaken().missing.size).toBe(0)
})

test('one that is used again says what the last step said, and nothing of the one before', () => {
  const taken = nothingTaken()
  takeOver(taken, 'cpu.busy', 5, 1, 100, -1)
  take(taken, 'cpu.steal', 1, { window: 2 })
  lack(taken, noSpeed)
  describe(taken, udp, said)
  empty(taken)
  takeOver(taken, 'cpu.softirq', 7, 1)
  const { count } = taken
  expect(
    [taken.metrics, taken.values, taken.observations, taken.windows, taken.bounds].map((all) => all.slice(0, count)),
  ).toEqual([['cpu.softirq'], [7], [Number.NaN], [1], [0]])
  expect([taken.missing.size, taken.details.size]).toEqual([0, 0])
})
