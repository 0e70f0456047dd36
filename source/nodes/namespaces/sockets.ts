import type { Lack, Socket, SocketsLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { decimal } from '../probes/decimal.ts'
import type { Blind, LookKind, Seen } from './look-kind.ts'
import type { Sections } from './sections.ts'
import { choose } from './socket-choice.ts'
import { holdersOf } from './socket-holders.ts'
import { type Told, toldBySs } from './socket-listing.ts'
import { withRates } from './socket-rates.ts'
import { toldByTable } from './socket-table.ts'

/** Sockets above which their round-trip times cost more than a look is worth: ss takes 7 ms of CPU for a thousand. */
const mostWithInfo = 2000

/** Sockets up to which what ss says is sent whole, 500 bytes each: to leave out two thirds takes a millisecond of CPU. */
const mostWhole = 150

/** Sockets above which nobody looks who holds them: a hundred open files cost `ls` a third of a millisecond. */
const mostWithHolders = 500

/** Processes of a pod that are asked which sockets they hold. */
const mostProcesses = 64

// -e for the inode, by which a process names its socket. Not -p: that reads the open files of every process of the node,
// 90 ms of CPU with 400 of them; here only those of the pod are read. No -O: it came with iproute2 5.2, and without it ss
// says the same. Above the bound ss lists what costs little, and awk keeps what listens,
// what has something waiting, and some of the rest. ls names a folder only where it lists something else too.
const script = `
n=0
for f in "$net/sockstat" "$net/sockstat6"; do
[ -r "$f" ] || continue
while read -r k w c o v t x r; do
case $k in TCP:) n=$((n + c)); [ "$t" = tw ] && n=$((n + x));; TCP6:|UDP:|UDP6:) n=$((n + c));; esac
done <"$f"
done
section count; echo "$n"
if [ "$right" = root ] && command -v ss >/dev/null 2>&1; then
if [ "$n" -le ${mostWithInfo} ]; then
section ss
if [ "$n" -le ${mostWhole} ]; then inside ss -tuaneiH; echo "end $?"; else
{ inside ss -tuaneiH; echo "end $?"; } | grep -oE '^(end|tcp|udp) +[^ ]+( +[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+)?| (ino|(min)?rtt|retrans|cwnd|bytes_(sent|acked|received)):[0-9./]+'
fi
else
section many
{ inside ss -tuanH; echo "end $?"; } | if command -v awk >/dev/null 2>&1; then
awk '$1 == "end" { print; next }
{ all++ }
$2 == "LISTEN" || $2 == "UNCONN" { if (waiting++ < 300) print; next }
$3 > 0 || $4 > 0 { if (queued++ < 1000) print; next }
$2 == "TIME-WAIT" { if (over++ < 50) print; next }
quiet++ < 300
END { print "all " all + 0 }'
else head -n ${mostWithInfo}; fi
fi
if [ "$n" -le ${mostWithHolders} ] && [ "$pid" != $$ ]; then
d=; set --
while IFS=: read -r a b c; do
case $c in *kubepods*) for f in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/pids; do
[ -d "$f\${c%/*}" ] && { d=$f\${c%/*}; break 2; }
done;; esac
done <"/proc/$pid/cgroup"
p=$pid
[ -n "$d" ] && for f in "$d"/*/cgroup.procs; do
[ -r "$f" ] && while read -r q; do [ "$q" = "$pid" ] || p="$p $q"; done <"$f"
done
section names
for q in $p; do
[ $# -ge ${mostProcesses} ] && break
read -r c 2>/dev/null <"/proc/$q/comm" || continue
echo "$q $c"; set -- "$@" "/proc/$q/fd"
done
section files
ls -ln /dev/null "$@" 2>/dev/null
fi
else
section order; printf '\\1\\0' | od -An -tx2 2>/dev/null
for f in tcp tcp6 udp udp6; do
[ -r "$net/$f" ] || continue
section "$f"; head -n ${mostWithInfo} "$net/$f"
done
fi
`

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

const byHandFor = ({ footing }: Seen, words: string): string =>
  footing.isHost ? `ss ${words}` : `nsenter -t ${footing.pid} -n ss ${words}`

interface Found {
  readonly told: readonly Told[]
  /** How many there are, as far as the node counted them. */
  readonly all: number
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

const foundBySs = (seen: Seen, lines: readonly string[]): Found => {
  const told = toldBySs(lines)
  const tellsTimes = told.some(({ socket }) => socket.rtt !== undefined)
  const isMute = !tellsTimes && told.some(({ socket }) => socket.state === 'ESTAB' && socket.protocol === 'tcp')
  const mute = lack('round-trip times', 'the kernel of this node needs inet_diag and tcp_diag')
  const unheld = lack('processes', `run ${byHandFor(seen, '-tuanp')}: it reads the open files of all processes`)
  return {
    told,
    all: told.length,
    lacks: [...(isMute ? [mute] : []), ...(seen.sections.has('files') ? [] : [unheld])],
  }
}

const foundOfMany = (seen: Seen, lines: readonly string[]): Found => {
  const told = toldBySs(lines)
  const all = decimal(lines.findLast((line) => line.startsWith('all '))?.slice(4))
  const what = 'round-trip times, retransmits, bytes and processes'
  return {
    told,
    all: Number.isNaN(all) ? 0 : all,
    lacks: [lack(what, `above ${mostWithInfo} sockets a look leaves them out: run ${byHandFor(seen, '-tanpi')}`)],
  }
}

const tables = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
] as const

/** Big-endian where the bytes 1, 0 are read as the number 256. A node that has no `od` is taken for what nearly all are. */
const isLittle = (sections: Sections): boolean => sections.get('order')?.[0]?.trim() !== '0100'

const foundInTables = (seen: Seen): Found | Blind => {
  const { sections, footing } = seen
  if (!tables.some(([name]) => sections.has(name)))
    return {
      cause: clean(`/proc/${footing.pid}/net cannot be read: /proc may be mounted with hidepid, or it takes root`),
    }
  const told = tables.flatMap(([name, protocol]) => toldByTable(protocol, sections.get(name) ?? [], isLittle(sections)))
  const command = byHandFor(seen, '-tuanpi')
  const advice = footing.right === 'root' ? `install iproute2 on this node: ${command}` : `it takes root: ${command}`
  return { told, all: told.length, lacks: [lack('round-trip times, retransmits, bytes and processes', advice)] }
}

const find = (seen: Seen): Found | Blind => {
  const [few, many] = [seen.sections.get('ss'), seen.sections.get('many')]
  const lines = few ?? many
  if (lines === undefined) return foundInTables(seen)
  return (
    failed(lines, seen.cut || lines === many) ?? (lines === few ? foundBySs(seen, lines) : foundOfMany(seen, lines))
  )
}

const withHolders = (told: readonly Told[], sections: Sections): readonly Socket[] => {
  const holders = holdersOf(sections.get('names') ?? [], sections.get('files') ?? [])
  return told.map(({ socket, inode }) => {
    const process = inode > 0 ? holders.get(inode) : undefined
    return process === undefined ? socket : { ...socket, process }
  })
}

/** Sockets of both families, TCP and UDP. */
export const socketsLook: LookKind<SocketsLook> = {
  tab: 'sockets',
  every: 2,
  limit: 1024 * 1024,
  cost: 'two processes and 5 ms of CPU for a hundred sockets; above 2,000 only what waits is told',
  script,
  read(seen, before) {
    const found = find(seen)
    if ('cause' in found) return found
    const counted = decimal(seen.sections.get('count')?.[0])
    // What the node counts is of another moment, and of sockets in use only: it holds where not all were told.
    const isPart = seen.cut || seen.sections.has('many') || found.told.length >= mostWithInfo
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
