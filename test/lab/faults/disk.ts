import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diskUnder } from '../../system/support/disk.ts'
import { cgroupOf } from '../cgroups.ts'
import { folder } from '../names.ts'
import { ofNode } from './fault.ts'

/** Writes a second that the node's own programs have together. */
const writes = 40

const limit = (name: string, perSecond: number): void =>
  writeFileSync(join(cgroupOf('blkio', name), 'blkio.throttle.write_iops_device'), `${diskUnder(folder)} ${perSecond}`)

const part = 'fault-slow-disk'
const rewrite = 'while :; do dd if=/dev/zero of=/var/lib/fault bs=2300 count=1000 oflag=dsync conv=notrunc; done'

export const slowDisk = ofNode({
  name: 'slow-disk',
  what: `the disk takes ${writes} writes a second of the node's programs, and one of them syncs all the time`,
  usual: 'the control plane',
  async on(node) {
    limit(node.name, writes)
    await node.start(part, ['sh', '-c', rewrite])
  },
  async off(node) {
    limit(node.name, 0)
    await node.stop(part)
    await node.run(['rm', '-f', '/var/lib/fault'])
  },
})
