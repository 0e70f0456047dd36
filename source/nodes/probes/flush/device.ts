import type { Missing } from '../../../events/origin.ts'
import { clean } from '../../../text/clean.ts'
import type { NodeFlags, Section } from '../../probe.ts'
import { type Absences, absences, type Taken } from '../../taken.ts'
import { decimal, readDecimal, wordEnd } from '../decimal.ts'

/** Folders whose disk matters most, best first: etcd's data, else the kubelet's; without any, the root. */
const folders: readonly string[] = [
  '/var/lib/etcd',
  '/var/lib/rancher/k3s/server/db/etcd',
  '/var/lib/rancher/rke2/server/db/etcd',
  '/var/lib/kubelet',
]

/** The folders and all above them: a mount on any of these may be the one that holds the data. */
export const mountPoints: readonly string[] = [
  ...new Set(
    folders.flatMap((folder) =>
      folder.split('/').map((_, depth, parts) => (depth === 0 ? '/' : parts.slice(0, depth + 1).join('/'))),
    ),
  ),
]

/** A block device of /proc/diskstats. `flushes` finished: NaN if they are not counted. */
interface Disk {
  readonly number: string
  readonly name: string
  readonly flushes: number
}

/** Reads a line of the take `disks`. */
const diskOf = (line: string): Disk => {
  const [major = '', minor = '', name = '', flushes] = line.split(' ')
  return { number: `${major}:${minor}`, name, flushes: decimal(flushes) }
}

/** A mount. `number`: major and minor of its device; a filesystem without a block device has major 0. */
export interface Mount {
  readonly number: string
  readonly point: string
  readonly filesystem: string
}

/** Reads a line of the take `mounts`: device numbers, mount point, optional fields, a dash, the filesystem's name. */
const mountOf = (line: string): Mount => {
  const [number = '', point = '', ...rest] = line.split(' ')
  return { number, point, filesystem: rest[rest.indexOf('-') + 1] ?? 'an unknown filesystem' }
}

const holds = (point: string, folder: string): boolean =>
  point === '/' || folder === point || folder.startsWith(`${point}/`)

/** The mount that holds a folder: the one with the longest path, and of several on one path the last, which hides them. */
const mountHolding = (lines: readonly string[], folder: string): Mount | undefined => {
  const mounts = lines.map(mountOf).filter(({ point }) => holds(point, folder))
  const longest = Math.max(...mounts.map(({ point }) => point.length))
  return mounts.findLast(({ point }) => point.length === longest)
}

/**
 * The whole disk that a block device is, or is a partition of; flushes are counted for whole disks only. The kernel names
 * partitions by a number after the disk's name, with a `p` between where that name ends in a digit.
 */
export const wholeDisk = (name: string, disks: readonly string[]): string => {
  const isPartOf = (disk: string) =>
    name.startsWith(disk) && (/\d$/.test(disk) ? /^p\d+$/ : /^\d+$/).test(name.slice(disk.length))
  return disks.includes(name) ? name : (disks.find(isPartOf) ?? name)
}

/** Mapped and raid devices pass flushes on and count none. */
const isStacked = (name: string): boolean => /^(dm-|md)\d/.test(name)
const blank = 32

/** The disk to read. */
export interface Chosen {
  readonly name: string
  /** Where it stands among the devices. */
  readonly row: number
  /** What to call it. */
  readonly details: Taken['details']
}

/** What a device's flushes say of it, as far as a choice depends on it. */
type Counting = 'nothing' | 'none yet' | 'some'

const countingOf = (flushes: number): Counting => {
  if (Number.isNaN(flushes)) return 'nothing'
  return flushes === 0 ? 'none yet' : 'some'
}

/** The disk to read, or why there is none; and what both depend on. */
export interface Choice {
  readonly found: Chosen | Absences
  /** The takes of these names, as they were. */
  readonly mounts: readonly string[]
  readonly blocks: readonly string[]
  /** All devices: a line of the take `disks` each, without its figures. */
  readonly devices: readonly string[]
  /** Where the device that holds the data stands among them, as a whole disk; -1: nowhere. */
  readonly own: number
  readonly counting: Counting
}

export const isDisk = (found: Choice['found']): found is Chosen => 'row' in found

const instead = 'ask for --with disk-probe to see what fdatasync feels'

const noDisk = (missing: Missing, advice: string): Absences =>
  absences(['flush.mean'], missing, `${advice}: ${instead}`)

const isOf = (line: string, device: string): boolean =>
  line.startsWith(device) && line.charCodeAt(device.length) === blank

