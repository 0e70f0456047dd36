import { describe, expect, it } from 'vitest'
import { whyNothing } from '../../source/export/why-nothing.ts'
import { api, clock, link, nodeName, snapshotOf, source, worker } from './sample.ts'

describe('why nothing is watched', () => {
  it('is not asked where a node is', () => {
    expect(whyNothing(snapshotOf([clock(0), link(worker, 'live')]))).toEqual([])
  })

  it('beside a node that is, is what of its cluster is not read', () => {
    const events = [clock(0), link(worker, 'live'), api('connection refused'), source('nodes', 'connection refused')]
    expect(whyNothing(snapshotOf(events))).toEqual(['the API server: connection refused'])
  })

  it('is what keeps the API server from answering, once', () => {
    const events = [clock(0), api('connection refused'), source('nodes', 'connection refused')]
    expect(whyNothing(snapshotOf(events))).toEqual(['the API server: connection refused'])
  })

  it('does not name the API server twice', () => {
    const cause = 'the API server 127.0.0.1:1 refuses connections'
    expect(whyNothing(snapshotOf([clock(0), api(cause)]))).toEqual([cause])
  })

  it('is also what keeps single resources from being read, those of one cause together', () => {
    const events = [clock(0), api(''), source('nodes', 'no right'), source('pods', 'no right')]
    expect(whyNothing(snapshotOf(events))).toEqual(['the API server: has not answered yet', 'nodes, pods: no right'])
  })

  it('is the cause of each node, of at most ten', () => {
    const nodes = Array.from({ length: 12 }, (_, index) => link(nodeName(`n${index}`), 'denied', 'no shell'))
    const lines = whyNothing(snapshotOf([clock(0), ...nodes]))
    expect(lines).toHaveLength(11)
    expect(lines[0]).toBe('n0: ssh, denied: no shell')
    expect(lines.at(-1)).toBe('and 2 more')
  })

  it('is never empty where nothing is watched', () => {
    expect(whyNothing(snapshotOf([clock(0)]))).toEqual(['no node was heard of'])
  })
})
