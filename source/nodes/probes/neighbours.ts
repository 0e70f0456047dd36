import type { FileTier, Probe, Section } from '../probe.ts'
import { absences, lack, take } from '../taken.ts'
import { decimal } from './decimal.ts'
import { share } from './rates.ts'
import { reading } from './reading.ts'

const families = [
  { entries: 'arp', limit: 'limit4' },
  { entries: 'ndisc', limit: 'limit6' },
] as const

const metric = 'neighbour.fill'

const elsewhere = 'The neighbour tables show in the initial network namespace only: connect to the host.'
const garbage = 'arp_cache, ndisc_cache or gc_thresh3 holds no number here: look at them on the node.'

const notShown = absences([metric], 'not-applicable', elsewhere)
const unknown = absences([metric], 'no-data', garbage)

/** Entries of a family as a percentage of its limit; `absent` where the node shows no such table. */
const fillOf = (section: Section, family: (typeof families)[number]): number | 'absent' | undefined => {
  const entries = reading(section, family.entries)
  const limit = reading(section, family.limit)
  if (entries === undefined || limit === undefined) return undefined
  if (entries === 'absent' || limit === 'absent') return 'absent'
  return share(decimal(entries[0]), decimal(limit[0]))
}

const fileTier: FileTier<null> = {
  kind: 'files',
  tier: 'proc',
  scope: 'machine',
  metrics: [metric],
  begin: () => null,
  step(_, section, taken) {
    let fuller = Number.NEGATIVE_INFINITY
    for (const family of families) {
      const fill = fillOf(section, family)
      if (fill === undefined) return
      if (fill !== 'absent') fuller = Math.max(fuller, fill)
    }
    if (fuller === Number.NEGATIVE_INFINITY) lack(taken, notShown)
    else if (Number.isNaN(fuller)) lack(taken, unknown)
    else take(taken, metric, fuller)
  },
}

const entriesOf = (table: string) =>
  ({ kind: 'hex', file: `/proc/net/stat/${table}`, header: true, sum: [], first: ['entries'], every: 5 }) as const

const limitOf = (protocol: string) =>
  ({ kind: 'whole', file: `/proc/sys/net/${protocol}/neigh/default/gc_thresh3`, every: 5 }) as const

/**
 * The neighbour tables, one for IPv4 and one for IPv6, each shared by all namespaces of the machine; files and limits show
 * in the initial one only. A node without IPv6 is judged by IPv4 alone.
 */
export const neighboursProbe: Probe = {
  name: 'neighbours',
  takes: {
    arp: entriesOf('arp_cache'),
    ndisc: entriesOf('ndisc_cache'),
    limit4: limitOf('ipv4'),
    limit6: limitOf('ipv6'),
  },
  tiers: [fileTier],
}
