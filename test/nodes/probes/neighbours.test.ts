import { describe, expect, test } from 'vitest'
import { neighboursProbe } from '../../../source/nodes/probes/neighbours.ts'
import {
  everySecond,
  type Files,
  kernels,
  lastTaken,
  live,
  recorded,
  takenFrom,
  valueOf,
  verdictOn,
  without,
} from './recorded.ts'

const arp = '/proc/net/stat/arp_cache'
const ndisc = '/proc/net/stat/ndisc_cache'
const limit4 = '/proc/sys/net/ipv4/neigh/default/gc_thresh3'
const limit6 = '/proc/sys/net/ipv6/neigh/default/gc_thresh3'

const fillOf = (files: Files): number | undefined =>
  valueOf(lastTaken(neighboursProbe, everySecond(files)), 'neighbour.fill')

describe('the neighbour tables', () => {
  test('entries stand on every line and count once', () => {
    expect(fillOf(recorded('5.10'))).toBeCloseTo((100 * 818) / 1024, 10)
    expect(fillOf(recorded('5.15'))).toBeCloseTo((100 * 1001) / 1024, 10)
  })

  test('the fuller of IPv4 and IPv6 counts, each against its own limit', () => {
    const files = recorded('5.10')
    expect(fillOf({ ...files, [limit6]: '50\n' })).toBe(80)
    expect(fillOf({ ...files, [limit4]: '8180\n', [limit6]: '80\n' })).toBe(50)
  })

  test('a node without IPv6 is judged by IPv4', () => {
    expect(fillOf(without({ ...recorded('5.10'), [limit4]: '1636\n' }, ndisc, limit6))).toBe(50)
  })

  test('every recorded kernel has a fill', () => {
    for (const kernel of kernels) expect(fillOf(recorded(kernel))).toBeGreaterThan(0)
  })

  test('outside the initial namespace it is not applicable, and says where it is', () => {
    const taken = lastTaken(neighboursProbe, everySecond(without(recorded('5.10'), arp, ndisc, limit4, limit6)))
    expect(taken.metrics).toEqual([])
    expect(taken.missing.get('neighbour.fill')).toMatchObject({
      missing: 'not-applicable',
      advice: expect.stringContaining('host'),
    })
  })

  test('garbage and a limit of 0 are no-data, never 0', () => {
    const files = recorded('5.10')
    for (const broken of [
      { ...files, [arp]: '' },
      { ...files, [arp]: 'entries  allocs\nzz 1\n' },
      { ...files, [limit4]: 'many\n' },
      { ...files, [limit6]: '0\n' },
    ]) {
      const taken = lastTaken(neighboursProbe, everySecond(broken))
      expect(taken.metrics).toEqual([])
      expect(taken.missing.get('neighbour.fill')).toMatchObject({ missing: 'no-data' })
    }
  })

  test('a frame in which they were not read says nothing', () => {
    const files = recorded('5.10')
    const [, second] = takenFrom(neighboursProbe, [
      { uptime: 1, files },
      { uptime: 2, files, takes: [] },
    ])
    expect(second?.metrics).toEqual([])
    expect(second?.missing.size).toBe(0)
  })
})

describe('this machine', () => {
  test('its fill is that of a reading of our own, within the few entries that come and go', () => {
    const own = (): number => {
      const files = live(neighboursProbe)
      const fill = (table: string, limit: string): number =>
        (100 * Number(`0x${(files[table] ?? '').split('\n')[1]?.split(' ')[0]}`)) / Number(files[limit])
      return Math.max(...[fill(arp, limit4), fill(ndisc, limit6)].filter((share) => !Number.isNaN(share)))
    }
    const before = own()
    const taken = lastTaken(neighboursProbe, everySecond(live(neighboursProbe)))
    const after = own()
    const verdict = verdictOn(taken, 'neighbour.fill', Math.min(before, after) - 1, Math.max(before, after) + 1)
    expect(verdict).toBe(before === Number.NEGATIVE_INFINITY ? 'not-applicable' : true)
  })
})
