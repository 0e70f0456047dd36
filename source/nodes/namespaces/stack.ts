import type { StackLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { decimal } from '../probes/decimal.ts'
import { inNamespace } from './by-hand.ts'
import type { LookKind, Seen } from './look-kind.ts'
import { countersIn } from './stack-files.ts'
import { ratesSince } from './stack-rates.ts'

/** By its inode; where that may not be read by the process that stands for it, and when that began. */
const identityOf = ({ footing, sections }: Seen): string =>
  footing.namespace === undefined
    ? `process ${footing.pid} of ${sections.get('footing')?.[2] ?? ''}`
    : `net:[${footing.namespace}]`

const byHand = ({ footing }: Seen): StackLook['byHand'] => {
  const folder = `/proc/${footing.isHost ? '' : `${footing.pid}/`}net`
  const files = clean(`cat ${['snmp', 'netstat', 'snmp6'].map((file) => `${folder}/${file}`).join(' ')}`)
  // What takes no root first for whoever has none.
  const nstat = inNamespace(footing, ['nstat -asz'])
  return footing.right === 'root' || footing.isHost ? [...nstat, files] : [files]
}

/** The counters of IP, ICMP, TCP and UDP that a namespace keeps, both families. Anybody may read them. */
export const stackLook: LookKind<StackLook> = {
  tab: 'stack',
  every: 5,
  limit: 128 * 1024,
  cost: 'one process, 2 to 3 ms of CPU on a small machine',
  runs: [{ command: 'cat /proc/PID/net/snmp /proc/PID/net/netstat /proc/PID/net/snmp6', needs: 'nothing' }],
  script: `
section uptime; read -r l </proc/uptime && echo "$l"
section files; cat "$net/snmp" "$net/netstat" "$net/snmp6"
`,
  read(seen, before) {
    const { sections, footing, cut } = seen
    const counters = countersIn(sections.get('files') ?? [])
    const uptime = decimal(sections.get('uptime')?.[0]?.split(' ')[0])
    if (counters.length === 0)
      return {
        cause: clean(`/proc/${footing.pid}/net cannot be read: /proc may be mounted with hidepid, or it takes root`),
      }
    const identity = clean(identityOf(seen))
    const six = counters.some(({ name }) => name.startsWith('Ip6'))
    return {
      tab: 'stack',
      footing,
      lacks: [
        ...(six ? [] : [{ what: clean('IPv6'), advice: clean('the kernel of this node has none: no snmp6') }]),
        ...(cut
          ? [{ what: clean('the last counters'), advice: clean('more than 128 KB: run the command by hand') }]
          : []),
      ],
      byHand: byHand(seen),
      uptime,
      identity,
      ...ratesSince({ counters, uptime, identity }, before?.look),
    }
  },
}
