import { expect, test } from 'vitest'
import { briefly } from '../../source/nodes/briefly.ts'

test('what an error says is one line, however long a script it quotes', () => {
  const script = Array.from({ length: 20 }, (_, line) => `line ${line} of a script`).join('\n')
  const text = briefly(new Error(`sh -c '${script}' failed`), 'the probe x failed:')
  expect(text).toMatch(/^the probe x failed: sh -c 'line 0 of a script line 1 .*…$/)
  expect(text.length).toBeLessThanOrEqual(200)
  expect(briefly('gone', 'ss')).toBe('ss gone')
})
