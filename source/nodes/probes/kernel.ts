import { clean } from '../../text/clean.ts'
import type { FileTier, Probe } from '../probe.ts'
import { fact } from '../taken.ts'
import { reading } from './reading.ts'

/** Where kernels built with CONFIG_DEBUG_INFO_BTF show their types. */
const btf = '/sys/kernel/btf/vmlinux'

const fileTier: FileTier<null> = {
  kind: 'files',
  tier: 'proc',
  metrics: [],
  begin: () => null,
  step(_, section, taken, { flags }) {
    const lines = reading(section, 'release')
    if (lines === undefined) return
    const release = lines === 'absent' ? '' : (lines[0] ?? '')
    if (release !== '') fact(taken, 'kernel.release', clean(release, 128))
    fact(taken, 'kernel.btf', clean(flags.paths.has(btf) ? 'yes' : 'no'))
  },
}

/** Facts of the running kernel. */
export const kernelProbe: Probe = {
  name: 'kernel',
  takes: { release: { kind: 'whole', file: '/proc/sys/kernel/osrelease', every: 60 } },
  tiers: [fileTier],
}
