import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../../source/nodes/sampler/decoder.ts'
import { bytesHeld, cuts, everySecond, rowsHeld, seconds } from './any-seconds.ts'
import { feed, framesOf, greeting, type Heard, listen, marker } from './protocol.ts'

describe('damage', () => {
  const harm = fc.oneof(
    fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }) }).map(({ at, byte }) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes)
      copy[at % Math.max(1, copy.length)] = byte
      return copy
    }),
    fc.tuple(fc.nat(), fc.nat({ max: 40 })).map(([at, length]) => (bytes: Buffer) => {
      const from = at % (bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)])
    }),
    fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 40 })).map(([at, more]) => (bytes: Buffer) => {
      const from = at % (bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, from), more, bytes.subarray(from)])
    }),
  )

  const withinLimits = (heard: Heard): void => {
    expect(heard.failures.length).toBeLessThanOrEqual(1)
    for (const reason of heard.failures) expect(reason).not.toBe('')
    expect(bytesHeld(heard)).toBeLessThanOrEqual(limits.held)
    expect(rowsHeld(heard)).toBeLessThanOrEqual(limits.linesOfTake)
  }

  test.each(['awk', 'head'])('of any kind never throws and is reported once (%s)', (engine) => {
    fc.assert(
      fc.property(seconds, fc.array(harm, { maxLength: 4 }), cuts, (list, harms, places) => {
        const heard = listen()
        const frames = framesOf(list).map((frame) =>
          engine === 'awk'
            ? frame
            : frame.replace(/ (\S*)\n/, ' raw $1\n==> /proc/1 <==\n').replace('##\n', `## ${marker}\n`),
        )
        const bytes = Buffer.from(`${greeting(`engine=${engine} lease=0 relay=0`)}${frames.join('')}`, 'latin1')
        feed(
          heard,
          harms.reduce((sum, change) => change(sum), bytes),
          places,
        )
        withinLimits(heard)
        const before = heard.frames.length
        feed(heard, framesOf([everySecond(5000, 'a')]).join(''))
        // One that has failed delivers nothing any more.
        expect(heard.failures.length === 0 || heard.frames.length === before).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('that is nothing but noise never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.boolean(), cuts, (bytes, greeted, places) => {
        const heard = listen()
        if (greeted) feed(heard, greeting())
        feed(heard, Buffer.from(bytes), places)
        withinLimits(heard)
      }),
    )
  })
})
