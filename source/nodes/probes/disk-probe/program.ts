import type { Script } from '../../probe.ts'
import { bytes, lease, pace, perl, python } from './loops.ts'

/** Exit statuses with which the program says on stderr, after `kntop: `, why it does not run. */
export const refusals = { 40: 'not-applicable', 41: 'denied', 42: 'no-tool', 43: 'no-data' } as const

/** Whether this perl has pointers of 64 bits. */
const wide = 'exit(length(pack("p", "")) != 8)'

/** What is asked of a filesystem. */
const told = '%t %S %b %a %T'

/**
 * $1 folder or empty, $2 the perl text, $3 the python text. Filesystems are told by their magic numbers (magic.h of the
 * kernel), and only ones that keep their data on this machine's own disks are let through: what is not known is refused.
 * A state folder that does not exist yet is not made: the probe goes to the folder above it in which it would be made. One
 * that is there and of no use is refused, and so is an XDG_STATE_HOME without a folder: nobody named another.
 */
const shell = `
refuse() { printf 'kntop: %s\\n' "$2" >&2; exit "$1"; }
folder=$1
if [ -z "$folder" ]; then
state=\${XDG_STATE_HOME:-$HOME/.local/state}
folder=$state/kntop
[ ! -e "$folder" ] || [ -O "$folder" ] || refuse 41 "the state folder belongs to another user: $folder"
[ -e "$folder" ] || folder=$state
if [ -z "$XDG_STATE_HOME" ]; then
for above in "$HOME/.local" "$HOME"; do [ -e "$folder" ] || folder=$above; done
fi
[ -e "$folder" ] || refuse 41 "there is no state folder: $folder"
fi
case $folder in /*) ;; *) refuse 40 "not an absolute path: $folder";; esac
real=$(cd -P "$folder" 2>/dev/null && pwd -P) || refuse 41 "no folder that may be entered: $folder"
case $real/ in */member/*) refuse 40 "inside the member folder of etcd: $real";; esac
[ -w "$real" ] || refuse 41 "may not write in $real"
set -- $(stat -c %a "$real") $(stat -f -c '${told}' "$real") - "$@"
[ $# -ge 9 ] || refuse 42 "no stat that tells the filesystem of $real"
case $1 in *[2367]) refuse 40 "shared with every user: $real";; esac
case $2 in
ef53) name=ext;; 58465342) name=xfs;; 9123683e) name=btrfs;; 2fc12fc1) name=zfs;; f2f52010) name=f2fs;;
3153464a) name=jfs;; 52654973) name=reiserfs;; ca451a4e) name=bcachefs;;
*) refuse 40 "on $6, which is not a filesystem of a local disk: $real";;
esac
[ $(($5 * 100)) -ge $(($4 * 5)) ] && [ $(($5 * $3)) -ge 1073741824 ] ||
refuse 40 "less than 5 % or 1 GiB free: $real"
while [ "$1" != - ]; do shift; done
shift
case $(uname -m) in
x86_64) numbers='75 228 285';;
aarch64 | riscv64) numbers='83 113 47';;
*) numbers=;;
esac
limit=
command -v timeout >/dev/null 2>&1 && limit='timeout ${lease}'
if [ -n "$numbers" ] && perl -e '${wide}' 2>/dev/null; then
printf 'on %s %s\\n' "$name" "$real"
exec $limit perl -e "$2" "$real" $numbers
elif command -v python3 >/dev/null 2>&1; then
printf 'on %s %s\\n' "$name" "$real"
exec $limit python3 -I -S -c "$3" "$real"
fi
refuse 42 "neither perl nor python3 for this machine"
`

/** The disk probe, to be run on a node. `folder`: absolute; undefined: the state folder of the user there. */
export const diskProbeScript = (folder: string | undefined, language: 'perl' | 'python3' = 'perl'): Script => ({
  text: shell.trim(),
  args: [folder ?? '', perl.trim(), python.trim()],
  shown: `timeout ${lease} ${language} ${language === 'perl' ? '-e' : '-c'} '...; write ${bytes} bytes; fdatasync; wait ${pace.usual} s; ...' ${folder ?? '"${XDG_STATE_HOME:-~/.local/state}/kntop"'}`,
  runs: [
    { command: 'stat -c %a FOLDER' },
    { command: `stat -f -c '${told}' FOLDER` },
    { command: 'uname -m' },
    { command: `perl -e '${wide}'` },
    language === 'perl'
      ? { command: `timeout ${lease} perl -e PROGRAM FOLDER NUMBER NUMBER NUMBER`, where: { PROGRAM: perl.trim() } }
      : { command: `timeout ${lease} python3 -I -S -c PROGRAM FOLDER`, where: { PROGRAM: python.trim() } },
  ],
})
