import { onOneLine } from './by-hand.ts'
import type { LookRun } from './look-kind.ts'

/**
 * Opens a file without following a link and without opening anything but a regular file. Arguments: a folder to begin at,
 * and a path below it. Every part is pinned (O_PATH, which opens no device and waits for no FIFO) before it is looked at, and
 * what was looked at is what is read: whatever is swapped meanwhile, nothing else is opened. No single quotes: it is a word of
 * a shell. O_PATH is not in Fcntl; its value is that of all processors but Alpha, PA-RISC and SPARC, where it opens nothing.
 */
const walker = String.raw`
use strict; use Fcntl qw(:DEFAULT :mode O_NOFOLLOW O_NONBLOCK);
my ($base, $path) = @ARGV; my $pin = 0x200000;
sysopen(my $at, $base, $pin) or exit 14;
my @parts = grep { length } split m{/}, $path;
for my $index (0 .. $#parts) {
  sysopen(my $next, "/proc/self/fd/" . fileno($at) . "/$parts[$index]", $pin | O_NOFOLLOW) or exit($!{ENOENT} ? 13 : 14);
  my $mode = (stat $next)[2]; defined $mode or exit 14;
  S_ISLNK($mode) and exit 10;
  ($index == $#parts ? S_ISREG($mode) : S_ISDIR($mode)) or exit 11;
  $at = $next;
}
sysopen(my $file, "/proc/self/fd/" . fileno($at), O_RDONLY | O_NONBLOCK | O_NOCTTY) or exit 14;
my $text = "";
while (length $text < 65537) { my $got = sysread($file, $text, 65537 - length $text, length $text); defined $got or exit 14; $got or last }
length $text > 65536 and exit 12;
print $text;`.trim()

/** Only what a resolver heeds, and what ends a section. */
const kept = `sed -n -e '/^nameserver[[:blank:]]/p' -e '/^search[[:blank:]]/p' -e '/^domain[[:blank:]]/p' -e '/^options[[:blank:]]/p' -e "/^$m /p"`

/**
 * Reads the resolv.conf of a pod. Whatever the pod's processes see below `/` is their choice: a link to a file of the host, a
 * FIFO that nobody writes to, a device that does something when it is opened, and another one a moment later.
 *
 * - A container's resolv.conf is a file that the runtime wrote and mounted. `/proc/PID/mountinfo` names its device and its
 *   path on that; our own mountinfo says where that device is mounted here. Such a path is believed where it is one that a
 *   runtime makes, in a folder that only root of the host can change; never below `/pods/`, where volumes are, whose folders
 *   belong to pods. It must be the file that the pod sees, by device and inode.
 * - Otherwise the file is the pod's own. Both are read through {@link walker}: `[ -f x ] && cat x` asks twice, and whoever may
 *   write to the folder may answer twice; and dd's `nofollow` keeps from links, and opens devices. Without perl only what a
 *   runtime keeps where runtimes keep it, into which no volume leads, is read plainly; and the pod's own not at all.
 * - Not at all where one of its mounts may never answer: a FUSE server is the pod's, too, and what waits for it cannot be
 *   killed.
 * - Every process that touches a pod's path is one of its own, killed after 2 s.
 * - Of what was read only lines go out that a resolver heeds, so that no other file shows, should all of this fail.
 *
 * `status N` names how it ended: 0, those of the walker, 137 or the like for killed, or a word.
 */
