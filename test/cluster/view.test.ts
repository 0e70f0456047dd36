import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resources } from '../../source/cluster/resource.ts'
import { createWords } from '../../source/cluster/slim/fields.ts'
import { createView, type View } from '../../source/cluster/view.ts'
import { clean } from '../../source/text/clean.ts'
import { podObject } from './support/objects.ts'

const viewOfPods = (): View => createView(resources.pod, createWords(), () => undefined)

/** A pod that cannot be read: nobody may ask for changes since such a version. */
const odd = (name: string, namespace = 'shop') => withVersion(name, namespace, 'a b')
const good = (name: string, namespace = 'shop') => withVersion(name, namespace, '7')
const withVersion = (name: string, namespace: string, resourceVersion: string) => {
  const pod = podObject(name, { namespace })
  return { ...pod, metadata: { ...pod.metadata, resourceVersion } }
}

const list = (view: View, namespace: string | undefined, ...objects: readonly ReturnType<typeof odd>[]): void => {
  const pass = view.pass(namespace)
  for (const object of objects) pass.put(object)
  pass.end()
}

const cause = (name: string) => `shop/${name} has no usable resourceVersion: "a b"`

describe('objects that are left out', () => {
  it('count once, however often a watch tells of them, until they can be read or are gone', () => {
    const view = viewOfPods()
    for (let turn = 0; turn < 3; turn++) for (const name of ['a', 'b']) view.put(odd(name), undefined)
    expect(view).toMatchObject({ leftOut: 2, leftOutCause: cause('a') })
    view.put(good('a'), undefined)
    expect(view).toMatchObject({ leftOut: 1, leftOutCause: cause('b') })
    view.gone(odd('b'))
    expect(view).toMatchObject({ leftOut: 0, leftOutCause: '' })
  })

  it('are those of the last full list, in the namespace that it is of', () => {
    const view = viewOfPods()
    list(view, 'shop', odd('a'), odd('b'))
    list(view, 'bank', odd('a', 'bank'))
    expect(view.leftOut).toBe(3)
    list(view, 'shop', odd('b'), good('a'))
    expect(view.leftOut).toBe(2)
    list(view, undefined, odd('b'))
    expect(view).toMatchObject({ leftOut: 1, leftOutCause: cause('b') })
  })

  it('stay counted when a full list does not come to its end', () => {
    const view = viewOfPods()
    list(view, undefined, odd('a'), odd('b'))
    view.pass(undefined).put(odd('c'))
    expect(view.leftOut).toBe(3)
  })

  it('without a name are counted in a list, and are at least one in a watch', () => {
    const view = viewOfPods()
    const huge = clean('huge')
    const pass = view.pass('shop')
    pass.leaveOut(huge)
    pass.leaveOut(huge)
    pass.end()
    view.leaveOut(huge, 'shop')
    expect(view).toMatchObject({ leftOut: 2, leftOutCause: 'huge' })
    view.leaveOut(huge, 'bank')
    view.leaveOut(huge, 'bank')
    expect(view.leftOut).toBe(3)
    list(view, 'shop')
    expect(view.leftOut).toBe(1)
    list(view, undefined)
    expect(view.leftOut).toBe(0)
  })

  it('are forgotten with the namespaces that are no longer read', () => {
    const view = viewOfPods()
    list(view, undefined, odd('a'), odd('a', 'bank'))
    view.leaveOut(clean('huge'), undefined)
    view.leaveOut(clean('huge'), 'bank')
    view.keepOnly(['shop'])
    expect(view).toMatchObject({ leftOut: 1, leftOutCause: cause('a') })
    view.keepOnly([])
    expect(view.leftOut).toBe(0)
  })

  it('are remembered up to a thousand, and the next full list has room for its own', () => {
    const view = viewOfPods()
    const many = (word: string) => Array.from({ length: 1100 }, (_, index) => odd(`${word}-${index}`))
    list(view, undefined, ...many('a'))
    expect(view.leftOut).toBe(1000)
    list(view, undefined, ...many('b'))
    expect(view).toMatchObject({ leftOut: 1000, leftOutCause: cause('b-0') })
    list(view, undefined, odd('c'))
    expect(view.leftOut).toBe(1)
  })

  it('are told apart by names of any length and kind', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 20 }), (names) => {
        const view = viewOfPods()
        for (const name of [...names, ...names]) view.put(odd(name), undefined)
        list(view, undefined, ...names.map((name) => odd(name)))
        expect(view.leftOut).toBe(names.length)
      }),
    )
    const view = viewOfPods()
    for (let turn = 0; turn < 2; turn++) view.put(odd('\u{1f310}'.repeat(100_000)), undefined)
    expect(view.leftOut).toBe(1)
  })
})
