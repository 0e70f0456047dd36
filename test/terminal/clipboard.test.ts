import { expect, test } from 'vitest'
import { clipboardSequence } from '../../source/terminal/clipboard.ts'

test('text goes to the clipboard whole or not at all', () => {
  expect(clipboardSequence('kubectl é')).toBe(`\u001b]52;c;${Buffer.from('kubectl é').toString('base64')}\u0007`)
  expect(clipboardSequence('x'.repeat(56_000))).toBeDefined()
  expect(clipboardSequence('x'.repeat(57_000))).toBeUndefined()
})
