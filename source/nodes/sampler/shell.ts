import type { Program } from '../connections/connection.ts'

/** The line that ends a script on stdin. */
const end = '#kntop-end'

/** What every script of ours starts with: where tools are, and one language for their output. */
const environment = `uid=
while read -r a b c; do case $a in Uid:) uid=$b; break;; esac; done </proc/self/status
if [ "$uid" = 0 ]; then PATH=/usr/sbin:/usr/bin:/sbin:/bin; else PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH; fi
LC_ALL=C; export PATH LC_ALL`

/** Reads the script from stdin up to its end line and becomes it; a script that was cut off is not run. */
const reader = `k=; n="
"; while IFS= read -r l && [ "$l" != "${end}" ]; do k="$k$l$n"; done; [ "$l" = "${end}" ] || exit; unset l n; eval "$k"`

/**
 * Finds a shell whose `read` knows a time limit, so that it can end by itself when the other side falls silent. Debian's
 * dash does not, so busybox or bash take over where they are. KNTOP_RELAY tells the script what it got. $1 is the reader.
 */
const chooser = [
  'read -t 1 x </dev/null 2>/dev/null',
  'if [ $? -eq 1 ]; then KNTOP_RELAY=1; r=$1; shift; eval "$r"',
  'elif command -v busybox >/dev/null 2>&1 && busybox sh -c : 2>/dev/null; then export KNTOP_RELAY=1; r=$1; shift; exec busybox sh -c "$r" kntop "$@"',
  'elif command -v bash >/dev/null 2>&1; then export KNTOP_RELAY=1; r=$1; shift; exec bash -c "$r" kntop "$@"',
  'else KNTOP_RELAY=0; r=$1; shift; eval "$r"; fi',
].join('\n')

/**
 * A shell script to run on a node, with "$1"... its arguments. It travels on stdin, so that the node's process list shows
 * one short line; what is written to stdin afterwards is the script's.
 */
export const shellProgram = (
  script: string,
  args: readonly string[],
  shell: readonly [string, ...string[]] = ['sh'],
): Program => ({
  argv: [...shell, '-c', chooser, 'kntop', reader, ...args],
  input: `${environment}\n${script.trim()}\n${end}\n`,
})
