import type { Probe } from '../probe.ts'
import { diskProbeTier } from './disk-probe/tier.ts'
import { etcdTier } from './etcd/tier.ts'

/** How long fdatasync takes: as etcd saw it, else as a probe of our own feels it. The device's flush time is another probe. */
export const fdatasyncProbe: Probe = {
  name: 'fdatasync',
  takes: {},
  tiers: [etcdTier, diskProbeTier],
}
