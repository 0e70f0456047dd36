import type { Address } from '../../events/address.ts'
import type { ConntrackLook, Lack } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { childSeconds, shellSeconds } from '../command-answer.ts'
import { withoutModule } from '../kernel-module.ts'
import { decimal } from '../probes/decimal.ts'
import { handCommands, nodeCommands } from './conntrack-by-hand.ts'
import { addressesIn, ownFlowsIn, statIn, tableFlowsIn } from './conntrack-lines.ts'
import { conntrackRuns, conntrackScript, moreAddresses, mostAddresses } from './conntrack-script.ts'
import { type Sums, settingsOf } from './flows-lines.ts'
import { netlink } from './flows-script.ts'
import type { Blind, LookKind, Seen } from './look-kind.ts'

/** CPU of a look, fitted to 1,000 and 100,000 entries as {@link expectedCost} of flows is; busybox's grep takes a little more. */
const cost = { microsecondsAnEntry: 6, milliseconds: 25 } as const

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

/** What was not listed, and why, by what the script wrote instead. */
const reasons: Readonly<Record<string, (command: string) => string>> = {
  right: (command) => `it takes root: ${command}`,
  tool: (command) =>
    `the conntrack tool is not on this node, and its kernel has no /proc/net/nf_conntrack: install conntrack, then ${command}`,
  module: () => withoutModule(netlink),
  square: () =>
    'the conntrack tool is not on this node, and before Linux 6.16 reading /proc/net/nf_conntrack takes time that grows with the square of the table: install conntrack',
}

const brokenLacks = (what: string, sums: Omit<Sums, 'groups'> | undefined): readonly Lack[] => {
  if (sums === undefined || sums.whole < 2) return [lack(`all of ${what}`, 'its listing broke off: look again')]
  return sums.odd > 0 ? [lack(`${sums.odd} entries of ${what}`, `they could not be read, such as: ${sums.said}`)] : []
}

const blind = (cause: string): Blind => ({ cause: clean(cause) })

const millisecondsIn = (lines: readonly string[]): number => {
  const times = lines.join('\n')
  return (shellSeconds(times) + childSeconds(times)) * 1000
}

/** The table of the pod's own namespace: that it has one says the number of its entries. */
const ownOf = ({ sections, footing }: Seen): ConntrackLook['own'] => {
  const stat = statIn(sections.get('stat') ?? [])
  const counted = decimal(sections.get('count')?.[0])
  const entries = stat?.entries ?? counted
  if (footing.isHost || Number.isNaN(entries)) return undefined
  const listed = tableFlowsIn(sections.get('own') ?? [])
  return {
    entries,
    counters: stat?.counters ?? [],
    ...(listed === undefined ? {} : { flows: listed.flows }),
  }
}

const lacksOf = ({ sections, footing }: Seen, way: string, addresses: readonly Address[]): readonly Lack[] => {
  const [first = 'conntrack -L'] = nodeCommands(addresses)
  const reason = reasons[way]
  if (reason !== undefined) return [lack('whose its entries are, as client and as backend', reason(first))]
  if (way === 'ask') return []
  const own = sections.get('own')
  return [
    ...brokenLacks("the node's table", ownFlowsIn(sections.get('flows') ?? [])?.sums),
    ...(own === undefined ? [] : brokenLacks('its own table', tableFlowsIn(own)?.sums)),
    ...(sections.get('addresses')?.includes(moreAddresses) === true
      ? [
          lack(
            'entries of further addresses',
            `no more than ${mostAddresses} of each family are looked for: ${footing.isHost ? 't on its node shows all' : 'conntrack -L'}`,
          ),
        ]
      : []),
  ]
}

/**
 * What connection tracking has of a namespace: the entries of the node's table in which it is the client, and those that it answers,
 * both families; and a table of its own. Live only while so few entries are tracked that a listing costs little.
 */
export const conntrackLook: LookKind<ConntrackLook> = {
  tab: 'conntrack',
  every: 5,
  patience: 60_000,
  limit: 512 * 1024,
  cost: `${cost.milliseconds} ms of CPU and ${cost.microsecondsAnEntry} us an entry of the node's table and of its own, at nice 19; above 20,000 entries after a yes, once`,
  runs: conntrackRuns,
  script: conntrackScript,
  read(seen) {
    const { sections, footing } = seen
    const way = sections.get('way')?.[0] ?? ''
    if (way === 'untracked') return blind('this node tracks no connections: the module nf_conntrack is not loaded')
    if (way === 'awk') return blind('there is no awk on this node, which finds the addresses of a namespace')
    const settings = settingsOf(sections.get('table') ?? [])
    const [entries, maximum] = [settings.get('count'), settings.get('max')]
    if (way === '' || entries === undefined || maximum === undefined)
      return blind('the table could not be read: look again')
    const addresses = addressesIn(sections.get('addresses') ?? [])
    const own = ownOf(seen)
    const listed = ownFlowsIn(sections.get('flows') ?? [])
    return {
      tab: 'conntrack',
      footing,
      lacks: lacksOf(seen, way, addresses),
      byHand: handCommands(seen, way, addresses, (own?.entries ?? 0) > 0),
      addresses,
      entries,
      maximum,
      expectedCost: cost.milliseconds + ((entries + (own?.entries ?? 0)) * cost.microsecondsAnEntry) / 1000,
      isQuestion: way === 'ask',
      ...(listed === undefined ? {} : { flows: listed.flows }),
      ...(sections.has('cost') ? { cost: millisecondsIn(sections.get('cost') ?? []) } : {}),
      ...(own === undefined ? {} : { own }),
    }
  },
}
