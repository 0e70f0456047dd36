import type { Histogram } from '../../../metrics/histogram.ts'

const bucket = /^_bucket\{le="([^"]+)",?\} (\S+)/
const sum = /^_sum (\S+)/

const edge = (text: string): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text))

/**
 * The histogram of a family without labels of its own, from Prometheus' text format. Undefined where it is not there, or
 * not a histogram: no sum, no `+Inf` bucket, edges or counts that do not ascend.
 */
export const histogramFrom = (lines: readonly string[], family: string): Histogram | undefined => {
  const edges: number[] = []
  const counts: number[] = []
  let total = Number.NaN
  for (const line of lines) {
    if (!line.startsWith(family)) continue
    const rest = line.slice(family.length)
    const [, le, count] = bucket.exec(rest) ?? []
    if (le !== undefined && count !== undefined) {
      edges.push(edge(le))
      counts.push(Number(count))
    } else total = Number(sum.exec(rest)?.[1] ?? total)
  }
  const ascend =
    edges.every((value, index) => index === 0 || value > (edges[index - 1] ?? Number.NaN)) &&
    counts.every((value, index) => value >= (counts[index - 1] ?? 0))
  const whole = edges.at(-1) === Number.POSITIVE_INFINITY && Number.isFinite(counts.at(-1)) && Number.isFinite(total)
  return ascend && whole ? { edges, counts, sum: total } : undefined
}