export const resolverScript = `
limited() { timeout -s KILL 2 "$@"; }
kept() { ${kept}; }
told() { { limited "$@" 2>/dev/null; s=$?; echo; section "status $s"; } | kept; }
plainly() {
section file; echo "$1"
s=$(limited head -c 65537 "$1" 2>/dev/null | wc -c)
if [ "$s" -gt 65536 ]; then section 'status 12'; else section lines; told head -c 65536 "$1"; fi
}
walked() { section file; echo "$3"; section lines; told perl -e '${walker}' "$1" "$2"; }
mounts() {
grep -E ' (/|/etc|/etc/resolv[.]conf) ' "/proc/$pid/mountinfo" 2>/dev/null | while read -r a b c r t x; do
case $t in /|/etc|/etc/resolv.conf) ;; *) continue;; esac
case \${x#* - } in fuse*|9p*|nfs*|cifs*|smb*|ceph*|afs*|autofs*) echo slow; break;; esac
[ "$t" = /etc/resolv.conf ] && echo "$c $r"
done
}
places() {
k=8
grep -F " $1 " /proc/self/mountinfo | while read -r a b c r t x; do
[ "$c" = "$1" ] || continue
case $t in *\\\\*) continue;; esac
case $r in /) q=$2;; *) case $2 in "$r"/*) q=\${2#"$r"};; *) continue;; esac;; esac
echo "\${t%/}$q"
k=$((k - 1)); [ "$k" -gt 0 ] || break
done
}
known() { case $1 in
/var/lib/containerd/io.*|/var/lib/rancher/*/agent/containerd/io.*|/var/lib/k0s/containerd/io.*) ;;
/var/snap/microk8s/common/var/lib/containerd/io.*|/run/containerd/io.*) ;;
/run/containers/storage/*|/var/lib/containers/storage/*|/var/lib/docker/containers/*) ;;
*) return 1;; esac; }
trusted() {
[ -n "$walks" ] || known "$1" || return 1
case $1 in */pods/*|*/./*|*/../*) return 1;;
*/io.containerd.grpc.v1.cri/sandboxes/*/resolv.conf|*/docker/containers/*/resolv.conf) x=\${1%/resolv.conf};;
*-containers/*/userdata/resolv.conf) x=\${1%/userdata/resolv.conf};;
*) return 1;; esac
case \${x##*/} in ''|*[!0-9a-f]*) return 1;; esac
[ -f "$1" ] && [ ! -L "$1" ] && limited sh -c '[ "$1" -ef "$2" ]' sh "$1" "/proc/$pid/root/etc/resolv.conf"
}
of_pod() {
x=$(mounts)
x=\${x##*"
"}
[ "$x" = slow ] && { section 'status slow'; return; }
h=; walks=; command -v perl >/dev/null 2>&1 && walks=yes
case $x in ''|*\\\\*|*//deleted) ;; *)
for p in $(places "\${x%% *}" "\${x#* }"); do trusted "$p" && { h=$p; break; }; done;; esac
if [ -n "$walks" ]; then
if [ -n "$h" ]; then walked / "$h" "$h"; else walked "/proc/$pid/root" etc/resolv.conf "/proc/$pid/root/etc/resolv.conf"; fi
elif [ -n "$h" ]; then plainly "$h"
else section 'status no-perl'; fi
}
if ! command -v timeout >/dev/null 2>&1; then section 'status no-timeout'
elif [ "$pid" = $$ ]; then plainly /etc/resolv.conf
elif [ "$right" != root ]; then section 'status denied'
else set -f; of_pod; set +f; fi
`

const limited = 'timeout -s KILL 2'
const keptThere = kept.replace('$m', 'MARKER')

/** Every command that the script may run. */
export const resolverRuns: readonly LookRun[] = [
  { command: "grep -E ' (/|/etc|/etc/resolv[.]conf) ' /proc/PID/mountinfo", needs: 'root' },
  { command: 'grep -F " DEVICE " /proc/self/mountinfo', needs: 'root' },
  { command: `${limited} sh -c '[ "$1" -ef "$2" ]' sh FILE /proc/PID/root/etc/resolv.conf`, needs: 'root' },
  { command: onOneLine(`${limited} perl -e '${walker}' FOLDER FILE | ${keptThere}`), needs: 'root' },
  { command: `${limited} head -c 65537 FILE | wc -c`, needs: 'nothing' },
  { command: `${limited} head -c 65536 FILE | ${keptThere}`, needs: 'nothing' },
]
