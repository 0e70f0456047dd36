import { hasModule, moduleCommand } from '../kernel-module.ts'
import { aggregate, aggregateBy, countGroup, longest, mostGroups, mostInFile, netlink } from './flows-script.ts'
import type { LookRun } from './look-kind.ts'

/** Entries of a table up to which it is listed on a timer; above it takes a yes. */
const mostLive = 20_000

/** Addresses of a namespace that are looked for, of each family: how many it has is the pod's choice. */
export const mostAddresses = 64

/** Lines of each file that are read for them. */
const mostLines = 20_000

/** Stands among the addresses where there may be more of them. */
export const moreAddresses = 'more'

/**
 * The addresses of a namespace, from `fib_trie` and `if_inet6`, which anybody may read: a line for each, of IPv6 first as the tool
 * spells it (inet_ntop), then as the kernel's own file does. Loopback is no address of a pod in the node's table.
 */
export const addressProgram = `
function told(a) {
  if (a in seen) return 1
  if (n++ >= ${mostAddresses}) return 0
  seen[a]; print a
  return 1
}
function six(h,  i, g, w, r, b, at, len, o) {
  for (i = 0; i < 8; i++) {
    g = substr(h, i * 4 + 1, 4)
    w = w (i ? ":" : "") g
    sub(/^0+/, "", g)
    s[i] = g == "" ? "0" : g
    if (s[i] == "0") { r++; if (r > len) { len = r; at = i - r + 1 } } else r = 0
  }
  if (len < 2) at = -1
  for (i = 0; i < 8; i++)
    if (i == at) { o = o "::"; i += len - 1 }
    else o = o (o == "" || o ~ /::$/ ? "" : ":") s[i]
  return o " " w
}
BEGIN {
  while ((getline <trie) > 0) {
    if (++read > ${mostLines}) { more = 1; break }
    if ($1 == "|--") leaf = $2
    else if ($1 == "/32" && $2 == "host" && $3 == "LOCAL" && (loop || leaf !~ /^127[.]/) && !told(leaf)) { more = 1; break }
  }
  n = read = 0
  while ((getline <inet6) > 0) {
    if (++read > ${mostLines}) { more = 1; break }
    if (length($1) == 32 && $1 !~ /[^0-9a-f]/ && (loop || $4 != "10") && !told(six($1))) { more = 1; break }
  }
  if (more) print "${moreAddresses}"
}`

/** A pod is the client of an entry, answers it, or both; what bears its address otherwise is counted only. */
const ofOwn = `${countGroup.replace('function add(', 'function keep(')}
function add(k,  w, a, b) {
  split(k, w, " ")
  a = w[4] in own; b = w[7] in own
  if (a) { clients++; keep("c " k) }
  if (b) { backends++; keep("b " k) }
  if (!a && !b) others++
}
BEGIN { m = split(mine, l, " "); for (i = 1; i <= m; i++) own["src=" l[i]] }`

/** {@link aggregateBy} of entries that concern addresses. The second line says how many there are of each kind. */
export const ownAggregate = `${aggregateBy(ofOwn)}
END { print 1999999999, clients + 0, backends + 0, others + 0 }`

const told = `nice -n 19 sort -rn | head -n ${mostGroups + 2}`

/** Every command of the script, as it runs. */
export const conntrackRuns: readonly LookRun[] = [
  {
    command: 'grep -s . /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max',
    needs: 'nothing',
  },
  { command: 'cat /proc/PID/net/stat/nf_conntrack', needs: 'nothing' },
  { command: 'nsenter -t PID -n -- cat /proc/sys/net/netfilter/nf_conntrack_count', needs: 'root' },
  {
    command: 'awk -v loop=LOOP -v trie=/proc/PID/net/fib_trie -v inet6=/proc/PID/net/if_inet6 PROGRAM',
    where: { PROGRAM: addressProgram },
    needs: 'nothing',
  },
  { command: moduleCommand(netlink), needs: 'root' },
  { command: `nice -n 19 timeout ${longest} conntrack -L -f FAMILY | nice -n 19 grep -F ADDRESSES`, needs: 'root' },
  { command: `nsenter -t PID -n -- nice -n 19 timeout ${longest} conntrack -L -f FAMILY`, needs: 'root' },
  { command: 'nice -n 19 cat /proc/net/nf_conntrack | nice -n 19 grep -F ADDRESSES', needs: 'root' },
  { command: 'nice -n 19 cat /proc/PID/net/nf_conntrack', needs: 'root' },
  {
    command: `nice -n 19 awk -v mine=ADDRESSES PROGRAM | ${told}`,
    where: { PROGRAM: ownAggregate },
    needs: 'nothing',
  },
  { command: `nice -n 19 awk -v mine= PROGRAM | ${told}`, where: { PROGRAM: aggregate }, needs: 'nothing' },
]

