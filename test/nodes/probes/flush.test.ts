import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeFlags } from '../../../source/nodes/probe.ts'
import { wholeDisk } from '../../../source/nodes/probes/flush/device.ts'
import { flushProbe } from '../../../source/nodes/probes/flush.ts'
import { nothingTaken } from '../../../source/nodes/taken.ts'
import { edited, everySecond, type Files, lastTaken, observationsOf, takenFrom, valueOf } from './recorded.ts'

const disk = (numbers: string, name: string, flushes: number, milliseconds: number): string =>
  ` ${numbers.replace(':', '       ')} ${name} 57049 9417 4073666 23378 15642 28203 2818040 14290 0 13864 39033 7302 63 906064 1245 ${flushes} ${milliseconds}\n`

const mount = (numbers: string, point: string, filesystem = 'ext4', optional = 'shared:1 '): string =>
  `27 1 ${numbers} / ${point} rw,relatime ${optional}- ${filesystem} /dev/whatever rw\n`

const node = (
  disks: string,
  mounts: string,
  caches: Readonly<Record<string, string>> = { vda: 'write back' },
): Files => ({
  '/proc/diskstats': disks,
  '/proc/self/mountinfo': mounts,
  ...Object.fromEntries(
    Object.entries(caches).map(([name, cache]) => [`/sys/block/${name}/queue/write_cache`, `${cache}\n`]),
  ),
})

/** A plain node with one disk, after so many flushes. */
const plain = (flushes: number, milliseconds: number): Files =>
  node(disk('254:0', 'vda', flushes, milliseconds), mount('254:0', '/'))

const flagsWith = (...paths: readonly string[]): NodeFlags => ({
  uid: 0,
  engine: 'awk',
  paths: new Set(paths),
  tools: new Set(),
})

const words = (files: Files, flags = flagsWith()): string => {
  const taken = lastTaken(flushProbe, everySecond(files), { flags })
  return taken.details.get('flush.mean')?.words ?? taken.missing.get('flush.mean')?.advice ?? ''
}

const missing = (files: Files, flags = flagsWith()): string | undefined =>
  lastTaken(flushProbe, everySecond(files), { flags }).missing.get('flush.mean')?.missing

describe('the mean flush time', () => {
  it('is a gap at the first reading, and the mean of the flushes from then on', () => {
    const [first, second] = takenFrom(flushProbe, everySecond(plain(1759, 118), plain(1859, 218)))
    expect(first?.values).toEqual([Number.NaN])
    expect(second).toMatchObject({ values: [1], observations: [100], windows: [1] })
  })

  it('follows the disk from second to second, while mounts are read once a minute', () => {
    const root = mount('254:0', '/')
    const vda = (flushes: number, milliseconds: number): string => disk('254:0', 'vda', flushes, milliseconds)
    const sda = disk('8:0', 'sda', 9, 9)
    const each = [
      vda(0, 0),
      vda(10, 30),
      // A device that comes, and the disk that goes, are seen at once.
      sda + vda(30, 50),
      sda + vda(40, 100),
      sda,
      sda + vda(50, 200),
    ]
    const taken = takenFrom(
      flushProbe,
      each.map((disks, index) => ({
        uptime: 1000 + index,
        files: node(disks, root),
        ...(index === 0 ? {} : { takes: ['disks'] }),
      })),
    )
    expect(taken.map((one) => one.values[0])).toEqual([Number.NaN, 3, 50 / 30, 2.5, undefined, Number.NaN])
    expect(taken.map((one) => one.details.get('flush.mean')?.words)).toEqual([
      ...Array.from({ length: 4 }, () => 'vda under /'),
      undefined,
      'vda under /',
    ])
    expect(taken[4]?.missing.get('flush.mean')?.missing).toBe('no-data')
  })

  it('covers the last ten seconds', () => {
    const readings = Array.from({ length: 30 }, (_, second) =>
      plain(second * 10, second < 15 ? second * 100 : 1400 + second * 20),
    )
    expect(lastTaken(flushProbe, everySecond(...readings))).toMatchObject({
      values: [2],
      observations: [100],
      windows: [10],
    })
  })

  it('is a gap, and never 0, where nothing was flushed', () => {
    const taken = lastTaken(flushProbe, everySecond(plain(7, 3), plain(7, 3)))
    expect(taken).toMatchObject({ values: [Number.NaN], observations: [0], windows: [1] })
  })

  it('is only known to be small where the milliseconds of the kernel did not move', () => {
    expect(lastTaken(flushProbe, everySecond(plain(7, 3), plain(11, 3)))).toMatchObject({
      values: [0.25],
      bounds: [-1],
    })
  })

  it('is a gap after the counters went back, and starts again', () => {
    const taken = takenFrom(flushProbe, everySecond(plain(900, 400), plain(910, 440), plain(5, 1), plain(7, 5)))
    expect(taken.map(({ values }) => values[0])).toEqual([Number.NaN, 4, Number.NaN, 2])
    expect(observationsOf(taken[3] ?? nothingTaken(), 'flush.mean')).toBe(2)
  })

  it('goes on when the 32 bits of the milliseconds are full', () => {
    const taken = lastTaken(flushProbe, everySecond(plain(10, 2 ** 32 - 10), plain(20, 30)))
    expect(valueOf(taken, 'flush.mean')).toBe(4)
  })

  it('is neither taken nor missed while its file was not read', () => {
    const [, second] = takenFrom(flushProbe, [
      { uptime: 1, files: plain(1, 1) },
      { uptime: 2, files: plain(2, 2), takes: ['blocks'] },
    ])
    expect(second).toMatchObject({ metrics: [], missing: new Map() })
  })

  it('is the growth of the counters, whatever they are', () => {
    const growth = fc.record({
      flushes: fc.integer({ min: 1, max: 5000 }),
      milliseconds: fc.integer({ min: 1, max: 60_000 }),
    })
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), growth, (flushes, milliseconds, by) => {
        const after = plain(flushes + by.flushes, milliseconds + by.milliseconds)
        const taken = lastTaken(flushProbe, everySecond(plain(flushes, milliseconds), after))
        expect(observationsOf(taken, 'flush.mean')).toBe(by.flushes)
        expect(valueOf(taken, 'flush.mean')).toBeCloseTo(by.milliseconds / by.flushes, 9)
      }),
    )
  })
})

