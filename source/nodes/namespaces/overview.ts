import type { Footing, Lack, OverviewLook } from '../../events/looks.ts'
import { clean, joinClean } from '../../text/clean.ts'
import { inNamespace, takes } from './by-hand.ts'
import { addressesFrom, countersFrom } from './interface-files.ts'
import { hostInterfaceFrom, interfaceFrom } from './interface-rows.ts'
import { isJson, lostIn, rowsIn } from './ip-json.ts'
import { byteOrderOf } from './kernel-addresses.ts'
import type { LookKind, Seen } from './look-kind.ts'

type Found = Omit<OverviewLook, 'tab' | 'footing' | 'underlay' | 'tunnels' | 'conntrack'>

const cutLack = (what: string): Lack => ({
  what: clean(what),
  advice: clean('more than 512 KB: run the command by hand'),
})

const fromIp = ({ sections, footing, cut }: Seen): Found => {
  const rows = rowsIn(sections.get('ip')).filter((row) => 'ifname' in row)
  const host = (sections.get('peers') ?? []).flatMap(hostInterfaceFrom)
  const interfaces = rows.flatMap((row) => interfaceFrom(row, host))
  const lost = cut ? 0 : lostIn(sections.get('ip'))
  const [byHand = clean('')] = inNamespace(footing, ['ip -s -d addr show'])
  const uncounted = rows.length - interfaces.length
  return {
    interfaces,
    lacks: [
      ...(cut ? [cutLack('the last interfaces')] : []),
      ...(lost === 0
        ? []
        : [{ what: clean(`${lost} interfaces`), advice: clean(`what ip wrote is no JSON: ${byHand}`) }]),
      ...(uncounted === 0 ? [] : [{ what: clean(`${uncounted} interfaces`), advice: clean('ip told no counters') }]),
    ],
    byHand: [byHand],
  }
}

const unseen = (footing: Footing, nowhere: readonly string[]): readonly Lack[] => [
  {
    what: clean('MTU, state, kind, queue and MAC of interfaces, and what they are plugged into'),
    advice: takes(footing, 'ip -s -d link show'),
  },
  ...(nowhere.length === 0
    ? []
    : [
        {
          what: joinClean([clean('the interface of'), ...nowhere.map((each) => clean(each))], ' '),
          advice: takes(footing, 'ip addr show'),
        },
      ]),
]

const fromFiles = ({ sections, footing, cut }: Seen): Found => {
  const lines = sections.get('files') ?? []
  const counted = lines.flatMap(countersFrom)
  const names = counted.map(({ name }) => name)
  const { on, nowhere, index } = addressesFrom(lines, names, byteOrderOf(sections.get('order')))
  const files = ['dev', 'route', 'if_inet6', 'fib_trie']
  const folder = `/proc/${footing.isHost ? '' : `${footing.pid}/`}net`
  return {
    interfaces: counted.map((one) => {
      const number = index.get(one.name)
      return {
        ...one,
        ...(number === undefined ? {} : { index: number }),
        addresses: (on.get(one.name) ?? []).map((address) => clean(address)),
      }
    }),
    lacks: [...(cut ? [cutLack('the last addresses')] : []), ...unseen(footing, nowhere)],
    byHand: [clean(`cat ${files.map((file) => `${folder}/${file}`).join(' ')}`)],
  }
}

/** Of lines `METRIC MTU NAME`, one for each default route of the node. */
const underlayOf = (lines: readonly string[] = []): OverviewLook['underlay'] => {
  const routes = lines.flatMap((line) => {
    const [, metric, mtu, name] = /^(\d+) (\d+) (.+)$/.exec(line) ?? []
    return name === undefined ? [] : [{ metric: Number(metric), mtu: Number(mtu), name: clean(name) }]
  })
  const [best] = routes.toSorted((one, other) => one.metric - other.metric)
  return best && { name: best.name, mtu: best.mtu }
}

/** Of lines `MTU KIND NAME`. */
const tunnelsOf = (lines: readonly string[] = []): OverviewLook['tunnels'] =>
  lines.flatMap((line) => {
    const [, mtu, kind = '', name = ''] = /^(\d+) (\w+) (.+)$/.exec(line) ?? []
    return mtu === undefined ? [] : [{ name: clean(name), kind: clean(kind), mtu: Number(mtu) }]
  })

/** Of the first row of `stat/nf_conntrack`: every row has the number of all CPUs together, in hexadecimal. */
const conntrackOf = (lines: readonly string[] = []): OverviewLook['conntrack'] => {
  const [heading = '', row = ''] = lines
  const entries = Number.parseInt(row, 16)
  return heading.startsWith('entries ') && !Number.isNaN(entries) ? { entries } : undefined
}

