import { hasModule, moduleCommand } from '../kernel-module.ts'
import { type RootCommand, shownRootCommand } from '../privilege/root-command.ts'

/** Entries up to which a table is listed at once; above it takes a yes. */
const atOnce = 50_000

/** Kernels before 6.16 read `/proc/net/nf_conntrack` in time that grows with its square: from so many entries on it is left. */
export const mostInFile = 20_000

/** Groups that are told of, the largest first. */
export const mostGroups = 300

/** Groups that awk tells apart, some 200 bytes each: what comes after that in none of them is counted only. */
const mostKeys = 20_000

/** Seconds for which new connections are listened to. */
const listening = 5

/**
 * What it says of losses stands on stderr. conntrack 1.4.7 sets the buffer of another socket than the one that hears of events
 * (strace: `-b` on the first of two), which keeps net.core.rmem_default: 212,992 bytes hold 166 events, so that a burst of more
 * is missed in part. Older ones have one socket.
 */
const listen = `exec nice -n 19 timeout ${listening} conntrack -E -e NEW -b 2097152 2>&1`

/** Seconds after which a listing is ended, whoever waits for it. */
export const longest = 25

/** New connections after which it stops: 0.5 s of CPU (5 us each). */
const mostEvents = 100_000

/** Counts an entry in the group of those that are alike. */
export const countGroup = `function add(k) {
  total++
  if (k in c) c[k]++
  else if (keys < ${mostKeys}) { c[k] = 1; keys++ }
  else rest++
}`

/**
 * Adds up the lines of `conntrack -L`, of `/proc/net/nf_conntrack` and of `conntrack -E`, but for the client's port. Their words
 * differ by what comes before the first `src=` (event, family, timeout, state) and between the two tuples (counters, a flag);
 * an entry that was handed to hardware has neither timeout nor state, one of GRE tells its limits. The two most usual forms have
 * rules of their own, which spares busybox a third of its time. The first line says the totals; its number is above all. `add`: the
 * function that is given each entry, as the words of its group: PROTOCOL STATE FLAG src= dst= dport= src= dst= sport=.
 */
export const aggregateBy = (add: string): string => `
function up(l) { getline l < "/proc/uptime"; close("/proc/uptime"); return l + 0 }
${add}
BEGIN { begun = up() }
$1 == "tcp" && $9 ~ /^src=/ && $5 ~ /^src=/ {
  add("tcp " $4 " " ($13 == "[ASSURED]" ? "a " : "- ") $5 " " $6 " " $8 " " $9 " " $10 " " $11)
  next
}
$1 == "udp" && $8 ~ /^src=/ && $4 ~ /^src=/ {
  add("udp - " ($12 == "[ASSURED]" ? "a " : "- ") $4 " " $5 " " $7 " " $8 " " $9 " " $10)
  next
}
$1 == "listed" { whole++; next }
/ENOBUFS/ { lossy = 1; next }
{
  o = 0
  if (substr($1, 1, 1) == "[") o = 1
  if (substr($(o + 1), 1, 3) == "ipv") o += 2
  for (i = o + 3; i < o + 9 && substr($i, 1, 4) != "src="; i++);
  if (substr($i, 1, 4) != "src=") { if ($0 ~ /[^ ]/ && $0 !~ /^(conntrack v|NOTICE)/) { odd++; said = $0 } next }
  f = index($0, "[ASSURED]") ? "a" : "-"; p = "-"
  for (j = i + 2; j <= NF && substr($j, 1, 4) != "src="; j++)
    if (substr($j, 1, 6) == "dport=") p = $j; else if ($j == "[UNREPLIED]") f = "u"
  q = substr($(j + 2), 1, 6) == "sport=" ? $(j + 2) : "-"
  k = $(o + 1) " " (i == o + 5 ? $(o + 4) : "-") " " f " " $i " " $(i + 1) " " p " " $j " " $(j + 1) " " q
  add(k)
  if (events && k in c) t[k] = $(o + 3)
  if (events && total >= ${mostEvents}) { lossy = 1; exit }
}
END {
  print 2000000000, total + 0, odd + 0, whole + 0, lossy + 0, up() - begun, said
  for (k in c) print c[k], k, (k in t ? t[k] : "-")
}`

export const aggregate = aggregateBy(countGroup)

/** The module that answers the conntrack tool: asked without it the kernel would load it. */
export const netlink = 'nf_conntrack_netlink'

const conntrack = '/usr/sbin/conntrack'
const timeout = '/usr/bin/timeout'

const listing = (family: string): RootCommand => ({
  paths: [timeout],
  words: [String(longest), conntrack, '-L', '-f', family],
})

/** What runs as root through sudo, where nobody is root: their ends run as root beside them, for nobody else may signal them. */
export const flowsBySudo = {
  four: listing('ipv4'),
  six: listing('ipv6'),
  events: { paths: [timeout], words: [String(listening), conntrack, '-E', '-e', 'NEW', '-b', '2097152'] },
} as const satisfies Readonly<Record<string, RootCommand>>

const throughSudo = (command: RootCommand): string => `nice -n 19 sudo -n ${shownRootCommand(command)}`

/** Programs that are asked what they list: how many bear the name of the tool is anybody's choice. */
const mostListers = 16

