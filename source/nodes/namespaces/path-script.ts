import { countSockets } from './count-sockets.ts'
import type { LookRun } from './look-kind.ts'
import { mostWithInfo } from './socket-bounds.ts'

/** Bytes of what ip says of a pod's interfaces: how many it has is the pod's choice. */
const mostOfLinks = 65_536

/** Bytes of what ss says of sockets: they may have become many more since they were counted. */
const mostOfSockets = 1_048_576

/** Interfaces of the pod whose counters are read, and cables whose ends on the node are looked at. */
const [mostInDev, mostCables] = [200, 16]

/** Bytes up to which the shell finds words in a text by itself, in time that grows with the square of that: a process costs more. */
const mostCut = 8192

/**
 * The first hops in one go. Files are read by the shell itself. What the pod's interface is plugged into: the number of the other
 * end counts in its namespace, and the node's interface of that number must point back.
 */
export const pathScript = `
section snmp
while read -r k l; do case $k in Tcp:) echo "$l";; esac; done <"$net/snmp"
section dev
c=0; while [ "$c" -lt ${mostInDev} ] && read -r l; do printf '%s\\n' "$l"; c=$((c + 1)); done <"$net/dev"
counters() { v=; for c in rx_dropped tx_dropped rx_errors tx_errors; do read -r x <"$1/statistics/$c" || return; v="$v $x"; done; echo "\${1##*/}$v"; }
queues() { command -v tc >/dev/null && tc -s qdisc show dev "$1"; }
if enters && [ "$whose" = pod ]; then
j=$(inside ip -j -d link show | head -c ${mostOfLinks})
section links; printf '%s\\n' "$j"
case $j in *'"qdisc":"'*) case $j in *'"qdisc":"noqueue"'*'"qdisc":"noqueue"'*) ;; *) section inner; inside tc -s qdisc show | head -c ${mostOfLinks};; esac;; esac
n=
if [ \${#j} -gt ${mostCut} ]; then for x in $(printf '%s' "$j" | grep -o '"link_index":[0-9]*'); do n="$n \${x#*:} "; done
else x=$j; while :; do case $x in *'"link_index":'*) x=\${x#*'"link_index":'}; n="$n \${x%%[!0-9]*} ";; *) break;; esac; done
fi
e=0
for d in /sys/class/net/*; do
read -r i <"$d/ifindex" || continue
case $n in *" $i "*) ;; *) continue;; esac
e=$((e + 1)); [ "$e" -le ${mostCables} ] || break
read -r o <"$d/iflink"
section "outside $i $o"; counters "$d"
section "queue \${d##*/}"; queues "\${d##*/}"
[ -e "$d/master" ] || continue
for b in "$d"/upper_*; do [ -d "$b/bridge" ] && break; done
section "bridge $i"; counters "/sys/class/net/\${b##*/upper_}"
done
fi
${countSockets}if enters && command -v ss >/dev/null 2>&1; then
if [ "$n" -le ${mostWithInfo} ]; then section ss; inside ss -tuaniH | head -c ${mostOfSockets}; else section many; inside ss -tuanH | head -n ${mostWithInfo}; fi
else
section order; od -An -tx2 -N2 /proc/self/status 2>/dev/null
for f in tcp tcp6; do [ -r "$net/$f" ] && { section "$f"; head -n ${mostWithInfo} "$net/$f"; }; done
fi
`

/** Every command that the script may run; on the node's own network without nsenter and root. */
export const pathRuns: readonly LookRun[] = [
  { command: `nsenter -t PID -n -- ip -j -d link show | head -c ${mostOfLinks}`, needs: 'root' },
  { command: `nsenter -t PID -n -- tc -s qdisc show | head -c ${mostOfLinks}`, needs: 'root' },
  { command: `grep -o '"link_index":[0-9]*'`, needs: 'root' },
  { command: 'tc -s qdisc show dev INTERFACE', needs: 'nothing' },
  { command: `nsenter -t PID -n -- ss -tuaniH | head -c ${mostOfSockets}`, needs: 'root' },
  { command: `nsenter -t PID -n -- ss -tuanH | head -n ${mostWithInfo}`, needs: 'root' },
  { command: 'od -An -tx2 -N2 /proc/self/status', needs: 'nothing' },
  { command: `head -n ${mostWithInfo} /proc/PID/net/TABLE`, needs: 'nothing' },
]
