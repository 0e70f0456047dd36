import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { writeStateFile } from '../../../source/config/state-folder.ts'
import type { Event } from '../../../source/events/event.ts'
import type { NodeRecord } from '../../../source/events/records.ts'
import { knownNodesText, openKnownNodes, parseKnownNodes } from '../../../source/feeds/cluster/known-nodes.ts'
import { createNodeMemory } from '../../../source/feeds/cluster/memory.ts'
import { gone, nodeRecord, nodesAre, put } from './records.ts'

const [one, two, three] = [nodeRecord('w-1', '10.0.0.1'), nodeRecord('w-2', '10.0.0.2'), nodeRecord('w-3', '10.0.0.3')]

const stateFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-known-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const fileIn = (folder: string, cluster = 'prod https://10.0.0.1:6443') =>
  openKnownNodes({
    stateFolder: folder,
    write: (name, content) => writeStateFile(folder, name, content),
    failed: (error) => expect.fail(String(error)),
    cluster,
  })

describe('the nodes that a cluster had', () => {
  test('are kept for the next run, for its owner only, and for this cluster only', async () => {
    const folder = stateFolder()
    fileIn(folder).keep([one, two])
    await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1))
    const [name = ''] = readdirSync(folder)
    await vi.waitFor(async () => expect((await fileIn(folder).read()).map(({ id }) => id)).toEqual(['w-1', 'w-2']))
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(await fileIn(folder, 'dev https://10.0.0.1:6443').read()).toEqual([])
  })

  test('are written only when something but a sign of life has changed', async () => {
    const written: string[] = []
    const file = openKnownNodes({
      stateFolder: '/nowhere',
      write: async (_, content) => void written.push(content),
      failed: () => undefined,
      cluster: '',
    })
    file.keep([one])
    file.keep([nodeRecord('w-1', '10.0.0.1', '2')])
    file.keep([nodeRecord('w-1', '10.0.0.9', '3')])
    await vi.waitFor(() => expect(written).toHaveLength(2))
  })

  test('come back with what a machine must prove, and without a word on how they are', () => {
    const [back] = parseKnownNodes(knownNodesText([one]))
    expect(back).toMatchObject({ id: 'w-1', bootId: one.bootId, machineId: one.machineId, addresses: one.addresses })
    expect(back?.ready).toBe('unknown')
  })

  test('are none where the file is anything else', () => {
    for (const text of ['', '[]', 'null', '{"version":2,"nodes":[]}', '{"version":1,"nodes":[7,null,{}]}'])
      expect(parseKnownNodes(text)).toEqual([])
    fc.assert(fc.property(fc.json(), (text) => void parseKnownNodes(text)))
  })

  test('that are no names are left out', () => {
    expect(parseKnownNodes('{"version":1,"nodes":[{"metadata":{"name":"-oProxyCommand=x"}}]}')).toEqual([])
  })
})

const remembering = (kept: readonly NodeRecord[]) => {
  const told: Event[] = []
  const keep = vi.fn<(nodes: readonly NodeRecord[]) => void>()
  const read = vi.fn<() => Promise<readonly NodeRecord[]>>(() => Promise.resolve(kept))
  const memory = createNodeMemory({ known: { read, keep }, tell: (events) => void told.push(...events) })
  return { memory, told, keep, read }
}

describe('an API server that does not answer as kntop starts', () => {
  test('leaves the nodes of the last run', async () => {
    const { memory, told, read } = remembering([one, two])
    memory.heard([nodesAre('stale')], () => [])
    memory.heard([nodesAre('stale')], () => [])
    await vi.waitFor(() => expect(told).toEqual([put(one), put(two)]))
    expect(read).toHaveBeenCalledOnce()
  })

  test('leaves none of them in the place of one that it has told of already', async () => {
    const { memory, told } = remembering([one, two])
    memory.heard([put(nodeRecord('w-1', '10.0.0.99', '5'))], () => [])
    memory.heard([nodesAre('stale')], () => [])
    await vi.waitFor(() => expect(told).toEqual([put(two)]))
  })

  test('and answers later takes away those that are gone', async () => {
    const { memory, told, keep } = remembering([one, two])
    memory.heard([nodesAre('stale')], () => [])
    await vi.waitFor(() => expect(told).toHaveLength(2))
    memory.heard([put(two), put(three)], () => [two, three])
    memory.heard([nodesAre('live')], () => [two, three])
    expect(told.slice(2)).toEqual([gone('w-1')])
    expect(keep).toHaveBeenCalledWith([two, three])
  })
})

describe('an API server that answers', () => {
  test('has its nodes kept when they change, and not at each sign of life', () => {
    const { memory, keep } = remembering([])
    memory.heard([put(one), nodesAre('live')], () => [one])
    memory.heard([put(nodeRecord('w-1', '10.0.0.1', '2'))], () => [one])
    expect(keep).toHaveBeenCalledOnce()
    memory.heard([put(two)], () => [one, two])
    memory.heard([gone('w-2')], () => [one])
    expect(keep).toHaveBeenCalledTimes(3)
  })

  test('is believed alone, whatever was remembered, and later too when it falls silent', async () => {
    const { memory, told, keep, read } = remembering([one])
    memory.heard([put(two), nodesAre('live')], () => [two])
    memory.heard([nodesAre('stale')], () => [two])
    expect(read).not.toHaveBeenCalled()
    expect(told).toEqual([])
    expect(keep).toHaveBeenCalledWith([two])
  })
})
