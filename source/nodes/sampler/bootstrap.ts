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

/** The stat file of the process above awk: the relay, or `timeout`; awk's own where there is neither. */
export const feederStat = '/proc/self/cwd/stat'

/**
 * A function of our scripts: `about PID` sets `name`, `parent` and `born` of a process (proc_pid_stat(5); a name may hold
 * spaces and parentheses) without running anything. A name may hold the end of a line, too, and what is left of it then is
 * no list of numbers: it fails, and no pattern for files in it is heeded. ksh reads a parenthesis that is not quoted as the
 * begin of a pattern of its own.
 */
const about = `about() { stat=; read -r stat 2>/dev/null <"/proc/$1/stat" || return 1; name=\${stat#*"("}; name=\${name%")"*}; set -f; set -- \${stat##*") "}; set +f; [ $# -gt 19 ] || return 1; parent=$2; born=\${20}; }`

/** `owned PID` sets the user of a process. */
const owned = `owned() { owner=; while read -r a b c; do case $a in (Uid:) owner=$b; break;; esac; done 2>/dev/null <"/proc/$1/status"; }`

/**
 * Finds sshd's process of this session, and ends those of earlier sessions of ours that a cut link left: $3 lists them as
 * `PID:START`. Each must still be sshd's, as old as it was, and of the user who is logged in now: behind sudo that is not who
 * runs this.
 */
const sessions = `
${owned}
session=; login=$uid; p=$PPID
for n in 1 2 3 4 5 6; do about "$p" || break; case $name in (sshd*) session=$p:$born; owned "$p" && login=$owner; break;; esac; p=$parent; done
for s in $3; do p=\${s%%:*}
about "$p" && case $name in (sshd*) [ "$p:$born" = "$s" ] && [ "$s" != "$session" ] && owned "$p" && [ "$owner" = "$login" ] && kill "$p";; esac
done 2>/dev/null`

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
 *
 * awk stands in the folder of the process that feeds it or limits it, so that what is read of itself can be read of that one
 * too ({@link feederStat}). The relay tells its number by its first line, before any tick.
 */
const session = (awk: string, fallback: string, leases: Leases): string => `
program='${awk}'
${about}
about $$; start=$born${sessions}
boot=; read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id
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
echo "$1$2 pid=$$ start=$start uid=$uid engine=$engine lease=$lease relay=$KNTOP_RELAY session=$session boot=$boot paths=$paths tools=$tools"
relay() { read -r me x </proc/self/stat; echo "$me"; while read -r -t ${leases.relay} x; do echo "$x" || exit; done; }
cd /proc/$$ 2>/dev/null || cd /
if [ "$engine" = awk ]; then
if [ "$KNTOP_RELAY" = 1 ]; then relay 2>/dev/null | { read -r me; cd "/proc/\${me:-$$}"; exec $awk "$program"; } 2>/dev/null
else exec $wait $awk "$program" 2>/dev/null; fi
else
${fallback}
fi
`

/** The sampler as a program to run on a node. `engine: 'head'` leaves awk aside even where there is one (for tests). */
export const samplerProgram = (options: {
  readonly marker: readonly [string, string]
  /** Sessions of ours on this node whose connections were lost, as its greeting named them. */
  readonly stale?: readonly string[]
  readonly awk: string
  readonly fallback: string
  readonly shell?: readonly [string, ...string[]]
  readonly engine?: 'head'
  readonly leases?: Leases
}): Program =>
  shellProgram(
    `${options.engine === 'head' ? 'KNTOP_ENGINE=head\n' : ''}${session(options.awk, options.fallback, options.leases ?? usualLeases)}`,
    [...options.marker, (options.stale ?? []).join(' ')],
    options.shell,
  )
