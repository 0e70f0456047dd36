import type { Program } from '../connections/connection.ts'
import { shellProgram } from './shell.ts'

/** Folders and files whose presence the hello line tells; probes see them in `flags.paths`. */
export const knownPaths = [
  '/sys/kernel/btf/vmlinux',
  '/var/lib/etcd',
  '/var/lib/rancher/k3s/server/db/etcd',
  '/var/lib/rancher/rke2/server/db/etcd',
  '/var/lib/kubelet',
] as const

/** Programs whose presence the hello line tells; probes see them in `flags.tools`. */
export const knownTools = ['ss', 'conntrack', 'tcpdump', 'curl', 'wget', 'perl', 'python3', 'timeout', 'nice'] as const

/** Seconds after which a sampler ends by itself. */
export interface Leases {
  /** Without a tick, behind a shell whose `read` knows a time limit. */
  readonly relay: number
  /** After its start, under `timeout`, where there is no such shell. */
  readonly timeout: number
}

export const usualLeases: Leases = { relay: 15, timeout: 300 }

/**
 * Greets, then becomes the sampler. $1 and $2 are the halves of the marker: it never stands whole in a command line, so an
 * echoed command cannot pretend to be an answer. No command is run per tick; those before the greeting run once.
 */
const session = (awk: string, fallback: string, leases: Leases): string => `
program='${awk}'
stat=
read -r stat </proc/$$/stat
stat=\${stat##*) }
start=$(set -- $stat; echo "\${20}")
paths=; for p in ${knownPaths.join(' ')}; do [ -r "$p" ] || [ -d "$p" ] && paths="$paths,$p"; done
tools=; for t in ${knownTools.join(' ')}; do command -v "$t" >/dev/null 2>&1 && tools="$tools,$t"; done
engine=head; awk=
if [ "$KNTOP_ENGINE" != head ]; then
for a in awk "busybox awk"; do for w in "-W interactive" ""; do
if [ "$($a $w "BEGIN{print 41+1}" </dev/null 2>/dev/null)" = 42 ]; then engine=awk; awk="$a $w"; break 2; fi
done; done
fi
lease=0; wait=
if [ "$KNTOP_RELAY" = 1 ]; then lease=${leases.relay}
elif [ $engine = awk ] && command -v timeout >/dev/null 2>&1; then lease=${leases.timeout}; wait="timeout ${leases.timeout}"; fi
echo "$1$2 pid=$$ start=$start uid=$uid engine=$engine lease=$lease relay=$KNTOP_RELAY paths=$paths tools=$tools"
relay() { while read -r -t ${leases.relay} x; do echo "$x" || exit; done; }
if [ "$engine" = awk ]; then
if [ "$KNTOP_RELAY" = 1 ]; then relay 2>/dev/null | exec $awk "$program" 2>/dev/null; else exec $wait $awk "$program" 2>/dev/null; fi
else
${fallback}
fi
`

/** The sampler as a program to run on a node. `engine: 'head'` leaves awk aside even where there is one (for tests). */
export const samplerProgram = (options: {
  readonly marker: readonly [string, string]
  readonly awk: string
  readonly fallback: string
  readonly shell?: readonly [string, ...string[]]
  readonly engine?: 'head'
  readonly leases?: Leases
}): Program =>
  shellProgram(
    `${options.engine === 'head' ? 'KNTOP_ENGINE=head\n' : ''}${session(options.awk, options.fallback, options.leases ?? usualLeases)}`,
    options.marker,
    options.shell,
  )