const areOf = (lines: readonly string[], devices: readonly string[]): boolean => {
  if (lines.length !== devices.length) return false
  for (let row = 0; row < lines.length; row += 1) if (!isOf(lines[row] ?? '', devices[row] ?? '')) return false
  return true
}

/** Reads flushes that finished, and the milliseconds spent on them, of the device in a row: NaN where they are not counted. */
export const readFlushes = (
  lines: readonly string[],
  devices: readonly string[],
  row: number,
  into: number[],
): void => {
  const line = lines[row] ?? ''
  const from = (devices[row]?.length ?? 0) + 1
  const to = wordEnd(line, from)
  readDecimal(line, from, to, into, 0)
  readDecimal(line, to + 1, wordEnd(line, to + 1), into, 1)
}

/** Whether a take has not been read since, or holds the same lines. */
const isAsBefore = (section: Section, take: string, before: readonly string[]): boolean => {
  if (!section.fresh(take)) return true
  const lines = section.lines(take) ?? []
  if (lines.length !== before.length) return false
  for (let row = 0; row < lines.length; row += 1) if (lines[row] !== before[row]) return false
  return true
}

const own = [Number.NaN, Number.NaN]

/** Whether a choice still holds: not where something has changed that it depends on. */
export const stands = ({ mounts, blocks, devices, own: row, counting }: Choice, section: Section): boolean => {
  const lines = section.lines('disks')
  if (lines === undefined || !areOf(lines, devices)) return false
  if (!isAsBefore(section, 'mounts', mounts) || !isAsBefore(section, 'blocks', blocks)) return false
  if (row < 0) return true
  readFlushes(lines, devices, row, own)
  return countingOf(own[0] ?? Number.NaN) === counting
}

/** Chooses the disk whose flushes tell most of etcd, or of the node where there is no etcd. */
export const chooseDisk = (section: Section, flags: NodeFlags): Choice => {
  const disks = (section.lines('disks') ?? []).map(diskOf)
  const devices = disks.map(({ number, name }) => `${number.replace(':', ' ')} ${name}`)
  // Copies: what is held of a node is written in place.
  const mounts = (section.lines('mounts') ?? []).slice()
  const blocks = (section.lines('blocks') ?? []).slice()
  const without = (found: Absences): Choice => ({ found, mounts, blocks, devices, own: -1, counting: 'nothing' })
  if (section.lines('disks') === undefined) return without(noDisk('no-kernel', '/proc/diskstats cannot be read'))
  const folder = folders.find((path) => flags.paths.has(path)) ?? '/'
  const mount = mountHolding(mounts, folder)
  if (mount === undefined) return without(noDisk('no-data', `no mount is seen that holds ${folder}`))
  const device = disks.find(({ number }) => number === mount.number)
  if (device === undefined)
    return without(
      absences(['flush.mean'], 'no-data', `${folder} is on ${mount.filesystem}: no block device; ${instead}`),
    )
  const caches = cachesIn(blocks)
  const wholes = caches.size > 0 ? [...caches.keys()] : disks.map(({ name }) => name)
  const holder = disks.findIndex(({ name }) => name === wholeDisk(device.name, wholes))
  return {
    found: countingDisk(disks, holder, folder, caches, wholes),
    mounts,
    blocks,
    devices,
    own: holder,
    counting: countingOf(disks[holder]?.flushes ?? Number.NaN),
  }
}

/** How each whole disk writes. */
const cachesIn = (blocks: readonly string[]): ReadonlyMap<string, string> =>
  new Map(blocks.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))

const countingDisk = (
  disks: readonly Disk[],
  holder: number,
  folder: string,
  caches: ReadonlyMap<string, string>,
  wholes: readonly string[],
): Choice['found'] => {
  const holding = disks[holder]
  if (holding === undefined || Number.isNaN(holding.flushes))
    return noDisk('no-kernel', 'flushes are counted from Linux 5.5 on')
  const silent = isStacked(holding.name) && holding.flushes === 0
  // Below a mapped device lies the only real disk there is; among several nobody says which.
  const real = wholes.filter((name) => !isStacked(name))
  const row = silent ? disks.findIndex(({ name }) => real.length === 1 && name === real[0]) : holder
  const disk = disks[row]
  if (disk === undefined)
    return noDisk('no-data', `${holding.name} under ${folder} counts no flushes, the disks below it do`)
  if (caches.get(disk.name) === 'write through')
    return noDisk('not-applicable', `${disk.name} is write-through and needs no flushes`)
  const words = silent
    ? `${disk.name}, the only disk, below ${holding.name} under ${folder}`
    : `${holding.name} under ${folder}`
  return { name: disk.name, row, details: new Map([['flush.mean', { words: clean(words), scope: 'machine' }]]) }
}
