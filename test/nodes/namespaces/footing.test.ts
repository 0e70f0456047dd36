import { describe, expect, test } from 'vitest'
import type { Place } from '../../../source/events/inquiry.ts'
import { goneStatus, isPlaceValid, lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import { podOf } from './made-node.ts'

const of = (lines: readonly string[], place: Place = podOf(), status = 0) =>
  footingOf(new Map([['footing', lines]]), place, status)

const found = ['41 root', 'its cgroup', '1234']

describe('the footing of a look', () => {
  test.each([
    ['of the node, by its first process', ['9 /proc/41/ns/net', '9 /proc/1/ns/net', '8 /proc/self/ns/net'], true, 9],
    ['of the pod', ['9 /proc/41/ns/net', '8 /proc/1/ns/net', '8 /proc/self/ns/net'], false, 9],
    ['of the node, where the first process may not be seen', ['9 /proc/41/ns/net', '9 /proc/self/ns/net'], true, 9],
    ['that cannot be told', ['8 /proc/self/ns/net'], false, undefined],
    ['of another process whose number begins alike', ['9 /proc/141/ns/net', '9 /proc/1/ns/net'], false, undefined],
  ])('is in a namespace %s', (_, inodes, isHost, namespace) => {
    const footing = of([...found, ...inodes])
    expect(footing).toMatchObject({ pid: 41, right: 'root', way: 'its cgroup', isHost })
    expect('namespace' in footing ? footing.namespace : undefined).toBe(namespace)
  })

  test('is the node for a pod of its network, whatever may be read', () => {
    expect(of(found, { ...podOf(), hostNetwork: true })).toMatchObject({ isHost: true })
  })

  test.each([
    ['nobody', ['none'], 0, /^no process of this pod is on the node/],
    ['what is hidden', ['hidden'], 0, /hidepid/],
    ['nothing at all', [], 0, /did not say/],
    ['words', ['root 41', 'x', '1'], 0, /did not say/],
    ['one without a start', ['41 root', 'its cgroup', ''], 0, /ended while/],
    ['one that is gone at the end', found, goneStatus, /ended while/],
    ['half a look', found, 143, /broke off, with status 143/],
  ])('is none on %s', (_, lines, status, cause) => {
    expect(of(lines, podOf(), status)).toEqual({ cause: expect.stringMatching(cause) })
  })
})

describe('ids of a pod', () => {
  const uid = '0f0e0d0c-1111-2222-3333-444455556666'
  test.each([
    podOf(),
    podOf({ uid: 'c'.repeat(32) }),
    podOf({ containers: [] }),
    { kind: 'host' } as const,
    { ...podOf(), hostNetwork: true },
  ])('are taken for what they look like: %j', (place) => {
    expect(isPlaceValid(place)).toBe(true)
    expect(lookScript({ script: '' }, place).script.args[1]).toMatch(/^(pod|node)$/)
  })

  test.each([
    podOf({ uid: `${uid}/..` }),
    podOf({ uid: '$(id)' }),
    podOf({ uid: '' }),
    podOf({ uid: `${uid}\n${uid}` }),
    podOf({ containers: ['*'] }),
    podOf({ containers: ['a'.repeat(64), ''] }),
    podOf({ containers: [`${'a'.repeat(64)}\n`] }),
  ])('are refused where they look like anything else: %j', (place) => {
    expect(isPlaceValid(place)).toBe(false)
    expect(() => lookScript({ script: '' }, place)).toThrow('not the ids of a pod')
  })

  test('are arguments of the script, and no part of it', () => {
    const { script, marker } = lookScript({ script: 'echo x' }, podOf())
    expect(script.text).not.toContain('0f0e0d0c')
    expect(script.args).toEqual([marker, 'pod', uid, uid.replaceAll('-', '_'), 'a'.repeat(64)])
  })
})