describe('the disk that is read', () => {
  const disks =
    disk('254:0', 'vda', 5, 5) +
    disk('254:1', 'vda1', 0, 0) +
    disk('259:0', 'nvme0n1', 5, 5) +
    disk('259:1', 'nvme0n1p1', 0, 0)
  const caches = { vda: 'write back', nvme0n1: 'write back' }

  it('lies under the root where nothing else is known', () => {
    expect(words(node(disks, mount('254:1', '/') + mount('259:1', '/var'), caches))).toBe('vda under /')
  })

  it("lies under etcd's data, found through the nearest mount above it", () => {
    const mounts = mount('254:1', '/') + mount('259:1', '/var/lib')
    expect(words(node(disks, mounts, caches), flagsWith('/var/lib/etcd', '/var/lib/kubelet'))).toBe(
      'nvme0n1 under /var/lib/etcd',
    )
  })

  it('lies under the data of k3s and RKE2', () => {
    const mounts = mount('254:1', '/') + mount('259:1', '/var/lib/rancher/rke2')
    const path = '/var/lib/rancher/rke2/server/db/etcd'
    expect(words(node(disks, mounts, caches), flagsWith(path))).toBe(`nvme0n1 under ${path}`)
  })

  it('is not that of a mount which only begins alike', () => {
    const mounts = mount('254:1', '/') + mount('259:1', '/var/lib/kubelet')
    expect(words(node(disks, mounts, caches), flagsWith('/var/lib/etcd'))).toBe('vda under /var/lib/etcd')
  })

  it('is that of the last of several mounts on one folder', () => {
    expect(words(node(disks, mount('254:1', '/') + mount('259:1', '/'), caches))).toBe('nvme0n1 under /')
  })

  it('is the whole disk of a partition, by the names that the kernel gives', () => {
    const names = ['sda', 'sdaa', 'nvme0n1', 'nvme0n10', 'mmcblk0', 'dm-1', 'dm-10']
    expect(
      ['sda1', 'sdaa12', 'nvme0n1p2', 'nvme0n10p2', 'mmcblk0p1', 'dm-10', 'dm-1', 'sdb1'].map((name) =>
        wholeDisk(name, names),
      ),
    ).toEqual(['sda', 'sdaa', 'nvme0n1', 'nvme0n10', 'mmcblk0', 'dm-10', 'dm-1', 'sdb1'])
  })

  it('is the only real disk where a mapped device, which counts no flushes, lies on it', () => {
    const mapped = disk('254:0', 'vda', 5, 5) + disk('253:0', 'dm-0', 0, 0)
    const files = node(mapped, mount('253:0', '/'), { vda: 'write back', 'dm-0': 'write back' })
    expect(words(files)).toBe('vda, the only disk, below dm-0 under /')
  })
})

