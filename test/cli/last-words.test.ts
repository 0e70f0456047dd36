import { describe, expect, it } from 'vitest'
import { lastWords } from '../../source/cli/last-words.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'

describe('what is said at the end', () => {
  it('of wrong use is one line', () => {
    expect(lastWords(new WrongUse('--wait needs a value'))).toBe('kntop: --wait needs a value\n')
  })

  it('of a failure is its message, its causes and where we were', () => {
    const cause = new TypeError('no such thing')
    const text = lastWords(new Error('cannot go on', { cause }))
    expect(text).toMatch(/^kntop: cannot go on\n {2}because of TypeError: no such thing\n {4}at .*last-words\.test\.ts/)
  })

  it('is never an object, and nothing of Node or a package', () => {
    const error = Object.assign(new Error('request failed'), { headers: { authorization: 'Bearer secret' } })
    error.stack = `${error.stack}\n    at request (node:https:1:1)\n    at call (/x/node_modules/y/z.js:1:1)`
    expect(lastWords(error)).not.toMatch(/secret|node:https|node_modules/)
    expect(lastWords({ token: 'secret' })).toBe('kntop: unknown failure\n')
  })

  it('ends, also where an error is its own cause', () => {
    const error = new Error('round and round')
    error.cause = error
    expect(lastWords(error).match(/round and round/g)).toHaveLength(6)
  })

  it('holds no control characters', () => {
    // oxlint-disable-next-line no-control-regex -- it is these that must not be there
    expect(lastWords(new Error('a\u001b[31m\rb'))).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })
})
