import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { observationsIn } from '../../../../source/metrics/histogram.ts'
import { family } from '../../../../source/nodes/probes/etcd/fetch.ts'
import { histogramFrom } from '../../../../source/nodes/probes/etcd/parse.ts'
import { metricsText } from './metrics-text.ts'

const parse = (text: string) => histogramFrom(text.split('\n'), family)

describe("etcd's histogram", () => {
  it('is read from among other families', () => {
    const text = `etcd_disk_wal_fsync_duration_seconds_other 4\netcd_server_id{server_id="a"} 1\n${metricsText([0.5, 3, 3, 900])}up 1\n`
    const histogram = parse(text)
    expect(histogram?.edges.slice(0, 4)).toEqual([0.001, 0.002, 0.004, 0.008])
    expect(histogram?.counts.slice(0, 4)).toEqual([1, 1, 3, 3])
    expect(histogram?.sum).toBeCloseTo(0.9065, 9)
  })

  it('is read in the notation of large numbers', () => {
    const text = metricsText([1]).replace(/_bucket\{le="(\+Inf|8\.192)"\} 1/g, '_bucket{le="$1"} 1.2345e+06')
    expect(parse(text)?.counts.at(-1)).toBe(1_234_500)
  })

  it.each([
    ['without the bucket of all', (text: string) => text.replace(/.*\+Inf.*\n/, '')],
    ['without its sum', (text: string) => text.replace(/.*_sum.*\n/, '')],
    ['whose counts descend', (text: string) => text.replace('"0.001"} 1', '"0.001"} 9')],
    ['whose edges do not ascend', (text: string) => text.replace('"0.004"', '"0.001"')],
    ['whose numbers are none', (text: string) => text.replace('"0.002"} 1', '"0.002"} many')],
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2)],
  ])('is not taken from a text %s', (_, spoil) => {
    expect(parse(spoil(metricsText([0.5, 3])))).toBeUndefined()
  })

  it('holds every observation', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10_000, noNaN: true })), (list) => {
        const histogram = parse(metricsText(list))
        expect(histogram === undefined ? Number.NaN : observationsIn(histogram)).toBe(list.length)
      }),
    )
  })

  it('is nothing, and never an error, in any other text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map((rest) => `${family}${rest}`),
          ),
        ),
        (lines) => {
          const histogram = histogramFrom(lines, family)
          expect(histogram === undefined || histogram.edges.at(-1) === Number.POSITIVE_INFINITY).toBe(true)
        },
      ),
    )
  })
})
