/** Where a node keeps what is looked through. */
export interface Trees {
  readonly cgroups: string
  readonly proc: string
  /** Sockets of runtimes are below it. */
  readonly run: string
}

export const nodeTrees: Trees = { cgroups: '/sys/fs/cgroup', proc: '/proc', run: '/run' }

/** Where tools of runtimes lie beside PATH; k3s has them within itself. */
export const toolPlaces = ['/usr/local/bin/', '/opt/bin/', '/var/lib/rancher/rke2/bin/', '/usr/local/bin/k3s '] as const

/** The start time is the 20th word after the last `)` of all of the file: a process may be named `x) R 1`, with a newline. */
const processes = (proc: string): string => `
started() { start=; s=; [ -r "${proc}/$1/stat" ] || return 1
while IFS= read -r l || [ -n "$l" ]; do s="$s $l"; done <"${proc}/$1/stat"
s=\${s##*")"}; set -- $s; [ $# -gt 19 ] && shift 19 && start=$1; }
hidden() { [ "$uid" != 0 ] && while read -r a b t o x; do case $b,$o in /proc,*hidepid=[!0]*) return 0;; esac; done </proc/self/mounts; return 1; }
`

/**
 * Finds a process of a pod, for /bin/sh as dash, busybox and bash have it. `$1` is the marker, `$2` whose namespace it is, `$3`
 * a pattern for the pod's uid, `$4` and `$5` the uid with `-` and with `_`, the rest its containers' ids, which need not be all,
 * nor the latest.
 *
 * The kubelet puts every container into a cgroup that bears the pod's uid and the container's id, under names that differ by
 * driver, runtime and version; the patterns meet all of them without asking a runtime, which takes root. A static pod's
 * cgroup bears another uid than the API server gives it, but the container's id; of a pod none of whose containers lives,
 * its sandbox still holds the namespace. Processes of a container may stand in groups below its own. CRI-O's monitor of a
 * container is none of its processes.
 *
 * A number that is read may have gone to another process before its start time is read: so it is asked afterwards whether
 * the process is the pod's (`belongs`). Of its group's path only the first name of a pod counts for that, and the one below: a pod
 * that may make groups below its own may call them after another.
 */
export const findPod = ({ cgroups, proc, run }: Trees): string => `${processes(proc)}
m=$1 whose=$2 like=$3; shift 3
pid= way=
first() { for g do case $g in *crio-conmon-*) continue;; esac
for c in '' '/*' '/*/*'; do for f in "$g"$c/cgroup.procs; do
[ -r "$f" ] && read -r p <"$f" && [ "\${p:-0}" != 0 ] && { pid=$p; return 0; }
done; done; done; return 1; }
container_in() { d=$1; shift 3; for id do first "$d"/*"$id"* && return 0; done; return 1; }
sandbox_in() { first "$1"/*/; }
each_pod() { look=$1 v=$2; shift 2
if [ -e ${cgroups}/cgroup.controllers ]; then roots=${cgroups}
else roots="${cgroups}/pids ${cgroups}/memory ${cgroups}/systemd ${cgroups}/cpu"; fi
for r in $roots; do for b in '' '/*'; do for k in '' '/*'; do
for d in "$r"$b/*kubepods*$k/*$v*; do
[ -d "$d" ] && "$look" "$d" "$@" && return 0
done; done; done; done; return 1; }
in_groups() { each_pod container_in "$like" "$@" || each_pod sandbox_in "$like" "$@" || each_pod container_in '' "$@"; }
in_processes() { w=; for a do w="$w
$a"; done
p=$(grep -FsH -- "\${w#?}" ${proc}/[0-9]*/cgroup | grep -v crio-conmon- | head -n 1)
p=\${p#${proc}/}; pid=\${p%%/*}; [ -n "$pid" ]; }
tool() { for t in "$1" /usr/local/bin/"$1" /opt/bin/"$1" /var/lib/rancher/rke2/bin/"$1"; do command -v "$t" >/dev/null && return 0; done
t="/usr/local/bin/k3s $1"; [ -x /usr/local/bin/k3s ]; }
# A runtime may tell the number of a process that ended with its container, and that may be another's by now.
running() { r= p=; while read -r x; do case $x in runs) r=1;; *) p=\${p:-$x};; esac; done; [ -n "$r" ] && echo "$p"; }
by_crictl() { tool crictl || return 1; shift 2
for k in containerd/containerd.sock k3s/containerd/containerd.sock crio/crio.sock cri-dockerd.sock; do [ -S "${run}/$k" ] || continue
for id do
pid=$($t -r "unix://${run}/$k" inspect "$id" | tr '{,' '\\n\\n' | sed -n -e 's/^ *"state": *"CONTAINER_RUNNING".*/runs/p' -e 's/^ *"pid": *\\([1-9][0-9]*\\).*/\\1/p' | running)
[ -n "$pid" ] && return 0
done; done; return 1; }
by_ctr() { tool ctr || return 1; shift 2
for k in containerd/containerd.sock k3s/containerd/containerd.sock; do [ -S "${run}/$k" ] || continue
for id do
pid=$($t -a "${run}/$k" --connect-timeout 2s --timeout 5s -n k8s.io task ls | while read -r a b c; do [ "$a $c" = "$id RUNNING" ] && echo "$b"; done)
[ -n "$pid" ] && return 0
done; done; return 1; }
if in_groups "$@"; then way='its cgroup'
elif in_processes "$@"; then way='a search of all processes'
elif [ "$uid" = 0 ]; then
if by_crictl "$@"; then way=crictl; elif by_ctr "$@"; then way=ctr; fi
fi 2>/dev/null
belongs() { case $way in crictl|ctr) return 0;; esac
while read -r l; do
case $l in *crio-conmon-*) continue;; esac
b=\${l%%pod[0-9a-f]*}
case $l in "$b") c=$l;; *) c=\${l#"$b"}; e=\${c#*/}; c=\${c%%/*}/\${e%%/*};; esac
for a do case $c in *"$a"*) return 0;; esac; done
done <"${proc}/$pid/cgroup"
return 1; }
`

/** The node itself: the shell stands for it. */
export const findHost = `
started() { start=0; }
hidden() { return 1; }
belongs() { return 0; }
m=$1 whose=$2
pid=$$ way='the node itself'
`
