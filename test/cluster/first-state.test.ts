import { describe, expect, it } from 'vitest'
import { answer, type Fault } from './support/mock-server.ts'
import { podObject } from './support/objects.ts'
import { type Watched, watched } from './support/watched.ts'

const many = Array.from({ length: 700 }, (_, index) => `pod-${index}`)
const ids = many.map((name) => `shop/${name}`).toSorted()

const allLive = async (cluster: Watched): Promise<void> => {
  await expect
    .poll(() => ['nodes', 'pods', 'services', 'endpointslices', 'namespaces'].map(cluster.state))
    .toEqual(['live', 'live', 'live', 'live', 'live'])
}

const tries = (cluster: Watched): number =>
  cluster.mock.asked.filter(({ query }) => query['sendInitialEvents'] === 'true').length

const lists = (cluster: Watched): readonly Readonly<Record<string, string>>[] =>
  cluster.mock.asked.filter(({ what, resource }) => what === 'list' && resource === 'pods').map(({ query }) => query)

describe('the first state', () => {
  it.each(['silent', 'refused', 'endless'] as const)(
    'is listed out of memory, in one piece, where the server gives none through a watch: %s; that is tried once',
    async (firstStates) => {
      const cluster = await watched({
        before(mock) {
          mock.firstStates = firstStates
          for (const name of many) mock.state.put('pods', podObject(name))
        },
      })
      await allLive(cluster)
      expect(cluster.ids('pods')).toEqual(ids)
      expect(tries(cluster)).toBe(1)
      expect(lists(cluster)).toEqual([{ resourceVersion: '0', resourceVersionMatch: 'NotOlderThan' }])
      cluster.mock.state.put('pods', podObject('late'))
      await expect.poll(() => cluster.ids('pods')).toHaveLength(701)
    },
  )

  it('is said to be there once all of it was told, and not before', async () => {
    const cluster = await watched({
      before(mock) {
        for (const name of many) mock.state.put('pods', podObject(name))
      },
    })
    await allLive(cluster)
    const live = cluster.events.findIndex(
      (event) => event.type === 'source' && event.source === 'pods' && event.status.state === 'live',
    )
    const told = cluster.events.slice(0, live).filter((event) => event.type === 'record' && event.kind === 'pod')
    expect(told).toHaveLength(many.length)
  })

  it('is found out by the next resource where the first one is cut off', async () => {
    const cluster = await watched({
      before(mock) {
        let first = true
        mock.fault = ({ query }, response) => {
          if (query['sendInitialEvents'] !== 'true' || !first) return false
          first = false
          response.destroy()
          return true
        }
      },
    })
    await allLive(cluster)
    expect(cluster.mock.asked.some(({ what }) => what === 'list')).toBe(false)
  })

  it('is read in pages where no large answer comes to its end', async () => {
    const cutShort: Fault = ({ what, resource, query }, response) => {
      if (what !== 'list' || resource !== 'pods' || query['limit'] !== undefined) return false
      response.writeHead(200)
      response.end('{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[{"metadata":{"na')
      return true
    }
    const cluster = await watched({
      before(mock) {
        mock.firstStates = 'refused'
        mock.fault = cutShort
        for (const name of many) mock.state.put('pods', podObject(name))
      },
    })
    await allLive(cluster)
    expect(cluster.ids('pods')).toEqual(ids)
    expect(lists(cluster).map(({ limit, continue: next }) => [limit, next])).toEqual([
      [undefined, undefined],
      ['250', undefined],
      ['250', '250'],
      ['250', '500'],
    ])
  })

  it('begins anew where a page is forgotten, and is not taken for whole', async () => {
    let refusals = 1
    const cluster = await watched({
      before(mock) {
        mock.firstStates = 'refused'
        mock.fault = ({ what, resource, query }, response) => {
          if (what !== 'list' || resource !== 'pods') return false
          if (query['limit'] === undefined) answer(response, 200, 'not a list')
          else if (query['continue'] !== undefined && refusals-- > 0) answer(response, 410, '{"message":"expired"}')
          else return false
          return true
        }
        for (const name of many) mock.state.put('pods', podObject(name))
      },
    })
    await allLive(cluster)
    expect(cluster.ids('pods')).toEqual(ids)
    expect(cluster.told('pod').some((told) => told.startsWith('gone'))).toBe(false)
  })

  it('of a page beyond all measure is not taken', async () => {
    const cluster = await watched({
      limits: { pageBytes: 2 ** 20 },
      before(mock) {
        mock.firstStates = 'refused'
        mock.fault = ({ what, resource, query }, response) => {
          if (what !== 'list' || resource !== 'pods') return false
          if (query['limit'] === undefined) answer(response, 200, '[]')
          else answer(response, 200, `{"metadata":{"resourceVersion":"5"},"items":[${'{"a":1},'.repeat(2 ** 18)}{}]}`)
          return true
        }
      },
    })
    await expect.poll(() => cluster.status('pods')?.cause).toBe('a page of more than 1 MB')
    expect(cluster.state('pods')).toBe('starting')
  })

  it('is decoded in slices between which everything else has its turn', async () => {
    let turns = 0
    const cluster = await watched({
      limits: { slice: 0 },
      before(mock) {
        mock.firstStates = 'refused'
        for (const name of many) mock.state.put('pods', podObject(name))
      },
    })
    const count = (): void => {
      turns++
      if (cluster.ids('pods').length < many.length) setImmediate(count)
    }
    setImmediate(count)
    await allLive(cluster)
    expect(cluster.ids('pods')).toEqual(ids)
    expect(turns).toBeGreaterThan(100)
    expect(cluster.batches()).toBeGreaterThan(100)
  })
})
