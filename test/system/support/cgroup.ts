import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { diskUnder } from './disk.ts'
import { prefix } from './names.ts'

/** Where cgroups that can limit block IO may be: version 1, version 2. */
const cgroupRoots = ['/sys/fs/cgroup/blkio', '/sys/fs/cgroup'] as const

const cgroupOf = (root: string): string => join(root, prefix)

/** Removes our cgroups, wherever they are; what is still in them goes back to where it came from. */
export const removeCgroups = (): void => {
  for (const root of cgroupRoots) {
    const group = cgroupOf(root)
    if (!existsSync(group)) continue
    for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
      writeFileSync(join(root, 'cgroup.procs'), pid)
    rmdirSync(group)
  }
}

/** Lets a process write to the disk under a folder so many times a second, until the test is over. */
export const throttleWrites = (pid: number, folder: string, perSecond: number): void => {
  const isFirst = existsSync(join(cgroupRoots[0], 'blkio.throttle.write_iops_device'))
  const root = isFirst ? cgroupRoots[0] : cgroupRoots[1]
  const group = cgroupOf(root)
  mkdirSync(group)
  onTestFinished(removeCgroups)
  const disk = diskUnder(folder)
  if (isFirst) writeFileSync(join(group, 'blkio.throttle.write_iops_device'), `${disk} ${perSecond}`)
  else writeFileSync(join(group, 'io.max'), `${disk} wiops=${perSecond}`)
  writeFileSync(join(group, 'cgroup.procs'), String(pid))
}