/** Every command of the script, as it runs. */
export const flowsRuns = [
  { command: 'grep -s . /proc/sys/net/netfilter/nf_conntrack_*', needs: 'nothing' },
  { command: 'grep -lsx conntrack /proc/[0-9]*/comm', needs: 'nothing' },
  { command: "sed 's/comm$/cgroup/'", needs: 'nothing' },
  {
    command: "grep -Ls kubepods PROCESS/cgroup... | sed 's/cgroup$/status/'",
    needs: 'nothing',
  },
  { command: `grep -ls '^NSpid:[^0-9]*[0-9]*$' PROCESS/status... | head -n ${mostListers}`, needs: 'nothing' },
  {
    command: String.raw`tr '\0' ' ' <PROCESS/cmdline | grep -qE '^[^ ]* (.* )?(-L|--dump) '`,
    needs: 'nothing',
  },
  { command: moduleCommand(netlink), needs: 'nothing' },
  { command: `nice -n 19 timeout ${longest} conntrack -L -f FAMILY`, needs: 'root' },
  { command: 'nice -n 19 cat /proc/PID/net/nf_conntrack', needs: 'root' },
  { command: `sh -c '${listen}'`, needs: 'root' },
  {
    command: `nice -n 19 awk -v events=EVENTS PROGRAM | nice -n 19 sort -rn | head -n ${mostGroups + 1} | cat`,
    needs: 'nothing',
    where: { PROGRAM: aggregate },
  },
] as const

/**
 * Lists and listens at the same time: what the listener found waits in a pipe, which holds its ${mostGroups} lines, until the
 * listing is told. Nothing here loads a module: where connections are not tracked, or the tool is not answered, nothing is run.
 */
export const flowsScript = `
told() { nice -n 19 awk -v events="$1" '${aggregate}' | nice -n 19 sort -rn | head -n ${mostGroups + 1}; }
listen() {
if [ "$by" = sudo ]; then ${throughSudo(flowsBySudo.events)} 2>&1
else inside sh -c '${listen}'; fi | told 1
}
# What sudo says stands among the lines, but not within one: the tool writes its own last words between two parts of a line.
by_sudo() { { e=$("$@" 2>&1 >&3); s=$?; } 3>&1; [ "$s" = 0 ] && echo listed || echo "$e"; }
list() {
if [ "$by" = sudo ]; then
{ by_sudo ${throughSudo(flowsBySudo.four)}; by_sudo ${throughSudo(flowsBySudo.six)}; } | told ''
elif [ -n "$tool" ]; then
for f in ipv4 ipv6; do inside nice -n 19 \${limit:+timeout ${longest}} conntrack -L -f "$f" && echo listed; done | told ''
else { nice -n 19 cat "$net/nf_conntrack" && echo listed && echo listed; } | told ''; fi
}
lists() {
[ "$right" != root ] || [ "$1/ns/net" -ef "/proc/$$/ns/net" ] || return 1
tr '\\0' ' ' <"$1/cmdline" 2>/dev/null | grep -qE '^[^ ]* (.* )?(-L|--dump) '
}
# Those of containers are left out by one program each, however many there are.
others() {
l=$(grep -lsx conntrack /proc/[0-9]*/comm | sed 's/comm$/cgroup/'); [ -n "$l" ] || return 1
l=$(grep -Ls kubepods $l | sed 's/cgroup$/status/'); [ -n "$l" ] || return 1
for f in $(grep -ls '^NSpid:[^0-9]*[0-9]*$' $l | head -n ${mostListers}); do lists "\${f%/status}" && return 0; done
return 1; }
fill() {
read -r release </proc/sys/kernel/osrelease
tool=$(command -v conntrack) || tool=
limit=$(command -v timeout) || limit=
settings=$(inside grep -s . /proc/sys/net/netfilter/nf_conntrack_*)
section settings; echo "$settings"
section way
case $settings in *nf_conntrack_count:*) ;; *) echo untracked; return;; esac
n=\${settings#*nf_conntrack_count:}; n=\${n%%[!0-9]*}
if [ "$right" != root ]; then
[ "$sudo" = given ] || { echo right; return; }
[ -x ${conntrack} ] && [ -x ${timeout} ] || { echo tool; return; }
elif [ -z "$tool" ]; then
[ -r "$net/nf_conntrack" ] || { echo tool; return; }
a=\${release%%.*}; b=\${release#*.}; b=\${b%%[!0-9]*}
[ "$a" -gt 6 ] || { [ "$a" -eq 6 ] && [ "$b" -ge 16 ]; } || [ "$n" -le ${mostInFile} ] || { echo square; return; }
fi
[ "$right,$tool" = root, ] || ${hasModule(netlink)} || { echo module; return; }
[ "$n" -le ${atOnce} ] || [ "$consent" = given ] || { echo ask; return; }
others && { echo busy; return; }
by=
if [ "$right" != root ]; then by=sudo; echo sudo; listen | { section listed; list; section began; cat; }
elif [ -z "$tool" ]; then echo file; section listed; list
elif [ -z "$limit" ]; then echo alone; section listed; list
else echo both; listen | { section listed; list; section began; cat; }; fi
section cost; times
}
fill
`
