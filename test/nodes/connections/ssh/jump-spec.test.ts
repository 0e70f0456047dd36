import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJumps, writeJump } from '../../../../source/nodes/connections/ssh/jump-spec.ts'

test.each([
  [undefined, []],
  ['none', []],
  ['None', []],
  ['b', [{ host: 'b' }]],
  ['karin@b:2222', [{ host: 'b', user: 'karin', port: 2222 }]],
  ['a@corp@b', [{ host: 'b', user: 'a@corp' }]],
  ['ssh://karin@b:2222/', [{ host: 'b', user: 'karin', port: 2222 }]],
  [
    '[::1]:22,karin@[10.0.0.1]',
    [
      { host: '::1', port: 22 },
      { host: '10.0.0.1', user: 'karin' },
    ],
  ],
  ['::1', [{ host: '::1' }]],
  ['a,b', [{ host: 'a' }, { host: 'b' }]],
])('ProxyJump %s', (text, jumps) => {
  expect(readJumps(text)).toEqual(jumps)
})

test('a hop that is written is read as it was', () => {
  const jump = fc.record(
    {
      host: fc.constantFrom('b', 'b.example.com', '10.0.0.1', '::1', 'fe80::1%lo'),
      user: fc.constantFrom('karin', 'a@corp'),
      port: fc.integer({ min: 1, max: 65535 }),
    },
    { requiredKeys: ['host'] },
  )
  fc.assert(
    fc.property(fc.array(jump, { minLength: 1 }), (jumps) => {
      expect(readJumps(jumps.map(writeJump).join(','))).toEqual(jumps)
    }),
  )
})