/** Bytes that are read, and those that the shell holds before: how much ip tells is the pod's choice. */
const limit = 512 * 1024
const kept = limit + 16 * 1024

/** Bytes up to which the shell finds words in a text by itself, in time that grows with the square of that: a process costs more. */
const mostCut = 8 * 1024

/** Interfaces, addresses and counters of a namespace, and what they are plugged into on the node. */
export const overviewLook: LookKind<OverviewLook> = {
  tab: 'overview',
  every: 5,
  limit,
  cost: 'one run of nsenter and ip, 5 to 8 ms of CPU on a small machine; without root two processes, 4 to 7 ms',
  runs: [
    { command: `nsenter -t PID -n -- ip -j -s -d addr show | head -c ${kept}`, needs: 'root' },
    { command: `grep -o '"link_index":[0-9]*'`, needs: 'root' },
    { command: "grep '^0\\{32\\} 00 ' /proc/net/ipv6_route", needs: 'nothing' },
    { command: 'od -An -tx2 -N2 /proc/self/status', needs: 'nothing' },
    {
      command: 'cat /proc/PID/net/dev /proc/PID/net/route /proc/PID/net/if_inet6 /proc/PID/net/fib_trie',
      needs: 'nothing',
    },
  ],
  reads: [
    '/proc/PID/net/stat/nf_conntrack',
    '/proc/net/route',
    '/sys/class/net/*/{ifindex,iflink,mtu,operstate,type,uevent}',
  ],
  // A tunnel tells its kind by DEVTYPE, or by the type of its link (ARPHRD_TUNNEL, TUNNEL6, IPGRE, IP6GRE of if_arp.h); the many cables of pods are not read.
  // Whatever is long comes last, and nothing long is cut by the shell itself, which takes the square of a length for that. Files are read by the shell itself, up to the line that matters: it reads letter by letter.
  script: `
section conntrack
{ read -r l && echo "$l" && read -r l && echo "$l"; } <"$net/stat/nf_conntrack"
section underlay
uplink() { read -r u <"/sys/class/net/$1/mtu" && echo "$2 $u $1"; }
found=
while read -r d t g f c u k x y; do case $t in
Destination) ;;
00000000) [ "$x" = 00000000 ] && [ "$d" != '*' ] && uplink "$d" "$k" && found=yes;;
*) break;; esac; done </proc/net/route
[ -n "$found" ] || grep '^0\\{32\\} 00 ' /proc/net/ipv6_route | while read -r t l s p v k c u f d; do
[ "$d" = lo ] || uplink "$d" "$((0x$k))"; done
section tunnels
for d in /sys/class/net/*; do
case \${d##*/} in lo|veth*|cali*|lxc*|eni*|azv*|gke*) continue;; esac
read -r k <"$d/uevent" && read -r t <"$d/type" && case $k,$t in
DEVTYPE=vxlan,*|DEVTYPE=geneve,*|DEVTYPE=wireguard,*) k=\${k#*=};;
*,768) k=ipip;; *,769) k=ip6tnl;; *,778|*,823) k=gre;;
*) continue;; esac && read -r s <"$d/operstate" && [ "$s" != down ] && read -r u <"$d/mtu" && echo "$u $k \${d##*/}"
done
j=
if enters; then
j=$(become ip -j -s -d addr show | head -c ${kept})
section peers
n=
if [ "$whose" != pod ]; then :
elif [ \${#j} -gt ${mostCut} ]; then for x in $(printf '%s' "$j" | grep -o '"link_index":[0-9]*'); do n="$n \${x#*:} "; done
else r=$j; while :; do case $r in *'"link_index":'*) r=\${r#*'"link_index":'}; n="$n \${r%%[!0-9]*} ";; *) break;; esac; done
fi
[ -n "$n" ] && for d in /sys/class/net/*; do
read -r i <"$d/ifindex" && case $n in *" $i "*) read -r k <"$d/iflink" && read -r u <"$d/mtu" && echo "$i $k $u \${d##*/}";; esac
done
fi
case $j in '['*)
section ip; printf '%s\\n' "$j";;
*)
section order; od -An -tx2 -N2 /proc/self/status
section files; cat "$net/dev" "$net/route" "$net/if_inet6" "$net/fib_trie";;
esac
`,
  read(seen) {
    const { sections, footing } = seen
    const [underlay, conntrack] = [underlayOf(sections.get('underlay')), conntrackOf(sections.get('conntrack'))]
    return {
      tab: 'overview',
      footing,
      ...(isJson(sections.get('ip') ?? []) ? fromIp(seen) : fromFiles(seen)),
      tunnels: tunnelsOf(sections.get('tunnels')),
      ...(underlay === undefined ? {} : { underlay }),
      ...(conntrack === undefined ? {} : { conntrack }),
    }
  },
}
