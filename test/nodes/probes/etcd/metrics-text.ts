/** Upper edges of etcd's histogram in seconds: from 1 ms on, doubled 13 times. */
const edges = Array.from({ length: 14 }, (_, power) => 0.001 * 2 ** power)

const family = 'etcd_disk_wal_fsync_duration_seconds'

/** The family as etcd serves it, after fdatasync calls of so many milliseconds. */
export const metricsText = (milliseconds: readonly number[]): string => {
  const below = (edge: number): number => milliseconds.filter((value) => value <= edge * 1000).length
  return [
    `# HELP ${family} The latency distributions of fsync called by WAL.`,
    `# TYPE ${family} histogram`,
    ...edges.map((edge) => `${family}_bucket{le="${edge}"} ${below(edge)}`),
    `${family}_bucket{le="+Inf"} ${milliseconds.length}`,
    `${family}_sum ${milliseconds.reduce((sum, value) => sum + value / 1000, 0)}`,
    `${family}_count ${milliseconds.length}`,
    '',
  ].join('\n')
}
