import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../../source/config/resolve.ts'
import { WrongUse } from '../../../source/config/wrong-use.ts'
import { isDnsLabel, isDnsName } from '../../../source/events/names.ts'
import { podIdOf } from '../../../source/modes/pod/subject.ts'

const settings = (flags: Readonly<Record<string, string>> = {}) => resolve({ flags, environment: {} }, null)

describe('the name of a pod on the command line', () => {
  it('is one with its namespace, or one in that of the context', () => {
    expect(podIdOf('web/front-x2', settings(), 'default')).toBe('web/front-x2')
    expect(podIdOf('front-x2', settings(), 'default')).toBe('default/front-x2')
    expect(podIdOf('etcd.1', settings({ namespace: 'kube-system' }), 'kube-system')).toBe('kube-system/etcd.1')
  })

  it.each([
    '',
    'a/b/c',
    '/',
    'a/',
    '/b',
    'Web/front',
    'web/Front',
    'web/$(id)',
    "web/a'b",
    'web/a b',
    'web/-a',
    'web/é',
    `web/${'a'.repeat(254)}`,
  ])('is refused where no pod can be called so: %j', (typed) => {
    expect(() => podIdOf(typed, settings(), 'default')).toThrow(WrongUse)
    expect(() => podIdOf(typed, settings(), 'default')).toThrow('is no name of a pod: write NAMESPACE/NAME')
  })

  it('is asked for where it is missing', () => {
    expect(() => podIdOf(undefined, settings(), 'default')).toThrow('kntop pod NAMESPACE/NAME')
  })

  it('needs its namespace where all are meant, and is refused where two are', () => {
    expect(() => podIdOf('front', settings({ namespace: '*' }), 'default')).toThrow('write NAMESPACE/front')
    expect(() => podIdOf('web/front', settings({ namespace: 'shop' }), 'shop')).toThrow('name different namespaces')
    expect(podIdOf('web/front', settings({ namespace: '*' }), 'default')).toBe('web/front')
  })

  it('is made of valid names, or refused, whatever was typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9./-]{0,20}$/)), (typed) => {
        let id: string
        try {
          id = podIdOf(typed, settings(), 'default')
        } catch (error) {
          return error instanceof WrongUse && !error.message.includes('\n')
        }
        const [namespace = '', name = '', ...rest] = id.split('/')
        return rest.length === 0 && isDnsLabel(namespace) && isDnsName(name)
      }),
    )
  })
})
