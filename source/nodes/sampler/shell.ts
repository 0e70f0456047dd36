import type { Program } from '../connections/connection.ts'

/** The line that ends a script on stdin. */
const end = '#kntop-end'

/** What every script of ours starts with: where tools are, one language for their output, and perl as it is by itself. */
const environment = `uid=
while read -r a b c; do case $a in Uid:) uid=$b; break;; esac; done </proc/self/status
if [ "$uid" = 0 ]; then PATH=/usr/sbin:/usr/bin:/sbin:/bin; else PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH; fi
LC_ALL=C; export PATH LC_ALL
unset PERL5OPT PERL_UNICODE PERLIO`

/** The last line of a script that came whole. */
const whole = '# kntop-whole'

// Both travel on a command line that any login shell may read: one line each, without single quotes, exclamation marks and
// backslashes, which csh and fish take in their own way even between single quotes.

/** Reads the script from stdin up to its end line and becomes it; a script that was cut off is not run. */
const reader = [
  'k=$(while IFS= read -r l',
  `do case $l in ("${end}") echo "${whole}"`,
  'exit;; esac',
  'printf "%s" "$l"',
  'echo',
  `done)`,
  `case $k in (*"${whole}") eval "$k";; esac`,
].join('; ')

/**
 * Finds a shell whose `read` knows a time limit, so that it can end by itself when the other side falls silent. Debian's
 * dash does not, so busybox or bash take over where they are. KNTOP_RELAY tells the script what it got. $1 is the reader.
 */
const chooser = [
  'read -t 1 x </dev/null 2>/dev/null',
  'if [ $? -eq 1 ]; then KNTOP_RELAY=1; eval "$1"',
  'elif command -v busybox >/dev/null 2>&1 && busybox sh -c : 2>/dev/null; then export KNTOP_RELAY=1; exec busybox sh -c "$1" kntop',
  'elif command -v bash >/dev/null 2>&1; then export KNTOP_RELAY=1; exec bash -c "$1" kntop',
  'else KNTOP_RELAY=0; eval "$1"; fi',
].join('; ')

/** A word for our own shell, whatever it holds. Throws for what would end the script early: a fault of the program. */
export const quoted = (word: string): string => {
  if (word.includes('\0') || word.split('\n').includes(end))
    throw new Error(`not a word for a shell: ${JSON.stringify(word.slice(0, 60))}`)
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * A shell script to run on a node, with "$1"... its arguments. Both travel on stdin, so that the command line is the same
 * for everything that we run, and means the same to every login shell; what is written to stdin afterwards is the script's.
 */
export const shellProgram = (
  script: string,
  args: readonly string[],
  shell: readonly [string, ...string[]] = ['sh'],
): Program => ({
  argv: [...shell, '-c', chooser, 'kntop', reader],
  input: `${environment}\nset -- ${args.map(quoted).join(' ')}\n${script.trim()}\n${end}\n`,
})
