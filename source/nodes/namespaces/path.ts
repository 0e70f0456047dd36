import type { PathTcp } from '../../events/look-path.ts'
import type { Footing, Lack, PathLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { decimal } from '../probes/decimal.ts'
import { inNamespace } from './by-hand.ts'
import { byteOrderOf } from './kernel-addresses.ts'
import type { Blind, LookKind, Seen } from './look-kind.ts'
import { endsOf, withRates } from './path-interfaces.ts'
import { partnersOf } from './path-partners.ts'
import { pathRuns, pathScript } from './path-script.ts'
import { mostWithInfo } from './socket-bounds.ts'
import { type Told, toldBySs } from './socket-listing.ts'
import { toldByTable } from './socket-table.ts'

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

/** Segments sent, and sent again, by the two lines of TCP in /proc/net/snmp. */
const tcpIn = ([names = '', values = '']: readonly string[] = []): Pick<PathTcp, 'sent' | 'sentAgain'> | undefined => {
  const numbers = values.split(' ')
  const at = (name: string): number => decimal(numbers[names.split(' ').indexOf(name)])
  const [sent, sentAgain] = [at('OutSegs'), at('RetransSegs')]
  return Number.isNaN(sent) || Number.isNaN(sentAgain) ? undefined : { sent, sentAgain }
}

const withWindow = (
  now: Pick<PathTcp, 'sent' | 'sentAgain'>,
  before: PathTcp | undefined,
  seconds: number,
): PathTcp => {
  const [sent, sentAgain] = [now.sent - (before?.sent ?? Number.NaN), now.sentAgain - (before?.sentAgain ?? Number.NaN)]
  return sent >= 0 && sentAgain >= 0 && sent + sentAgain > 0 ? { ...now, window: { seconds, sent, sentAgain } } : now
}

const toldIn = ({ sections }: Seen): readonly Told[] => {
  const lines = sections.get('ss') ?? sections.get('many')
  if (lines !== undefined) return toldBySs(lines)
  const order = byteOrderOf(sections.get('order'))
  return ['tcp', 'tcp6'].flatMap((name) => toldByTable('tcp', sections.get(name) ?? [], order))
}

const lacksOf = ({ sections, footing, cut }: Seen): readonly Lack[] => {
  const byHand = inNamespace(footing, ['ss -tuanpi']).join('')
  return [
    ...(cut ? [lack('the last sockets', 'more than 1 MB: run the commands by hand')] : []),
    ...(sections.has('ss')
      ? []
      : [
          lack(
            'round trips and retransmits of its sockets',
            sections.has('many')
              ? `above ${mostWithInfo} sockets a look leaves them out: ${byHand}`
              : footing.right === 'root'
                ? `it takes iproute2 on this node: ${byHand}`
                : `it takes root: ${byHand}`,
          ),
        ]),
    ...(footing.right === 'root' || footing.isHost
      ? []
      : [lack("the node's end of its cable", `it takes root: ${inNamespace(footing, ['ip link']).join('')}`)]),
  ]
}

/** Whether two looks were into one namespace, by one process: a pod that was started anew counts from 0. */
const isSame = (one: Footing, other: Footing): boolean => one.namespace === other.namespace && one.pid === other.pid

const read = (
  seen: Seen,
  before: { readonly look: PathLook; readonly seconds: number } | undefined,
): PathLook | Blind => {
  const { sections, footing } = seen
  const tcp = tcpIn(sections.get('snmp'))
  if (tcp === undefined)
    return {
      cause: clean(`/proc/${footing.pid}/net cannot be read: /proc may be mounted with hidepid, or it takes root`),
    }
  const told = toldIn(seen).map(({ socket }) => socket)
  const listening = new Set(told.flatMap(({ state, localPort }) => (state === 'LISTEN' ? [localPort] : [])))
  const seconds = before?.seconds ?? 0
  const last = before !== undefined && isSame(before.look.footing, footing) ? before.look : undefined
  const ends = footing.isHost ? {} : endsOf(sections)
  const { inside, outside, bridge } = ends
  const own = outside?.name ?? 'VETH'
  return {
    tab: 'path',
    footing,
    lacks: lacksOf(seen),
    byHand: [
      ...inNamespace(footing, ['ss -tuani', 'nstat -asz TcpOutSegs TcpRetransSegs']),
      ...(footing.isHost ? [] : [...inNamespace(footing, ['ip -s link']), clean(`ip -s link show dev ${own}`)]),
      ...(footing.isHost ? [] : [clean(`tc -s qdisc show dev ${own}`)]),
      ...(bridge === undefined ? [] : [clean(`ip -s link show dev ${bridge.name}`)]),
    ],
    tcp: withWindow(tcp, last?.tcp, seconds),
    ...partnersOf(told, listening),
    ...(inside === undefined ? {} : { inside: withRates(inside, last?.inside, seconds) }),
    ...(outside === undefined ? {} : { outside: withRates(outside, last?.outside, seconds) }),
    ...(bridge === undefined ? {} : { bridge: withRates(bridge, last?.bridge, seconds) }),
  }
}

/** What is measured of the first hops of what a pod sends: its sockets, both ends of its cable, and what that is plugged into. */
export const pathLook: LookKind<PathLook> = {
  tab: 'path',
  every: 5,
  limit: 1024 * 1024,
  cost: 'nsenter, ip, tc and ss, 10 to 15 ms of CPU for a hundred sockets on a small machine',
  runs: pathRuns,
  script: pathScript,
  read,
}
