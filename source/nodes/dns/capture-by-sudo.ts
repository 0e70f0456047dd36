import { type RootCommand, shownRootCommand } from '../privilege/root-command.ts'
import type { Script } from '../probe.ts'
import { captureLease, isInterface, tcpdumpWords } from './capture-command.ts'

// Told by its lease: a fraction of a second made of the number of the shell that started it.
const tag = { shown: `${captureLease}.NNNNNNN`, pattern: `${captureLease}[.][0-9]{7}` }
const tcpdumpPath = { shown: '/usr/bin/tcpdump', pattern: '/usr/(bin|sbin)/tcpdump' }
const interfaceName = { shown: 'INTERFACE', pattern: '[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}' }
const timeout = '/usr/bin/timeout'

/** The capture: its lease runs as root beside it, so that it ends whatever becomes of all others. */
const rootCapture: RootCommand = {
  paths: [timeout],
  words: ['-k', '1', tag, tcpdumpPath, ...tcpdumpWords(interfaceName)],
}

/** Ends the capture with this tag and nothing else: what is not root may not signal what is. */
const rootCaptureEnd: RootCommand = {
  paths: ['/usr/bin/pkill'],
  words: ['-TERM', '-f', { shown: `^${timeout} -k 1 ${tag.shown}`, pattern: `\\^${timeout} -k 1 ${tag.pattern}` }],
}

/**
 * $1: the interface. As the capture without sudo, with two differences: the watcher asks root to end the capture, and what
 * sudo says is told with its version, because old ones know no regular expressions.
 */
const text = `
tcpdump=
for p in /usr/sbin/tcpdump /usr/bin/tcpdump; do [ -x "$p" ] && tcpdump=$p; done
[ -n "$tcpdump" ] || exit 127
lease=${captureLease}.$(printf %07d $$)
[ "$KNTOP_RELAY" = 1 ] && limit="-t ${captureLease + 1}" || limit=
exec 3<&0
nice -n 19 sudo -n ${timeout} -k 1 "$lease" "$tcpdump" ${tcpdumpWords('"$1"')
  .map((word) => (word.includes(' ') ? `'${word}'` : word))
  .join(' ')} </dev/null 3<&- &
tool=$!
{ while read -r $limit line; do :; done; sudo -n ${rootCaptureEnd.paths[0]} -TERM -f "^${timeout} -k 1 $lease"; } <&3 3<&- >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$tool"
status=$?
kill "$watcher" 2>/dev/null
[ "$status" = 1 ] && sudo -V | { read -r version; echo "$version"; } >&2
exit "$status"
`

/** The capture as root through sudo. Undefined for a name that is no interface's. */
export const captureBySudo = (name: string): Script | undefined =>
  isInterface(name)
    ? {
        text,
        args: [name],
        shown: `nice -n 19 sudo -n ${shownRootCommand(rootCapture).replace('INTERFACE', name)}`,
        runs: [
          ...['/usr/bin/tcpdump', '/usr/sbin/tcpdump'].map((path) => ({
            command: `nice -n 19 sudo -n ${shownRootCommand(rootCapture).replace(tcpdumpPath.shown, path)}`,
          })),
          { command: `sudo -n ${shownRootCommand(rootCaptureEnd)}` },
          { command: 'sudo -V' },
        ],
        sudo: [rootCapture, rootCaptureEnd],
      }
    : undefined
