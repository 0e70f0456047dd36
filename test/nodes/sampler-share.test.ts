import { describe, expect, test } from 'vitest'
import type { NumberedTake } from '../../source/nodes/sampler/awk.ts'
import { recentShare, samplerShare } from '../../source/nodes/sampler-share.ts'
import { feed, greeting, listen } from './sampler/protocol.ts'

const takes: readonly NumberedTake[] = [{ number: 1, take: { kind: 'whole', file: '/proc/self/stat', every: 5 } }]

/** What is held after a frame at this uptime, of a process that started 100 s after boot and took these clock ticks. */
const heldAfter = (uptime: number, ticks: number) => {
  const heard = listen(takes)
  const stat = `77 (awk) R 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 10000 0 0`
  feed(heard, `${greeting()}@1 ${uptime} 5\n1:1 ${stat}\n##\n`)
  return heard.decoder.held
}

describe('the share of a core that the sampler takes', () => {
  test('is its CPU time over its life', () => {
    expect(samplerShare(heldAfter(1100, 50), 'awk')()).toBeCloseTo(0.05, 9)
    expect(samplerShare(heldAfter(200, 10), 'awk')()).toBeCloseTo(0.1, 9)
  })

  test('is not judged in its first second, in which it was started', () => {
    expect(samplerShare(heldAfter(100.5, 5), 'awk')()).toBe(0)
  })

  test('is taken from measurements of ours where the node does not tell it', () => {
    expect(samplerShare(heldAfter(1100, 50), 'head')()).toBe(0.15)
    expect(samplerShare(listen(takes).decoder.held, 'awk')()).toBe(0.15)
    expect(samplerShare([], 'awk')()).toBe(0.15)
  })
})

describe('the share that it took lately', () => {
  test('is told once for each half minute, by what that took', () => {
    const heard = listen(takes)
    feed(heard, greeting())
    const share = recentShare(heard.decoder.held)
    let sequence = 0
    const after = (uptime: number, ticks: number): number | undefined => {
      const stat = `77 (awk) R 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 10000 0 0`
      sequence += 1
      feed(heard, `@${sequence} ${uptime} 5\n1:1 ${stat}\n##\n`)
      return share()
    }
    expect(after(200, 90)).toBeUndefined()
    expect(after(229, 95)).toBeUndefined()
    expect(after(230, 96)).toBeCloseTo(0.2, 9)
    expect(after(231, 97)).toBeUndefined()
    // Another sampler took its place, and counts from 0.
    expect(after(250, 1)).toBeUndefined()
    expect(after(280, 4)).toBeCloseTo(0.1, 9)
  })

  test('is not told where the sampler does not tell', () => {
    expect(recentShare([])()).toBeUndefined()
  })
})
