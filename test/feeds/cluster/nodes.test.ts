import { describe, expect, test, vi } from 'vitest'
import type { Event } from '../../../source/events/event.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import { createClusterNodes } from '../../../source/feeds/cluster/nodes.ts'
import { watchSignsOfLife } from '../../../source/feeds/cluster/signs-of-life.ts'
import type { NodeTarget, NodeWatches } from '../../../source/feeds/node-watches.ts'
import { type Connect, ConnectionError } from '../../../source/nodes/connections/connection.ts'
import { clean } from '../../../source/text/clean.ts'
import { gone, nodeRecord, put } from './records.ts'

const always = new AbortController().signal
const allowed = { allowed: true } as const
const closed = { allowed: false, why: 'not yet' } as const

const following = (
  standing: typeof allowed | typeof closed,
  map: Readonly<Record<string, string>> = {},
  onlyAsked = false,
) => {
  const events: Event[] = []
  const added = new Map<string, NodeTarget>()
  const tried: string[] = []
  const nobody: Connect = () =>
    Promise.reject(new ConnectionError({ state: 'lost', cause: clean('refused'), unreached: true }))
  const watches: NodeWatches = {
    done: Promise.resolve(),
    has: (node) => added.has(node),
    add: (target) => void added.set(target.node, target),
    remove: (node) => void added.delete(node),
    optIn: () => undefined,
    sampleNow: () => Promise.resolve(),
    inquire: () => undefined,
    inquireAgain: () => undefined,
    retry: () => undefined,
  }
  const nodes = createClusterNodes(
    {
      watches,
      emit: (told) => void events.push(...told),
      connectTo: (host) => {
        tried.push(host)
        return nobody
      },
      map,
      transport: 'ssh',
      settings: { etcdMetrics: [], ownPeers: [] },
      optIns: new Set(),
      now: () => 0,
      onlyAsked,
    },
    standing,
  )
  return { nodes, events, added, tried }
}

describe('nodes that the API server tells of', () => {
  test('are left alone where only those are reached that something is asked of', () => {
    const { nodes, added } = following(allowed, {}, true)
    nodes.heard([put(nodeRecord('w-1')), put(nodeRecord('w-2'))])
    expect([...added.keys()]).toEqual([])
    nodes.ask(['w-2' as NodeName, 'w-3' as NodeName])
    expect([...added.keys()]).toEqual(['w-2'])
    nodes.heard([put(nodeRecord('w-3')), put(nodeRecord('w-4'))])
    expect([...added.keys()]).toEqual(['w-2', 'w-3'])
  })

  test('are not reached without a yes, whatever is asked of them', () => {
    const { nodes, added, events } = following(closed, {}, true)
    nodes.heard([put(nodeRecord('w-1')), put(nodeRecord('w-2'))])
    expect(events).toEqual([])
    nodes.ask(['w-1' as NodeName])
    expect([...added.keys()]).toEqual([])
    expect(events).toMatchObject([
      { type: 'link', subject: { node: 'w-1' }, link: { state: 'not-asked', cause: 'not yet' } },
    ])
  })

  test('are watched while they are there', () => {
    const { nodes, events, added } = following(allowed)
    nodes.heard([put(nodeRecord('w-1')), put(nodeRecord('w-2'))])
    expect([...added.keys()]).toEqual(['w-1', 'w-2'])
    nodes.heard([put(nodeRecord('w-1', '10.0.0.7', '2'))])
    nodes.heard([gone('w-1')])
    expect([...added.keys()]).toEqual(['w-2'])
    expect(events).toEqual([{ type: 'node-gone', node: 'w-1' }])
  })

  test('are shown without SSH until it is allowed, and then all of them are logged in to', () => {
    const { nodes, events, added } = following(closed)
    nodes.heard([put(nodeRecord('w-1'))])
    expect(added.size).toBe(0)
    expect(events).toMatchObject([
      { type: 'link', subject: { node: 'w-1' }, link: { state: 'not-asked', cause: 'not yet' } },
    ])
    nodes.become(allowed)
    expect([...added.keys()]).toEqual(['w-1'])
  })

  test('are tried by the name of the map, by their own, by their address as it is now', async () => {
    const { nodes, added, tried } = following(allowed, { 'w-1': 'db7.example.org' })
    nodes.heard([put(nodeRecord('w-1', '10.0.0.7'))])
    nodes.heard([put(nodeRecord('w-1', '10.0.0.8', '2'))])
    await expect(added.get('w-1')?.connect(always)).rejects.toMatchObject({
      reason: { cause: 'db7.example.org: refused; w-1: refused; 10.0.0.8: refused' },
    })
    expect(tried).toEqual(['db7.example.org', 'w-1', '10.0.0.8'])
  })
})

describe('signs of life of kubelets', () => {
  const link = (node: string, state: 'live' | 'lost'): Event => ({
    type: 'link',
    subject: { node: node as NodeName },
    link: { transport: 'ssh', state, cause: clean('') },
    at: 0,
  })

  test('are wanted while some node has no live connection', () => {
    const wanted = vi.fn<(on: boolean) => void>()
    const life = watchSignsOfLife(wanted)
    life.heard([link('a', 'live'), link('b', 'lost')])
    life.heard([link('c', 'lost')])
    life.heard([link('b', 'live'), { type: 'node-gone', node: 'c' as NodeName }])
    expect(wanted.mock.calls).toEqual([[true], [false]])
  })
})
