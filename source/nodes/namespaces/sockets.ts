import type { Lack, Socket, SocketsLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { decimal } from '../probes/decimal.ts'
import { inNamespace } from './by-hand.ts'
import { byteOrderOf } from './kernel-addresses.ts'
import type { Blind, LookKind, Seen } from './look-kind.ts'
import type { Sections } from './sections.ts'
import { mostWithInfo } from './socket-bounds.ts'
import { choose } from './socket-choice.ts'
import { type Holders, holdersIn, holdersOf } from './socket-holders.ts'
import { type Told, toldBySs } from './socket-listing.ts'
import { withRates } from './socket-rates.ts'
import { socketRuns, socketScript, socketsHeld } from './socket-script.ts'
import { toldByTable } from './socket-table.ts'
import { toldByWalk } from './socket-walked.ts'

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

const byHandFor = ({ footing }: Seen, words: string): string => inNamespace(footing, [`ss ${words}`]).join('')

interface Found {
  readonly told: readonly Told[]
  /** How many there are, as far as the node counted them. */
  readonly all: number
  /** Some are left out. */
  readonly isPart: boolean
  readonly lacks: readonly Lack[]
}

/** How ss ended, by its last line; NaN where that is not there. */
const statusOf = (lines: readonly string[]): number =>
  decimal(lines.findLast((line) => line.startsWith('end '))?.slice(4))

const failed = (lines: readonly string[], cut: boolean): Blind | undefined => {
  const status = statusOf(lines)
  if (status === 0 || (cut && Number.isNaN(status))) return undefined
  const how = Number.isNaN(status) ? 'broke off' : `ended with status ${status}`
  return { cause: clean(`ss ${how} in this namespace: it takes nsenter (util-linux) and iproute2 4.10 or newer`) }
}

/** With times, as far as the kernel tells them. */
const foundOfFew = (seen: Seen, told: readonly Told[]): Found => {
  const tellsTimes = told.some(({ socket }) => socket.rtt !== undefined)
  const isMute = !tellsTimes && told.some(({ socket }) => socket.state === 'ESTAB' && socket.protocol === 'tcp')
  const mute = lack('round-trip times', 'the kernel of this node needs inet_diag and tcp_diag')
  const unheld = lack('processes', `run ${byHandFor(seen, '-tuanp')}: it reads the open files of all processes`)
  const isHeld = seen.sections.has('files') || seen.sections.has('held')
  return {
    told,
    all: told.length,
    isPart: told.length >= mostWithInfo,
    lacks: [...(isMute ? [mute] : []), ...(isHeld ? passedOver(seen) : [unheld])],
  }
}

const lackOfMany = (seen: Seen): Lack =>
  lack(
    'round-trip times, retransmits, bytes and processes',
    `above ${mostWithInfo} sockets a look leaves them out: run ${byHandFor(seen, '-tanpi')}`,
  )

const foundOfMany = (seen: Seen, lines: readonly string[]): Found => {
  const told = toldBySs(lines)
  const all = decimal(lines.findLast((line) => line.startsWith('all '))?.slice(4))
  return { told, all: Number.isNaN(all) ? 0 : all, isPart: true, lacks: [lackOfMany(seen)] }
}

/** Processes with so many open files that nobody looks what they are. */
const passedOver = (seen: Seen): readonly Lack[] => {
  const pids = (seen.sections.get('passed')?.[0] ?? '').trim()
  return pids === '' ? [] : [lack(`sockets of ${pids}`, `too many open files: run ${byHandFor(seen, '-tuanp')}`)]
}

const tables = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
] as const

const inTables = (sections: Sections): readonly Told[] => {
  const order = byteOrderOf(sections.get('order'))
  return tables.flatMap(([name, protocol]) => toldByTable(protocol, sections.get(name) ?? [], order))
}

