import type { Refusal, Script } from '../probe.ts'
import { refuse } from '../refuse.ts'

/** Seconds after which a capture ends by itself, whatever became of whoever asked for it. */
export const captureLease = 60

/** Bytes captured of each packet: 512 hold the headers and any question; the records behind it are of no use here. */
const captureBytes = 512

// IFNAMSIZ leaves 15 bytes; the kernel allows more characters, but none that a network plugin uses.
const interfaceName = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}$/

export const isInterface = (name: string): boolean => interfaceName.test(name)

/** What tcpdump is given: answers of DNS servers over UDP on one interface, as a pcap stream, not promiscuous. */
export const tcpdumpWords = <Name>(name: Name): readonly (string | Name)[] => [
  ...['-p', '-U', '-n', '-s', String(captureBytes), '-i'],
  name,
  ...['-w', '-', 'udp src port 53'],
]

/**
 * Runs "$@" with an end to its life: when stdin closes it is told to stop, and when it stops so does the script, with its
 * status. A shell gives background jobs an empty stdin, so the watcher gets a copy of the real one; where `read` knows a
 * time limit (KNTOP_RELAY, see the sampler's chooser) it outlasts the lease by a second at most, even if the shell above
 * it was killed.
 */
const watched = `
[ "$KNTOP_RELAY" = 1 ] && limit="-t ${captureLease + 1}" || limit=
exec 3<&0
"$@" </dev/null 3<&- &
tool=$!
{ while read -r $limit line; do :; done; kill "$tool"; } <&3 3<&- >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$tool"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
`

/**
 * The capture as an argument vector: answers of DNS servers over UDP on one interface, as a pcap stream on stdout, not
 * promiscuous, each packet flushed at once, gone after the lease even if it hangs in a full pipe. Undefined for a name
 * that is no interface's.
 */
export const captureArguments = (name: string): readonly string[] | undefined => {
  if (!isInterface(name)) return undefined
  return ['nice', '-n', '19', 'timeout', '-k', '1', String(captureLease), 'tcpdump', ...tcpdumpWords(name)]
}

/** The capture under a stdin watcher: one fixed text, everything else an argument. */
export const captureScript = (name: string): Script | undefined => {
  const args = captureArguments(name)
  const shown = args?.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ')
  return args && shown ? { text: watched, args, shown, needs: 'capture' } : undefined
}

/** Packets that the kernel lost for want of buffer, by the end of tcpdump's stderr; undefined where it does not say. */
export const droppedIn = (text: string): number | undefined => {
  const [, count] = /^(\d{1,15}) packets? dropped by kernel$/m.exec(text) ?? []
  return count === undefined ? undefined : Number(count)
}

/** Why a capture ended before anybody wanted it to, from its exit status and stderr; undefined after a plain end. */
export const explainEnd = (status: number | null, stderr: string): Refusal | undefined => {
  // 124 is the end of the lease; without a status it was a signal, ours as a rule.
  if (status === 0 || status === 124 || status === null || status > 128) return undefined
  if (status === 126 || status === 127)
    return refuse('no-tool', 'The capture needs tcpdump, timeout and nice on the node.')
  if (/permission|not permitted/i.test(stderr))
    return refuse(
      'denied',
      'Capturing needs root or CAP_NET_RAW on the node: run kntop as root there, or see kntop commands.',
    )
  const words = /^tcpdump: (?!listening|verbose|data link)(.{1,200})/m.exec(stderr)?.[1] ?? `status ${status}`
  return refuse('no-data', `The capture ended: ${words}. Look at the interface on the node.`)
}
