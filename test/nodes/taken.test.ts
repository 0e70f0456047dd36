import { expect, test } from 'vitest'
import { type Detail, describe, nothingTaken } from '../../source/nodes/taken.ts'
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
