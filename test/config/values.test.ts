import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSize } from '../../source/config/values.ts'

describe('a size', () => {
  it.each([
    ['64MB', 64e6],
    ['64 mb', 64e6],
    ['64MiB', 64 * 2 ** 20],
    ['1.5GB', 1.5e9],
    ['4GiB', 4 * 2 ** 30],
    ['500kB', 500e3],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  it.each(['', '64', 'MB', '-1MB', '1e3MB', '64TB', '64 M', '١MB', 'NaNMB', '1.2345MB'])('is not %j', (text) => {
    expect(parseSize(text)).toBeUndefined()
  })

  it('is a whole number of bytes or none, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,9}(\.\d)?[kKmMgG]i?[bB]$/)), (text) => {
        const size = parseSize(text)
        return size === undefined || (Number.isInteger(size) && size >= 0)
      }),
    )
  })
})
