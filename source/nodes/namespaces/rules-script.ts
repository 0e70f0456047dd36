import { hasModule, moduleCommand } from '../kernel-module.ts'
import { ciliumWalk } from './cilium-walk.ts'
import type { LookRun } from './look-kind.ts'

/** Seconds after which no further chain is listed, beside the first: nft and iptables read thousands of chains to tell of one. */
const longest = 4

/** Bytes that are taken of one chain. */
const mostOfChain = 65_536

/**
 * The rules of one service. `$given` says which (rules-words.ts).
 *
 * Nothing comes to be by asking: iptables-legacy makes a table that is asked for and is not there, so only one that the kernel
 * names is; iptables-nft of old versions does the same, so it is asked for a chain only where nft has told of it, or from 1.8.9
 * on; and nft is run only where no module would be loaded for it. Locks of iptables are those of writers: it locks /dev/null
 * in place of /run/xtables.lock, which it would make.
 *
 * `nft list map` reads one map, `nft get element` and `nft list chain` (1.0.6) read all of the table, 1 s of CPU with 5,000
 * services: so the map tells which chains there are, and those are listed one by one for as long as there is time.
 *
 * Where Cilium is, its maps are asked for the entries of this service (cilium-walk.ts).
 */
export const rulesScript = `
set -f
export XTABLES_LOCKFILE=/dev/null
calm="nice -n 19"; command -v nice >/dev/null || calm=
low() { $calm "$@" 2>/dev/null; }
hashes= doors= nodes= fours= sixes= keys=
for w in $given; do case $w in
chain,*) hashes="$hashes \${w#*,}";;
door,*) doors="$doors \${w#*,}"; case $w in door,ip6,*) sixes=ip6;; *) fours=ip;; esac;;
node,*) nodes="$nodes \${w#*,}";;
bpf,*) keys="$keys \${w#*,}";;
esac; done
read -r up x </proc/uptime; until=$((\${up%%.*} + ${longest}))
late() { read -r up x </proc/uptime; [ "\${up%%.*}" -ge "$until" ]; }
fine() { case $1 in ''|*[!A-Za-z0-9_./-]*) return 1;; esac; case " $seen " in *" $1 "*) return 1;; esac; }
# No module is loaded by asking.
netfilter() ${hasModule('nf_tables')}
# Elements of a map by their keys, one a line.
elements() { f=$1 map=$2; shift 2; [ $# -gt 0 ] || return 1
set -- $(for k do case $k in "$f",*) echo "\${k#*,}_";; esac; done)
[ $# -gt 0 ] || return 1
section "map $f $map"
low nft list map "$f" kube-proxy "$map" | tr ',{}' '\\n\\n\\n' | sed 's/ \\. /_/g' | grep -F "$(for k do echo "\${k%_} "; done)"; }
# Lists chains that are found, and those that they lead to.
walk() { kind=$1; shift; list=$*; seen=
while [ -n "\${list# }" ]; do
set -- $list; c=$1; shift; list=$*
fine "$c" || continue
[ -n "$seen" ] && late && { seen="$seen $c"; left="$left
$kind $c"; continue; }
seen="$seen $c"
case $kind in
ip|ip6) l=$(low nft list chain "$kind" kube-proxy "$c" | head -c ${mostOfChain});;
*) l=$(low "$kind" -w 1 -t nat -S "$c" | head -c ${mostOfChain});;
esac
[ -n "$l" ] || continue
section "chain $kind $c"; printf '%s\\n' "$l"
for w in $l; do w=\${w%,}; case $w in
KUBE-SEP-*|KUBE-SVC-*|KUBE-SVL-*|KUBE-FW-*|endpoint-*/*|service-*/*|local-*/*|firewall-*/*) list="$list $w";; esac; done
done; }
# The tool of a family for tables of this kind (iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy), or one that says so.
tool() { command -v "$1-$2" >/dev/null && { t=$1-$2; return 0; }
v=$(low "$1" --version) || return 1
case $2,$v in nft,*nf_tables*|legacy,*legacy*) t=$1;; legacy,*nf_tables*|nft,*) return 1;; *) t=$1;; esac; }
young() { v=$(low "$t" --version); v=\${v#*v}; v=\${v%% *}; a=\${v%%.*}; v=\${v#*.}; b=\${v%%.*}; c=\${v#*.}
[ "$((\${a:-0} * 10000 + \${b:-0} * 100 + \${c:-0}))" -ge 10809 ] 2>/dev/null; }
candidates() { for h in $hashes; do for k in SVC SVL EXT FW; do echo "KUBE-$k-$h"; done; done; }
by_nftables() { netfilter || return
command -v nft >/dev/null || { section "tool nft"; return; }
for f in $fours $sixes; do
low nft list map "$f" kube-proxy no-endpoint-services >/dev/null || continue
section "way nftables $f"
found=$(elements "$f" service-ips $doors); printf '%s\\n' "$found"
more=$(elements "$f" service-nodeports $nodes); printf '%s\\n' "$more"
elements "$f" no-endpoint-services $doors; elements "$f" no-endpoint-nodeports $nodes
[ -z "$nodes" ] || elements "$f" firewall-ips $doors
names=
for w in $found $more; do case $w in service-*/*|local-*/*|external-*/*) names="$names $w";; esac; done
walk "$f" $names
done; }
by_iptables() { for f in $fours $sixes; do
case $f in ip) p=iptables;; *) p=ip6tables;; esac
if netfilter; then
if ! tool "$p" nft; then section "tool $p-nft"; have=
elif command -v nft >/dev/null; then have=$(low nft list chains "$f" | grep -F "$(candidates)" | while read -r a b c; do echo "$b"; done)
elif young; then have=$(candidates)
else section "old $t"; have=; fi
[ -n "$have" ] && { section "way iptables-nft $f"; walk "$t" $have; }
fi
if grep -qsx nat "/proc/net/\${f}_tables_names"; then
if tool "$p" legacy; then section "way iptables-legacy $f"; walk "$t" $(candidates)
else section "tool $p-legacy"; fi
fi
done; }
by_cilium() { [ -n "$keys" ] && [ -d /sys/class/net/cilium_host ] || return
section cilium
command -v perl >/dev/null || { echo 'refused perl'; return; }
low perl -e '${ciliumWalk}' "\${keys# }"; }
look() {
section others
[ -d /sys/class/net/cilium_host ] && echo cilium
[ -d /sys/class/net/kube-ipvs0 ] && echo ipvs
[ "$right" = root ] || { section right; return; }
left=
by_nftables; by_iptables; by_cilium
section left; echo "$left"
}
look
set +f
`

