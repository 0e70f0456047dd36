import { expect, test } from 'vitest'
import { clipboardSequence } from '../../source/terminal/clipboard.ts'

const wrapped = (text: string): string => `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`

test('text goes to the clipboard whole or not at all', () => {
  // 56,244 bytes are 74,992 characters of base64, one more are 74,996: the limit of 74,994 lies between.
  const longest = 'x'.repeat(56_244)
  for (const text of ['kubectl é', '', longest]) expect(clipboardSequence(text)).toBe(wrapped(text))
  expect(clipboardSequence(`${longest}x`)).toBeUndefined()
  // It is bytes that count, not characters.
  expect(clipboardSequence('é'.repeat(28_122))).toBe(wrapped('é'.repeat(28_122)))
  expect(clipboardSequence('é'.repeat(28_123))).toBeUndefined()
})
