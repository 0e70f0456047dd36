import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgeOf, sampleIn } from '../../source/metrics/exposition.ts'

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

describe("a line of Prometheus' text format", () => {
  it('is a sample with its labels, whatever stands in them', () => {
    const names = fc.stringMatching(/^[a-z_][a-z0-9_]{0,9}$/)
    fc.assert(
      fc.property(
        names,
        fc.dictionary(names, fc.string({ unit: 'binary' })),
        fc.double({ noNaN: true }),
        (name, labels, value) => {
          const inner = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`)
          const number = Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
          const found = sampleIn(`${name}${inner.length > 0 ? `{${inner.join(',')}}` : ''} ${number}`)
          expect(found?.name).toBe(name)
          expect(Object.fromEntries(found?.labels ?? [])).toEqual({ ...labels })
          // The sign of zero is no figure.
          expect(found?.value).toBe(value === 0 ? 0 : value)
        },
      ),
    )
  })

  it.each(['', '# HELP a b', 'a', '{a="b"} 1', '1a 2'])('is none: %j', (line) => expect(sampleIn(line)).toBeUndefined())

  it('may carry a time, and an edge', () => {
    expect(sampleIn('a_total{x="y",} 5 1700000000000')?.value).toBe(5)
    expect(edgeOf(sampleIn('a_bucket{le="+Inf"} 5')?.labels ?? new Map())).toBe(Number.POSITIVE_INFINITY)
    expect(edgeOf(sampleIn('a_bucket{le="0.25"} 5')?.labels ?? new Map())).toBe(0.25)
  })
})