const tools = ['iptables', 'ip6tables'].flatMap((tool) => [`${tool}-nft`, `${tool}-legacy`, tool])

/** Every command of the script, as it runs. */
export const rulesRuns: readonly LookRun[] = [
  { command: moduleCommand('nf_tables'), needs: 'root' },
  { command: 'nice -n 19 nft list map FAMILY kube-proxy MAP', needs: 'root' },
  { command: "tr ',{}' '\\n\\n\\n' | sed 's/ \\. /_/g' | grep -F ELEMENTS", needs: 'root' },
  { command: `nice -n 19 nft list chain FAMILY kube-proxy CHAIN | head -c ${mostOfChain}`, needs: 'root' },
  ...tools.map((tool) => ({ command: `nice -n 19 ${tool} --version`, needs: 'root' as const })),
  { command: 'nice -n 19 nft list chains FAMILY | grep -F CHAINS', needs: 'root' },
  { command: 'grep -qsx nat /proc/net/FAMILY_tables_names', needs: 'root' },
  ...tools.map((tool) => ({
    command: `nice -n 19 ${tool} -w 1 -t nat -S CHAIN | head -c ${mostOfChain}`,
    needs: 'root' as const,
  })),
  { command: 'nice -n 19 perl -e PROGRAM ELEMENTS', where: { PROGRAM: ciliumWalk }, needs: 'root' },
]