// A setting is read by grep: a shell that reads byte by byte gets no more than the first. The tool reads all of a table whatever it is asked for, so that one listing is parted by grep, which is quick, before awk sees it.
// Each address stands between `=` and a blank there. A family without an address is not listed.
export const conntrackScript = `
table() {
t=$(grep -s . /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max) || { section way; echo untracked; return; }
n=\${t#*nf_conntrack_count:}; n=\${n%%[!0-9]*}
section table; echo "$t"
section stat; [ -r "$net/stat/nf_conntrack" ] && cat "$net/stat/nf_conntrack"
own=0
if [ "$whose" = pod ]; then
if [ -r "$net/stat/nf_conntrack" ]; then { read -r l && read -r own l; } <"$net/stat/nf_conntrack" && own=$((0x$own))
elif enters; then section count; own=$(inside cat /proc/sys/net/netfilter/nf_conntrack_count) && echo "$own" || own=0
fi
fi
loop=; [ "$whose" = node ] && loop=1
a=$(awk -v loop="$loop" -v trie="$net/fib_trie" -v inet6="$net/if_inet6" '${addressProgram}') || { section way; echo awk; return; }
section addresses; echo "$a"
section way
[ "$right" = root ] || { echo right; return; }
p4= p6= all=
for w in $a; do
case $w in *[!0-9a-f:.]*) continue;; *:*) p6="$p6
=$w ";; *) p4="$p4
=$w ";; esac
all="$all $w"
done
tool=$(command -v conntrack) || tool=
limit=$(command -v timeout) || limit=
if [ -z "$tool" ]; then
[ -r /proc/net/nf_conntrack ] || { echo tool; return; }
read -r release </proc/sys/kernel/osrelease
b=\${release#*.}; b=\${b%%[!0-9]*}; c=\${release%%.*}
[ "$c" -gt 6 ] || { [ "$c" -eq 6 ] && [ "$b" -ge 16 ]; } || [ "$((n + own))" -le ${mostInFile} ] || { echo square; return; }
else ${hasModule(netlink)} || { echo module; return; }
fi
[ "$((n + own))" -le ${mostLive} ] || [ "$consent" = given ] || { echo ask; return; }
[ -n "$tool" ] && echo listed || echo file
section flows
{ if [ -z "$tool" ]; then
{ nice -n 19 cat /proc/net/nf_conntrack && echo listed && echo listed; } | nice -n 19 grep -F "listed$p4$p6"
else
for f in 4 6; do
if [ "$f" = 4 ]; then p=$p4; else p=$p6; fi
if [ -z "$p" ]; then echo listed
else { nice -n 19 \${limit:+timeout ${longest}} conntrack -L -f "ipv$f" && echo listed; } | nice -n 19 grep -F "listed$p"; fi
done
fi; } | nice -n 19 awk -v mine="$all" '${ownAggregate}' | ${told}
[ "$own" -gt 0 ] && { section own
if [ -z "$tool" ]; then nice -n 19 cat "$net/nf_conntrack" && echo listed && echo listed
else for f in ipv4 ipv6; do inside nice -n 19 \${limit:+timeout ${longest}} conntrack -L -f "$f" && echo listed; done
fi | nice -n 19 awk -v mine= '${aggregate}' | ${told}; }
section cost; times
}
table
`
