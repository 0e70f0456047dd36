import * as fc from 'fast-check'
import type { Every } from '../../../source/nodes/sampler/take.ts'
import type { Heard, Second } from './protocol.ts'

export const everySecond = (uptime: number, ...lines: readonly string[]): Second => ({
  uptime,
  groups: [1],
  texts: [lines, undefined, undefined],
})

const line = fc.oneof(
  fc.constantFrom('', '10', '1e1', '##', '@1 5 1', '1:1 x', '1!', '  a  b ', '==> a <=='),
  fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replaceAll('\n', ' ')),
)
const groups = fc.constantFrom<readonly Every[]>([1], [1, 5], [1, 5, 60], [5], [])
export const seconds = fc
  .array(
    fc.tuple(
      fc.nat({ max: 300 }),
      groups,
      fc.array(fc.option(fc.array(line, { maxLength: 6 }), { nil: undefined }), { minLength: 3, maxLength: 3 }),
    ),
    {
      maxLength: 6,
    },
  )
  .map((list) => {
    let uptime = 1000
    return list.map(([hundredths, read, texts]): Second => {
      uptime += hundredths / 100
      return { uptime, groups: read, texts }
    })
  })
export const cuts = fc.array(fc.nat({ max: 3000 }), { maxLength: 60 })

export const bytesHeld = (heard: Heard): number =>
  heard.decoder.held.reduce((sum, one) => sum + (one?.lines.reduce((bytes, text) => bytes + text.length, 0) ?? 0), 0)

export const rowsHeld = (heard: Heard): number =>
  Math.max(...heard.decoder.held.flatMap((one) => one?.lines.length ?? 0))
