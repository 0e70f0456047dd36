/**
 * Runs the ssh that holds a connection (`$2` and on) for as long as stdin stays open: it ends with kntop, also when that is
 * killed. It ends with ssh, too, and removes the socket `$1`; with 127 where there is no such program.
 *
 * A line on stdin asks the whole process group to end, because a ProxyCommand is in it; who wrote it kills what is left. At
 * the end of stdin nobody is there to do so, and the script does it itself, a second later.
 */
export const keeperScript = [
  // What ssh accepts, it writes into a file of ours.
  'umask 077',
  'socket=$1',
  'shift',
  'command -v "$1" >/dev/null || exit 127',
  // A shell says on stderr what became of what it ran.
  'exec 3<&0 4>&2 </dev/null 2>/dev/null',
  `{ read -r _ <&3; trap '' TERM; kill 0; read -r _ <&3; sleep 1; rm -f -- "$socket"; kill -9 0; } 4>&- &`,
  'reader=$!',
  'trap : TERM',
  '( exec "$@" 2>&4 3<&- 4>&- )',
  'rm -f -- "$socket"',
  // Waited for, so that no dead process is left to an init that may not care.
  'kill -9 "$reader"',
  'wait "$reader"',
  'kill -9 0',
].join('\n')
