import { groups, type NumberedTake } from './awk.ts'
import { type Leases, usualLeases } from './bootstrap.ts'
import type { Every, Take } from './take.ts'

/** Files that a take needs beside its own, as shell patterns, with the group in which they are read. */
const besides = (take: Take): readonly { readonly pattern: string; readonly every: Every }[] => {
  if (take.kind === 'interfaces')
    return [
      { pattern: '/sys/class/net/*/device/uevent', every: 60 },
      { pattern: '/sys/class/net/*/master/device/uevent', every: 60 },
      // Asking a driver for its speed takes the kernel's routing lock: seldom.
      { pattern: '/sys/class/net/*/speed', every: 60 },
      { pattern: '/sys/class/net/*/statistics/rx_missed_errors', every: take.every },
      { pattern: '/sys/class/net/*/carrier_changes', every: take.every },
    ]
  return take.kind === 'blocks' ? [{ pattern: '/sys/block/*/queue/write_cache', every: take.every }] : []
}

/** What each group reads: named files, and patterns for those whose names only the node knows. */
export const filesOf = (
  takes: readonly NumberedTake[],
  every: Every,
): { files: readonly string[]; patterns: readonly string[] } => ({
  files: [
    ...new Set(
      takes.filter(({ take }) => take.every === every && take.kind !== 'namespaces').map(({ take }) => take.file),
    ),
  ],
  patterns: [
    ...new Set(
      takes.flatMap(({ take }) =>
        besides(take)
          .filter((beside) => beside.every === every)
          .map(({ pattern }) => pattern),
      ),
    ),
  ],
})

/** Tells in which groups a file is read; none: it is none of ours. */
export const groupsReading = (takes: readonly NumberedTake[]): ((file: string) => readonly Every[]) => {
  const lists = groups.map((every) => ({ every, ...filesOf(takes, every) }))
  const matches = (file: string, pattern: string): boolean => {
    const star = pattern.indexOf('*')
    return file.startsWith(pattern.slice(0, star)) && file.endsWith(pattern.slice(star + 1))
  }
  return (file) =>
    lists
      .filter(({ files, patterns }) => files.includes(file) || patterns.some((pattern) => matches(file, pattern)))
      .map(({ every }) => every)
}

/**
 * The sampler for a node without awk: one `head` a tick, whole files, `@SEQUENCE UPTIME raw GROUPS` above them and `##
 * MARKER` below, because a file may hold `##`. The client makes of them what awk would have made.
 */
export const fallbackScript = (takes: readonly NumberedTake[], leases: Leases = usualLeases): string => {
  const lists = groups.map((every) => {
    const { files, patterns } = filesOf(takes, every)
    return `case " $g " in *" ${every} "*) f="$f ${[...files, ...patterns].join(' ')}"; z=$z,${every};; esac`
  })
  return `
[ "$KNTOP_RELAY" = 1 ] && limit="-t ${leases.relay}" || limit=
n=0
while read -r $limit g; do
n=$((n+1)); f=; z=
read -r up rest </proc/uptime
${lists.join('\n')}
echo "@$n $up raw \${z#,}"
head -v -c 65536 $f </dev/null 2>/dev/null
echo; echo "## $1$2"
done
`
}
