import { describe, expect, test } from 'vitest'
import { frameKind } from '../../../source/nodes/sampler/frame-kind.ts'

describe('what a frame says of itself', () => {
  test.each([
    ['1', false, [1]],
    ['1,5,60', false, [1, 5, 60]],
    ['', false, []],
    ['raw 1,5', true, [1, 5]],
    ['raw', true, []],
  ])('%j is read, and is the same object the next time', (said, isRaw, groups) => {
    const kind = frameKind(said)
    expect(kind).toEqual({ said, isRaw, groups })
    expect(frameKind(said)).toBe(kind)
  })

  test.each(['7', '1,7', 'raw 7', 'x', '1,', ',1'])('%j names a group that there is not', (said) => {
    expect(frameKind(said)).toBeUndefined()
  })

  test('is read as well where it is too long to be kept', () => {
    const said = Array.from({ length: 1000 }, () => '1').join(',')
    expect(frameKind(said)?.groups).toHaveLength(1000)
    expect(frameKind(said)).not.toBe(frameKind(said))
  })
})