/** What perl told; undefined where it told nothing. UDP may stand in its own tables. */
const foundByWalk = (seen: Seen): Found | Blind | undefined => {
  const [few, most] = [seen.sections.get('few'), seen.sections.get('most')]
  const lines = few ?? most
  if (lines === undefined) return undefined
  const walked = toldByWalk(lines)
  if (walked === undefined) return { cause: clean('what perl tells of the sockets broke off') }
  const udp = inTables(seen.sections)
  const told = [...udp, ...walked.told]
  const all = walked.all + udp.length
  return few === undefined
    ? { told, all, isPart: true, lacks: [lackOfMany(seen)] }
    : { ...foundOfFew(seen, told), all, isPart: !walked.isWhole || told.length < all }
}

const foundInTables = (seen: Seen): Found | Blind => {
  const { sections, footing } = seen
  if (!tables.some(([name]) => sections.has(name)))
    return {
      cause: clean(`/proc/${footing.pid}/net cannot be read: /proc may be mounted with hidepid, or it takes root`),
    }
  const told = inTables(sections)
  const command = byHandFor(seen, '-tuanpi')
  const advice = footing.right === 'root' ? `install iproute2 on this node: ${command}` : `it takes root: ${command}`
  return {
    told,
    all: told.length,
    isPart: told.length >= mostWithInfo,
    lacks: [lack('round-trip times, retransmits, bytes and processes', advice)],
  }
}

const find = (seen: Seen): Found | Blind => foundByWalk(seen) ?? foundByShell(seen)

const foundByShell = (seen: Seen): Found | Blind => {
  const [few, many] = [seen.sections.get('ss'), seen.sections.get('many')]
  const lines = few ?? many
  if (lines === undefined) return foundInTables(seen)
  return (
    failed(lines, seen.cut || lines === many) ??
    (lines === few ? foundOfFew(seen, toldBySs(lines)) : foundOfMany(seen, lines))
  )
}

const holdersFrom = (sections: Sections): Holders => {
  const [names = [], held, files = []] = ['names', 'held', 'files'].map((name) => sections.get(name))
  return held === undefined ? holdersOf(names, files) : holdersIn(names, held)
}

const withHolders = (told: readonly Told[], sections: Sections): readonly Socket[] => {
  const holders = holdersFrom(sections)
  return told.map(({ socket, inode }) => {
    if (inode === 0) return socket
    const process = holders.get(inode)
    return { ...socket, inode, ...(process === undefined ? {} : { process }) }
  })
}

/** Sockets of both families, TCP and UDP. */
export const socketsLook: LookKind<SocketsLook> = {
  tab: 'sockets',
  every: 2,
  limit: 1024 * 1024,
  cost: 'one perl that is held while somebody looks, 2 to 3 ms of CPU for a hundred sockets on a small machine, and 13 ms for 3,000; without perl nsenter, ss and ls, 7 to 13 ms and 20 ms; above 2,000 no times',
  runs: socketRuns,
  reads: [
    ...['/proc/PID/net/sockstat', '/proc/PID/net/sockstat6', '/proc/PID/cgroup', '/sys/fs/cgroup/.../cgroup.procs'],
    '/proc/PROCESS/{comm,status}',
  ],
  script: socketScript,
  held: socketsHeld,
  read(seen, before) {
    const found = find(seen)
    if ('cause' in found) return found
    const counted = decimal(seen.sections.get('count')?.[0])
    // What the node counts is of another moment, and of sockets in use only: it holds where not all were told.
    const isPart = seen.cut || found.isPart
    const total = Math.max(found.all, isPart && counted > 0 ? counted : 0)
    const all = withHolders(found.told, seen.sections)
    const sockets = choose(before === undefined ? all : withRates(all, before.look.sockets, before.seconds))
    return {
      tab: 'sockets',
      footing: seen.footing,
      lacks: found.lacks,
      byHand: [clean(byHandFor(seen, '-tuanpi'))],
      sockets,
      total,
    }
  },
}
