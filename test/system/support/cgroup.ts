import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { diskUnder } from './disk.ts'
import { prefix } from './names.ts'

/** Where cgroups that can limit block IO may be: version 1, version 2. */
const cgroupRoots = ['/sys/fs/cgroup/blkio', '/sys/fs/cgroup'] as const

/** Where kubelets put pods, and kntop looks for them: version 1, version 2. */
const podRoots = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'] as const

const cgroupOf = (root: string): string => join(root, prefix)

/** Removes a cgroup and those below it; what is still in one goes to the root of all. */
const remove = (root: string, group: string): void => {
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) remove(root, join(group, entry.name))
  for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
    writeFileSync(join(root, 'cgroup.procs'), pid)
  rmdirSync(group)
}

/** Removes our cgroups, wherever they are; what is still in them goes back to where it came from. */
export const removeCgroups = (): void => {
  for (const root of new Set([...cgroupRoots, ...podRoots]))
    if (existsSync(cgroupOf(root))) remove(root, cgroupOf(root))
}

/** Puts a process where a kubelet with the cgroupfs driver puts that of a pod's container, until the test is over. */
export const asPod = (pid: number, uid: string, container: string): void => {
  const root = existsSync(join(podRoots[0], 'cgroup.procs')) ? podRoots[0] : podRoots[1]
  const group = join(cgroupOf(root), 'kubepods', `pod${uid}`, container)
  mkdirSync(group, { recursive: true })
  onTestFinished(removeCgroups)
  writeFileSync(join(group, 'cgroup.procs'), String(pid))
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
