import type { Missing } from '../../../events/origin.ts'
import { clean } from '../../../text/clean.ts'
import type { NodeFlags, Section } from '../../probe.ts'
import type { Taken } from '../../taken.ts'
import { decimal } from '../decimal.ts'

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

/** A block device of /proc/diskstats. `flushes` finished and the milliseconds spent on them: NaN if they are not counted. */
export interface Disk {
  readonly number: string
  readonly name: string
  readonly flushes: number
  readonly milliseconds: number
}

/** Reads a line of the take `disks`. */
const diskOf = (line: string): Disk => {
  const [major = '', minor = '', name = '', flushes, milliseconds] = line.split(' ')
  return { number: `${major}:${minor}`, name, flushes: decimal(flushes), milliseconds: decimal(milliseconds) }
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
  readonly disk: Disk
  /** What to call it. */
  readonly details: Taken['details']
  /** All devices: a line of the take `disks` each, without its figures. */
  readonly devices: readonly string[]
  /** Where the disk stands among them; -1: to be chosen anew, because a device below or above it may begin to count. */
  readonly row: number
}

/** The disk to read, or why there is none. */
export type Choice = Chosen | { readonly missing: Missing; readonly advice: string }

const instead = 'ask for --with disk-probe to see what fdatasync feels'

const isOf = (line: string, device: string): boolean =>
  line.startsWith(device) && line.charCodeAt(device.length) === blank

/**
 * The same choice with figures of now; undefined where something has changed that a choice depends on: mounts, devices, or
 * whether the disk counts flushes.
 */
export const chooseAgain = (before: Chosen | undefined, section: Section): Chosen | undefined => {
  const lines = section.lines('disks')
  if (before === undefined || lines === undefined || section.fresh('mounts') || section.fresh('blocks'))
    return undefined
  const { devices, details, row } = before
  if (lines.length !== devices.length || !devices.every((device, index) => isOf(lines[index] ?? '', device)))
    return undefined
  const line = lines[row]
  const disk = line === undefined ? undefined : diskOf(line)
  return disk === undefined || Number.isNaN(disk.flushes) ? undefined : { disk, details, devices, row }
}

/** Chooses the disk whose flushes tell most of etcd, or of the node where there is no etcd. */
export const chooseDisk = (section: Section, flags: NodeFlags): Choice => {
  const disks = section.lines('disks')?.map(diskOf)
  if (disks === undefined) return { missing: 'no-kernel', advice: `/proc/diskstats cannot be read: ${instead}` }
  const folder = folders.find((path) => flags.paths.has(path)) ?? '/'
  const mount = mountHolding(section.lines('mounts') ?? [], folder)
  if (mount === undefined) return { missing: 'no-data', advice: `no mount is seen that holds ${folder}: ${instead}` }
  const device = disks.find(({ number }) => number === mount.number)
  if (device === undefined)
    return { missing: 'no-data', advice: `${folder} is on ${mount.filesystem}: no block device; ${instead}` }
  return countingDisk(device.name, folder, disks, section.lines('blocks') ?? [])
}

const countingDisk = (device: string, folder: string, disks: readonly Disk[], blocks: readonly string[]): Choice => {
  const caches = new Map(blocks.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))
  const wholes = caches.size > 0 ? [...caches.keys()] : disks.map(({ name }) => name)
  const own = disks.find(({ name }) => name === wholeDisk(device, wholes))
  if (own === undefined || Number.isNaN(own.flushes))
    return { missing: 'no-kernel', advice: `flushes are counted from Linux 5.5 on: ${instead}` }
  const silent = isStacked(own.name) && own.flushes === 0
  // Below a mapped device lies the only real disk there is; among several nobody says which.
  const real = wholes.filter((name) => !isStacked(name))
  const disk = silent ? disks.find(({ name }) => real.length === 1 && name === real[0]) : own
  if (disk === undefined)
    return {
      missing: 'no-data',
      advice: `${own.name} under ${folder} counts no flushes, the disks below it do: ${instead}`,
    }
  if (caches.get(disk.name) === 'write through')
    return { missing: 'not-applicable', advice: `${disk.name} is write-through and needs no flushes: ${instead}` }
  const words = silent
    ? `${disk.name}, the only disk, below ${own.name} under ${folder}`
    : `${own.name} under ${folder}`
  return {
    disk,
    details: new Map([['flush.mean', { words: clean(words), scope: 'machine' }]]),
    devices: disks.map(({ number, name }) => `${number.replace(':', ' ')} ${name}`),
    row: disks.some(({ name }) => isStacked(name)) ? -1 : disks.indexOf(disk),
  }
}
