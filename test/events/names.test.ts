import { describe, expect, it } from 'vitest'
import { isDnsLabel, isDnsName, nameOf, namespaceOf, type PodId } from '../../source/events/names.ts'

describe('names of the API', () => {
  it.each(['a', 'web-1', 'a.b-c.d', '0', 'x'.repeat(253)])('%s is one', (text) => expect(isDnsName(text)).toBe(true))

  it.each(['', '-a', 'a-', 'A', 'a..b', '.a', 'a.', 'a_b', 'a/b', 'a b', 'a\n', 'é', 'x'.repeat(254), '../x'])(
    '%j is none',
    (text) => expect(isDnsName(text)).toBe(false),
  )

  it('of namespaces are labels', () => {
    expect(['shop', 'a-1', 'x'.repeat(63)].every(isDnsLabel)).toBe(true)
    expect(['', 'a.b', 'x'.repeat(64), 'A', '-a', 'a\n'].some(isDnsLabel)).toBe(false)
  })

  it('stand in ids behind their namespace', () => {
    expect(namespaceOf('shop/web-1' as PodId)).toBe('shop')
    expect(nameOf('shop/web-1' as PodId)).toBe('web-1')
  })
})
