import { randomBytes } from 'node:crypto'
import type { Place } from '../../events/inquiry.ts'
import type { Script } from '../probe.ts'
import { findHost, findPod, nodeTrees, type Trees, toolPlaces } from './find-pod.ts'
import type { LookKind, LookRun } from './look-kind.ts'

const uid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$/
const container = /^[0-9a-f]{12,128}$/

/** Whether the ids of a place are what ids look like: they become words of a script and parts of paths. */
export const isPlaceValid = (place: Place): boolean =>
  place.kind === 'host' || (uid.test(place.uid) && place.containers.every((id) => container.test(id)))

/** How a look ends whose process is gone, or another one by now: told beside the output, which may be cut. */
export const goneStatus = 9

const frame = (
  find: string,
  script: string,
  { proc }: Trees,
  takesWords: boolean,
): string => `${takesWords ? 'given=$1; shift' : ''}
${find}
section() { printf '\\n%s %s\\n' "$m" "$1"; }
enters() { [ "$uid" = 0 ] || [ "$whose" = node ]; }
inside() { if [ "$whose" = node ]; then "$@"; else nsenter -t "$pid" -n -- "$@"; fi 2>/dev/null; }
# Instead of a subshell, for the first command of a pipe.
become() { if [ "$whose" = node ]; then exec "$@"; else exec nsenter -t "$pid" -n -- "$@"; fi 2>/dev/null; }
right=user; [ "$uid" = 0 ] && right=root
net=${proc}/$pid/net
section footing
start=; [ -n "$pid" ] && started "$pid"
if [ -z "$start" ]; then
hidden && { echo hidden; exit 0; }
[ -n "$pid" ] || { echo none; exit 0; }
elif ! belongs "$@"; then start=; fi
begun=$start
echo "$pid $right"; echo "$way"; echo "$start"
[ -n "$start" ] || exit ${goneStatus}
stat -Lc '%i %n' "${proc}/$pid/ns/net" ${proc}/1/ns/net ${proc}/self/ns/net 2>/dev/null
${script.trim()}
started "$pid"; [ "$start" = "$begun" ] || exit ${goneStatus}
`

/**
 * Finds a process without a look: for root, with the same arguments. Says its pid, whose namespace it is in and how it was found, a line
 * each; nothing where there is none. The node itself is found by the process that asks.
 */
const finder = (find: string): string => `exec </dev/null; uid=0
${find.trim()}
[ "$pid" = $$ ] && pid=$PPID
[ -n "$pid" ] && printf '%s\\n' "$pid" "$whose" "$way"`

export const [podFinder, hostFinder] = [finder(findPod(nodeTrees)), finder(findHost)] as const

/** What finding a pod may run, beside what a look does then. */
export const findingRuns: readonly LookRun[] = [
  { command: "stat -Lc '%i %n' /proc/PID/ns/net /proc/1/ns/net /proc/self/ns/net", needs: 'nothing' },
  {
    command: 'grep -FsH -- UIDS-AND-CONTAINERS /proc/[0-9]*/cgroup | grep -v crio-conmon- | head -n 1',
    needs: 'nothing',
  },
  {
    command: String.raw`crictl -r unix://SOCKET inspect CONTAINER | tr '{,' '\n\n' | sed -n -e 's/^ *"state": *"CONTAINER_RUNNING".*/runs/p' -e 's/^ *"pid": *\([1-9][0-9]*\).*/\1/p'`,
    needs: 'root',
    alsoCalled: toolPlaces.map((place) => `${place}crictl`),
  },
  {
    command: 'ctr -a SOCKET --connect-timeout 2s --timeout 5s -n k8s.io task ls',
    needs: 'root',
    alsoCalled: toolPlaces.map((place) => `${place}ctr`),
  },
]

/** A look into a pod's namespace as text; one that is told of a service looks at the node itself. */
export const lookText = ({ script, words, held }: Pick<LookKind, 'script' | 'words' | 'held'>): string =>
  words === undefined
    ? `${held?.(podFinder) ?? ''}${frame(findPod(nodeTrees), script, nodeTrees, false)}`
    : frame(findHost, script, nodeTrees, true)

/** The words of a place for {@link findPod}; the systemd driver writes a uid with `_`. */
const wordsOf = (place: Place): readonly string[] =>
  place.kind === 'host'
    ? []
    : [place.uid.replaceAll('-', '?'), place.uid, place.uid.replaceAll('-', '_'), ...place.containers]

/**
 * One look as a program: it finds the namespace anew each time, and says at its end whether the process is still the same.
 * Throws for ids that are none. `trees`: where a test keeps what a node has in /sys, /proc and /run. `given`: what a look is told
 * that takes words.
 */
export const lookScript = (
  kind: Pick<LookKind, 'script' | 'held'>,
  place: Place,
  trees: Trees = nodeTrees,
  given?: readonly string[],
): { readonly script: Script; readonly marker: string } => {
  if (!isPlaceValid(place)) throw new Error('not the ids of a pod')
  const marker = randomBytes(6).toString('hex')
  const whose = place.kind === 'host' || place.hostNetwork ? 'node' : 'pod'
  const find = place.kind === 'host' ? findHost : findPod(trees)
  const script = {
    text: frame(find, kind.script, trees, given !== undefined),
    ...(kind.held === undefined ? {} : { held: kind.held(finder(find)) }),
    args: [...(given === undefined ? [] : [given.join(' ')]), marker, whose, ...wordsOf(place)],
    shown: kind.script.trim(),
  }
  return { script, marker }
}
