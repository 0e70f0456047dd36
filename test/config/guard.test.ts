import { describe, expect, it } from 'vitest'
import { openToOthers } from '../../source/config/guard.ts'

const whyOpen = (uid: number, mode: number): string | undefined => openToOthers('this file', '/c', { uid, mode }, 1000)

describe('a file that decides what runs', () => {
  it.each([0o100600, 0o100644, 0o100444])('is safe with mode %o when it is ours', (mode) => {
    expect(whyOpen(1000, mode)).toBeUndefined()
  })

  it('is safe when it is root’s', () => {
    expect(whyOpen(0, 0o100644)).toBeUndefined()
  })

  it.each([0o100620, 0o100602, 0o100666])('is open to others with mode %o', (mode) => {
    expect(whyOpen(1000, mode)).toBe('others can write this file: chmod go-w /c')
  })

  it('is open to another user who owns it', () => {
    expect(whyOpen(1001, 0o100600)).toContain('belongs to another user (uid 1001)')
  })
})
