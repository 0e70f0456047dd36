import { quoted } from '../sampler/shell.ts'
import { onOneLine } from './by-hand.ts'
import { countSockets } from './count-sockets.ts'
import { hostFinder, podFinder } from './find-script.ts'
import type { LookRun } from './look-kind.ts'
import { mostFiles, mostInTable, mostOf, mostProcesses, mostWithHolders, mostWithInfo } from './socket-bounds.ts'
import { socketWalk, unansweredStatus, unfitStatus } from './socket-walk.ts'

/** Sockets up to which what ss says is sent whole, 500 bytes each: to leave out two thirds takes a millisecond of CPU. */
const mostWhole = 150

const words =
  '^(end|tcp|udp) +[^ ]+( +[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+)?| (ino|(min)?rtt|retrans|cwnd|bytes_(sent|acked|received)):[0-9./]+'

/** Of very many: all that listen, those in which something waits, some of the others; and how many there are. */
const many = `$1 == "end" { print; next }
{ all++ }
$2 == "LISTEN" || $2 == "UNCONN" { if (waiting++ < ${mostOf.waiting}) print; next }
$3 > 0 || $4 > 0 { if (queued++ < ${mostOf.queued}) print; next }
$2 == "TIME-WAIT" { if (over++ < ${mostOf.over}) print; next }
quiet++ < ${mostOf.quiet}
END { print "all " all + 0 }`

// -e for the inode, by which a process names its socket. Not -p: that reads the open files of every process of the node,
// 90 ms of CPU with 400 of them; here only those of the pod are read. No -O: it came with iproute2 5.2, and without it ss
// says the same. ls names a folder only where it lists something else too. Without ss, or where the namespace cannot be
// entered, there are the tables.
export const socketScript = `
${countSockets}section count; echo "$n"
if enters && command -v ss >/dev/null 2>&1; then
if [ "$n" -le ${mostWithInfo} ]; then
section ss
if [ "$n" -le ${mostWhole} ]; then inside ss -tuaneiH; echo "end $?"; else
{ inside ss -tuaneiH; echo "end $?"; } | grep -oE '${words}'
fi
else
section many
{ inside ss -tuanH; echo "end $?"; } | if command -v awk >/dev/null 2>&1; then
awk '${many}'
else head -n ${mostWithInfo}; fi
fi
if [ "$right" = root ] && [ "$n" -le ${mostWithHolders} ] && [ "$pid" != $$ ]; then
d=; set --
while IFS=: read -r a b c; do
case $c in *kubepods*) for f in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/pids; do
[ -d "$f\${c%/*}" ] && { d=$f\${c%/*}; break 2; }
done;; esac
done <"/proc/$pid/cgroup"
p=$pid k=0 o=
[ -n "$d" ] && for f in "$d"/*/cgroup.procs; do
[ "$k" -lt ${mostProcesses} ] || break
[ -r "$f" ] && while [ "$k" -lt ${mostProcesses} ] && read -r q; do [ "$q" = "$pid" ] || { p="$p $q"; k=$((k + 1)); }; done <"$f"
done
section names
for q in $p; do
[ $# -ge ${mostProcesses} ] && break
read -r c 2>/dev/null <"/proc/$q/comm" || continue
b=; while read -r a b x; do [ "$a" = FDSize: ] && break; done 2>/dev/null <"/proc/$q/status"
[ "\${b:-0}" -le ${mostFiles} ] 2>/dev/null || { o="$o $q"; continue; }
printf '%s %s\\n' "$q" "$c"; set -- "$@" "/proc/$q/fd"
done
[ -n "$o" ] && { section passed; echo "$o"; }
section files
ls -ln /dev/null "$@" 2>/dev/null
fi
else
section order; od -An -tx2 -N2 /proc/self/status 2>/dev/null
for f in tcp tcp6 udp udp6; do
[ -r "$net/$f" ] || continue
section "$f"; head -n ${mostInTable} "$net/$f"
done
fi
`

/** How a program ends in the eyes of a shell that a filter of system calls killed (SIGSYS, 31). */
const forbidden = 128 + 31

/**
 * As root one perl is held for all looks, where it is fit; else each is a run of the script, also where a perl does not know what
 * it is told, and dies (255). One that ended with its connection is over, and so is one that was ended by a signal.
 */
export const socketsHeld = (finder: string): string => `
if [ "$uid" = 0 ] && command -v perl >/dev/null 2>&1; then
perl -e '${socketWalk}' "$m" "$limit" ${quoted(finder)} "$@" 2>/dev/null
s=$?
case $s in ${unansweredStatus}) q=1;; 0) exit;; ${unfitStatus}|${forbidden}) ;; *) [ "$s" -lt 128 ] || [ "$s" -gt 192 ] || exit "$s";; esac
fi
`

const heldRuns = (finder: string, words: string): readonly LookRun[] =>
  [`perl -e PROGRAM FRAME LIMIT FINDER MARKER ${words}`, `sh -c FINDER sh MARKER ${words}`].map((command) => ({
    command,
    where: { PROGRAM: socketWalk, FINDER: finder },
    needs: 'root',
  }))

/** Every command that the script may run; on the node's own network without nsenter and root. */
export const socketRuns: readonly LookRun[] = [
  ...heldRuns(podFinder, 'pod IDENTIFIER...'),
  ...heldRuns(podFinder, 'node IDENTIFIER...'),
  ...heldRuns(hostFinder, 'node'),
  { command: 'nsenter -t PID -n -- ss -tuaneiH', needs: 'root' },
  { command: `nsenter -t PID -n -- ss -tuaneiH | grep -oE '${words}'`, needs: 'root' },
  { command: onOneLine(`nsenter -t PID -n -- ss -tuanH | awk '${many}'`), needs: 'root' },
  { command: `nsenter -t PID -n -- ss -tuanH | head -n ${mostWithInfo}`, needs: 'root' },
  { command: 'ls -ln /dev/null /proc/PROCESS/fd...', needs: 'root' },
  { command: 'od -An -tx2 -N2 /proc/self/status', needs: 'nothing' },
  { command: `head -n ${mostInTable} /proc/PID/net/TABLE`, needs: 'nothing' },
]