describe('a choice', () => {
  const mapped = (dm: number, vda: number, milliseconds: number): Files =>
    node(disk('254:0', 'vda', vda, milliseconds) + disk('253:0', 'dm-0', dm, milliseconds), mount('253:0', '/'), {
      vda: 'write back',
      'dm-0': 'write back',
    })
  const follow = (...files: readonly Files[]) =>
    takenFrom(
      flushProbe,
      files.map((each, index) => ({ uptime: 1000 + index, files: each, ...(index === 0 ? {} : { takes: ['disks'] }) })),
    ).map((taken) => [
      taken.values[0],
      taken.details.get('flush.mean')?.words ?? taken.missing.get('flush.mean')?.missing,
    ])

  it('falls on the mapped device as soon as that counts flushes itself', () => {
    expect(follow(mapped(0, 5, 5), mapped(0, 9, 9), mapped(2, 9, 9), mapped(4, 9, 15))).toEqual([
      [Number.NaN, 'vda, the only disk, below dm-0 under /'],
      [1, 'vda, the only disk, below dm-0 under /'],
      [Number.NaN, 'dm-0 under /'],
      [3, 'dm-0 under /'],
    ])
  })

  it('is looked at again where a mount or a cache has changed, and stands where they say the same', () => {
    const disks = disk('254:0', 'vda', 5, 5) + disk('8:0', 'sda', 5, 5)
    const caches = { vda: 'write back', sda: 'write back' }
    const taken = takenFrom(
      flushProbe,
      everySecond(
        node(disks, mount('254:0', '/'), caches),
        node(disks, mount('254:0', '/'), caches),
        node(disks, mount('8:0', '/'), caches),
        node(disks, mount('8:0', '/'), { ...caches, sda: 'write through' }),
      ),
    )
    expect(taken.map(({ details }) => details.get('flush.mean')?.words)).toEqual([
      'vda under /',
      'vda under /',
      'sda under /',
      undefined,
    ])
    expect(taken[1]?.details).toBe(taken[0]?.details)
    expect(taken[3]?.missing.get('flush.mean')?.missing).toBe('not-applicable')
  })

  it('is looked at again where flushes begin to be counted, or are no longer', () => {
    const uncounted = plain(0, 0)
    const old = edited(uncounted, '/proc/diskstats', (text) => text.replace(/ 0 0\n/, '\n'))
    expect(follow(old, plain(4, 4), plain(6, 8), old)).toEqual([
      [undefined, 'no-kernel'],
      [Number.NaN, 'vda under /'],
      [2, 'vda under /'],
      [undefined, 'no-kernel'],
    ])
  })
})

describe('no flush time is had', () => {
  it('where a mapped device may lie on one disk or another', () => {
    const mapped = disk('8:0', 'sda', 5, 5) + disk('8:16', 'sdb', 5, 5) + disk('253:0', 'dm-0', 0, 0)
    const caches = { sda: 'write back', sdb: 'write back', 'dm-0': 'write back' }
    expect(missing(node(mapped, mount('253:0', '/'), caches))).toBe('no-data')
  })

  it.each([
    ['overlay', ''],
    ['btrfs', 'shared:1 '],
    ['tmpfs', 'shared:1 master:2 '],
  ])('on %s, which is no block device', (filesystem, optional) => {
    const files = node(disk('254:0', 'vda', 5, 5), mount('0:31', '/', filesystem, optional))
    expect(missing(files)).toBe('no-data')
    expect(words(files)).toContain(`/ is on ${filesystem}: no block device`)
  })

  it('on a disk that writes through', () => {
    expect(missing(node(disk('254:0', 'vda', 0, 0), mount('254:0', '/'), { vda: 'write through' }))).toBe(
      'not-applicable',
    )
  })

  it('before Linux 5.5, which counts none', () => {
    const old = disk('254:0', 'vda', 5, 5).replace(/ 5 5\n/, '\n')
    expect(missing(node(old, mount('254:0', '/')))).toBe('no-kernel')
  })

  it('where /proc shows no disks, or no mounts', () => {
    expect(missing({})).toBe('no-kernel')
    expect(missing({ '/proc/diskstats': disk('254:0', 'vda', 5, 5) })).toBe('no-data')
  })
})
