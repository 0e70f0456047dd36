import { describe, expect, test } from 'vitest'
import { isOn, parsePrinted } from '../../../../source/nodes/connections/ssh/ssh-g.ts'

describe('a switch', () => {
  const on = (line: string): boolean => isOn(parsePrinted(line), 'batchmode', false)

  test.each(['batchmode no', 'batchmode No', 'batchmode FALSE', ''])('is off by "%s", in any case', (line) => {
    expect(on(line)).toBe(false)
  })

  test.each(['batchmode yes', 'batchmode Yes', 'batchmode TRUE'])('is on by "%s", in any case', (line) => {
    expect(on(line)).toBe(true)
  })
})
