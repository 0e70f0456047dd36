import { randomBytes } from 'node:crypto'
import type { Place } from '../../events/inquiry.ts'
import type { Script } from '../probe.ts'
import type { LookKind } from './look-kind.ts'

const uid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$/
const container = /^[0-9a-f]{12,128}$/

/** Whether the ids of a place are what ids look like: they become words of a script and parts of paths. */
export const isPlaceValid = (place: Place): boolean =>
  place.kind === 'host' || (uid.test(place.uid) && place.containers.every((id) => container.test(id)))

/**
 * Finds a process of a pod. `$1` is the marker, `$2` the uid, the rest its containers' ids. The kubelet puts every container
 * into a cgroup that bears the pod's uid and the container's id, under names that differ by driver, runtime and version; the
 * patterns meet all of them without asking a runtime, which takes root. A uid is written with `_` by the systemd driver, and
 * CRI-O's own monitor of a container is none of its processes.
 *
 * A start time is the 20th word after the last `)` of all of `/proc/PID/stat`: a process may be named `x) R 1`, with a
 * newline in it.
 */
const findPod = `
started() { s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; s=\${s##*)}; set -- $s; shift 19; echo "$1"; }
first() { for f do case $f in *crio-conmon-*) continue;; esac; [ -r "$f" ] && read -r p <"$f" && [ -n "$p" ] && [ "$p" != 0 ] && { pid=$p; return 0; }; done; return 1; }
inside_pod() { nsenter -t "$pid" -n -- "$@"; }
m=$1; u=$2; shift 2
_u=$(echo "$u" | tr - _)
pid=; way=
for id do
for r in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/pids /sys/fs/cgroup/memory /sys/fs/cgroup/cpu; do
[ -d "$r" ] || continue
for v in "$u" "$_u"; do
first "$r"/*kubepods*/*"$v"*/*"$id"*/cgroup.procs "$r"/*kubepods*/*/*"$v"*/*"$id"*/cgroup.procs \\
"$r"/*/*kubepods*/*"$v"*/*"$id"*/cgroup.procs "$r"/*/*kubepods*/*/*"$v"*/*"$id"*/cgroup.procs \\
"$r"/*kubepods*/*"$v"*/*"$id"*/*/cgroup.procs "$r"/*kubepods*/*/*"$v"*/*"$id"*/*/cgroup.procs && { way='its cgroup'; break 3; }
done; done; done
if [ -z "$pid" ]; then for id do
p=$(grep -ls -- "$id" /proc/[0-9]*/cgroup 2>/dev/null | head -n 1); p=\${p#/proc/}; p=\${p%%/*}
[ -n "$p" ] && { pid=$p; way='a search of all processes'; break; }
done; fi
if [ -z "$pid" ] && [ "$uid" = 0 ] && command -v crictl >/dev/null 2>&1; then for id do
p=$(crictl inspect "$id" 2>/dev/null | sed -n 's/^ *"pid": *\\([0-9][0-9]*\\).*/\\1/p' | head -n 1)
[ -n "$p" ] && [ "$p" != 0 ] && { pid=$p; way=crictl; break; }
done; fi
if [ -z "$pid" ] && [ "$uid" = 0 ] && command -v ctr >/dev/null 2>&1; then for id do
p=$(ctr -n k8s.io task ls 2>/dev/null | while read -r a b c; do [ "$a" = "$id" ] && echo "$b"; done)
[ -n "$p" ] && { pid=$p; way=ctr; break; }
done; fi
`

const findHost = `
started() { echo 0; }
inside_pod() { "$@"; }
m=$1
pid=$$; way='the node itself'
`

const frame = (find: string, script: string): string => `${find}
section() { echo "$m $1"; }
inside() { inside_pod "$@" 2>/dev/null; }
right=user; [ "$uid" = 0 ] && right=root
net=/proc/$pid/net
section footing
[ -n "$pid" ] || { echo none; exit 0; }
start=$(started "$pid")
echo "$pid $right"; echo "$way"; echo "$start"
readlink "/proc/$pid/ns/net" 2>/dev/null || echo
readlink /proc/1/ns/net 2>/dev/null || echo
${script.trim()}
section end
started "$pid"
`

/** One look as a program: it finds the namespace anew each time, and says at its end whether the process is still the same. */
export const lookScript = (kind: LookKind, place: Place): { readonly script: Script; readonly marker: string } => {
  if (!isPlaceValid(place)) throw new Error('not the ids of a pod')
  const marker = randomBytes(6).toString('hex')
  const args = place.kind === 'host' ? [marker] : [marker, place.uid, ...place.containers]
  const find = place.kind === 'host' ? findHost : findPod
  return { script: { text: frame(find, kind.script), args, shown: kind.script.trim() }, marker }
}
